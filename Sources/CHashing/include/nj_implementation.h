// Which code hashes. Every primitive that has more than one says so in its own header.
#pragma once
#include <stdbool.h>

/// The choice between the oracle and the fast code. The same output, always.
typedef enum {
    /// Plain C, on any processor.
    NJ_PORTABLE = 0,
    /// The processor's AES instructions (x86-64: AES-NI and SSE4.1). Only where nj_native_available() is true.
    NJ_NATIVE = 1,
} nj_implementation;

/// Whether this processor runs NJ_NATIVE.
bool nj_native_available(void);
