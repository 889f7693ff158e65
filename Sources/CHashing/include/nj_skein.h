// Skein-512 with 256 bits of output, version 1.3 of the submission.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The 32-byte digest of `length` bytes: plain hashing, no key, no tree.
void nj_skein512_256(const void *input, size_t length, uint8_t digest[32]);
