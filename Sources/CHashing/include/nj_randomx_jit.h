// The way into machine code that is made at run time, for processors that it is made for.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "nj_randomx.h"

/// Compiled programs, of one machine or of several: a C function but for MXCSR, which it changes. `memory` is the dataset's
/// first item, or the cache for programs that compute items; `item` computes them and is not for C: it has a calling
/// convention of its own. `scratchpads`, `registers` and `roundings` have one for each machine, one after the other.
typedef void nj_rx_compiled_programs(
    const void *memory, void *scratchpads, nj_rx_registers *registers, const void *item, uint32_t *roundings);

/// A compiled dataset: writes the items from `first` up to before `end`, 64 bytes each.
typedef void nj_rx_compiled_items(const void *cache, void *output, uint64_t first, uint64_t end);

/// Runs compiled programs as nj_rx_execute runs a decoded one. The code may just have been written, through another
/// mapping too, for the rounding modes that are in `roundings`. The caller's floating-point environment is as before
/// afterwards.
void nj_rx_execute_compiled(
    const void *code, const void *memory, uint8_t *scratchpads, nj_rx_registers *registers, const void *item,
    uint32_t *roundings);

/// Writes dataset items with code that may just have been written.
void nj_rx_write_compiled_items(const void *code, const void *cache, void *output, uint64_t first, uint64_t end);

/// Whether this processor has BMI2's MULX and RORX.
bool nj_rx_bmi2_available(void);

/// Whether this processor runs code that computes items in batches: it has AVX2 and BMI2.
bool nj_rx_item_batches_available(void);

/// A new, empty, anonymous file that can be mapped for running: its descriptor, which the caller closes; -1 with errno
/// set where there is no such thing.
int nj_code_file(void);
