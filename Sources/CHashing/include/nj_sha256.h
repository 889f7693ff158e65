// SHA-256, FIPS 180-4.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The state of a SHA-256 whose message comes in parts.
typedef struct {
    uint32_t state[8];
    uint8_t block[64];
    /// Bytes of the message so far.
    uint64_t length;
} nj_sha256_context;

void nj_sha256_init(nj_sha256_context *context);
void nj_sha256_update(nj_sha256_context *context, const void *bytes, size_t length);
void nj_sha256_final(nj_sha256_context *context, uint8_t digest[32]);

/// The 32-byte digest of `length` bytes.
void nj_sha256(const void *input, size_t length, uint8_t digest[32]);

/// The digest of the digest: Bitcoin's proof of work, and the identifier of its blocks and transactions.
void nj_sha256d(const void *input, size_t length, uint8_t digest[32]);
