#pragma once
// The instruction sets that randomx_aes.c chooses from. Private to CHashing; the contracts are in nj_randomx.h.
#include <stddef.h>
#include <stdint.h>

void nj_rx_fill_1r_portable(uint8_t state[64], uint8_t *output, size_t size);
void nj_rx_fill_4r_portable(const uint8_t keys[128], uint8_t state[64], uint8_t *output, size_t size);
void nj_rx_hash_1r_portable(const uint8_t *input, size_t size, uint8_t hash[64]);
void nj_rx_hash_fill_1r_portable(uint8_t *memory, size_t size, uint8_t hash[64], uint8_t state[64]);
void nj_rx_mix_portable(uint8_t f[64], const uint8_t e[64]);

#if defined(__x86_64__)
void nj_rx_fill_1r_aesni(uint8_t state[64], uint8_t *output, size_t size);
void nj_rx_fill_4r_aesni(const uint8_t keys[128], uint8_t state[64], uint8_t *output, size_t size);
void nj_rx_hash_1r_aesni(const uint8_t *input, size_t size, uint8_t hash[64]);
void nj_rx_hash_fill_1r_aesni(uint8_t *memory, size_t size, uint8_t hash[64], uint8_t state[64]);
void nj_rx_mix_aesni(uint8_t f[64], const uint8_t e[64]);
#endif
