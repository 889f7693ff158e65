// scrypt, RFC 7914, with Litecoin's parameters: N = 1024, r = 1, p = 1.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Bytes of scratchpad for one hash.
#define NJ_SCRYPT_SCRATCHPAD 131072

/// The 32-byte digest of `length` bytes, which are both password and salt.
///
/// - Parameter scratchpad: `NJ_SCRYPT_SCRATCHPAD` bytes, 64-byte aligned; its content does not matter.
void nj_scrypt(const void *input, size_t length, void *scratchpad, uint8_t digest[32]);

/// The code that hashes several inputs. Every code gives the same digests.
typedef enum {
    /// nj_scrypt, one hash after the other.
    NJ_SCRYPT_PORTABLE = 0,
    /// Vectors of 128 bits, in the compiler's own words: SSE2, NEON.
    NJ_SCRYPT_VECTOR = 1,
    NJ_SCRYPT_AVX2 = 2,
    NJ_SCRYPT_AVX512 = 3,
} nj_scrypt_code;

/// Whether this processor can run `code`.
bool nj_scrypt_available(nj_scrypt_code code);
/// The fastest code that this processor can run.
nj_scrypt_code nj_scrypt_best(void);

/// The most hashes that any code makes at once.
#define NJ_SCRYPT_WIDEST 32

/// The numbers of hashes that `code` makes at once, ascending: the i-th, or 0 when there are no more.
size_t nj_scrypt_width(nj_scrypt_code code, size_t i);

/// Hashes `count` inputs of `length` bytes, one after the other in memory.
///
/// - Parameters:
///   - code: must be available.
///   - width: how many hashes to make at once. The code takes its widest width that is no wider, and makes one hash
///     after the other where even its narrowest is.
///   - scratchpads: `width` of them, one after the other, 64-byte aligned; their content does not matter.
///   - digests: one for each input.
void nj_scrypt_hash(
    nj_scrypt_code code, const void *inputs, size_t length, size_t count, size_t width, void *scratchpads,
    uint8_t (*digests)[32]);
