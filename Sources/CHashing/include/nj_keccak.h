// Keccak-f[1600] (FIPS 202, 3) and Keccak with CryptoNight's parameters (CNS008, 3).
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The 24-round permutation, in place. Keccak's lane (x, y) is state[x + 5 y].
void nj_keccak_f1600(uint64_t state[25]);

/// The sponge's state after absorbing `length` bytes: rate 136 bytes, capacity 512 bits, the original padding
/// (0x01 … 0x80, not SHA-3's 0x06). The first 32 bytes of `state`, little-endian, are the usual Keccak-256.
void nj_keccak1600(const void *input, size_t length, uint64_t state[25]);
