// BLAKE-256 as in the final round of the SHA-3 competition (14 rounds).
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The 32-byte digest of `length` bytes, no salt.
void nj_blake256(const void *input, size_t length, uint8_t digest[32]);
