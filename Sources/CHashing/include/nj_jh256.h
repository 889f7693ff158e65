// JH-256 as in the final round of the SHA-3 competition (42 rounds).
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The 32-byte digest of `length` bytes.
void nj_jh256(const void *input, size_t length, uint8_t digest[32]);
