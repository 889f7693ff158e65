// The code that hashes. A primitive with more than one implementation says so in its own header.
#pragma once
#include <stdbool.h>

/// The choice between the reference and the fast code. Both give the same output.
typedef enum {
    /// Plain C, on any processor.
    NJ_PORTABLE = 0,
    /// The processor's AES instructions (x86-64: AES-NI and SSE4.1). Only where nj_native_available() is true.
    NJ_NATIVE = 1,
} nj_implementation;

/// Whether this processor can run NJ_NATIVE.
bool nj_native_available(void);
