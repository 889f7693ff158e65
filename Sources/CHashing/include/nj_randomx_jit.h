// The entry into machine code that Swift emits at run time, for processors that have an emitter.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "nj_randomx.h"

/// Compiled programs of one or more machines. It is a C function, except that it changes MXCSR. `memory` is the
/// dataset's first item, or the cache for programs that compute items. `item` is the code that computes an item; it has
/// its own calling convention, so C must not call it. `scratchpads`, `registers` and `roundings` hold one for each
/// machine, one after the other.
typedef void nj_rx_compiled_programs(
    const void *memory, void *scratchpads, nj_rx_registers *registers, const void *item, uint32_t *roundings);

/// A compiled dataset: writes the items from `first` up to before `end`, 64 bytes each.
typedef void nj_rx_compiled_items(const void *cache, void *output, uint64_t first, uint64_t end);

/// Runs compiled programs as nj_rx_execute runs a decoded one. The code may just have been written, also through
/// another mapping; it must have been made for the rounding modes in `roundings`. The caller's floating-point
/// environment is restored.
void nj_rx_execute_compiled(
    const void *code, const void *memory, uint8_t *scratchpads, nj_rx_registers *registers, const void *item,
    uint32_t *roundings);

/// Writes dataset items with code that may just have been written.
void nj_rx_write_compiled_items(const void *code, const void *cache, void *output, uint64_t first, uint64_t end);

/// Whether this processor has BMI2's MULX and RORX.
bool nj_rx_bmi2_available(void);

/// Whether this processor has embedded rounding: arithmetic with a rounding mode in the instruction (AVX-512F).
bool nj_rx_embedded_rounding_available(void);

/// Whether this processor can run the code that computes items in batches: it has AVX2 and BMI2.
bool nj_rx_item_batches_available(void);

/// Whether this processor can run the code that computes eight items at once: it has AVX-512F and AVX-512DQ.
bool nj_rx_item_lanes_available(void);

/// Makes a new, empty, anonymous file that can be mapped as executable. Returns its descriptor, which the caller
/// closes, or -1 with errno set.
int nj_code_file(void);
