// scrypt, RFC 7914, with Litecoin's parameters: N = 1024, r = 1, p = 1.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Bytes of scratchpad for one hash.
#define NJ_SCRYPT_SCRATCHPAD 131072

/// The 32-byte digest of `length` bytes, which are both password and salt.
///
/// - Parameter scratchpad: `NJ_SCRYPT_SCRATCHPAD` bytes, 64-byte aligned; its content does not matter.
void nj_scrypt(const void *input, size_t length, void *scratchpad, uint8_t digest[32]);
