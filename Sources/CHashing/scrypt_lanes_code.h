#pragma once
// scrypt for several inputs at once, as each instruction set has it. Private to CHashing.
#include <stddef.h>
#include <stdint.h>

/// Hashes 1 to twice as many inputs as the code has lanes, `length` bytes each, one after the other.
///
/// - Parameters:
///   - scratchpads: one for each lane, and one more for each when there are more inputs than lanes; 64-byte aligned.
typedef void nj_scrypt_lanes(
    const uint8_t *inputs, size_t length, size_t count, uint8_t *scratchpads, uint8_t (*digests)[32]);

nj_scrypt_lanes nj_scrypt_lanes_vector, nj_scrypt_lanes_avx2, nj_scrypt_lanes_avx512_8, nj_scrypt_lanes_avx512_16;
