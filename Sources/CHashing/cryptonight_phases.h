#pragma once
// What cryptonight_dispatch.c chooses from: one file per instruction set. `state` is Keccak's, aligned to 16 bytes.
#include "nj_cryptonight.h"

void nj_cryptonight_phases_portable(const nj_cryptonight *cn, uint8_t state[200], uint64_t tweak);
uint64_t nj_cryptonight_root_portable(uint64_t n);
#ifdef __x86_64__
void nj_cryptonight_phases_aesni(const nj_cryptonight *cn, uint8_t state[200], uint64_t tweak);
uint64_t nj_cryptonight_root_aesni(uint64_t n);
#endif
