#pragma once
// Blake2b without a key (RFC 7693), any output length from 1 to 64 bytes. RandomX's Hash512 and Hash256 are Blake2b,
// and Argon2 uses it. All functions are thread-safe; a context belongs to one thread at a time.
#include <stddef.h>
#include <stdint.h>

/// Blake2b over input that comes in pieces. The fields are private.
typedef struct nj_blake2b {
    uint64_t h[8];
    uint64_t length;  // bytes compressed so far; 2^64 bytes is more than any caller has
    uint8_t buffer[128];
    size_t filled;  // bytes waiting in `buffer`
    size_t output_length;
} nj_blake2b;

/// Starts a hash of `output_length` bytes, 1 to 64.
void nj_blake2b_init(nj_blake2b *hash, size_t output_length);
/// Takes the next `length` bytes of input; `input` may be null when `length` is 0.
void nj_blake2b_update(nj_blake2b *hash, const void *input, size_t length);
/// Writes the hash's `output_length` bytes. Call nj_blake2b_init before the context is used again.
void nj_blake2b_final(nj_blake2b *hash, void *output);

/// The whole hash at once. `output` may be the same memory as `input`.
void nj_blake2b_hash(void *output, size_t output_length, const void *input, size_t length);
