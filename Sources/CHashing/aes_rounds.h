#pragma once
// The functions to which aes_dispatch.c dispatches: one file for each instruction set.
#include <stdint.h>

void nj_aes_encrypt_round_portable(uint8_t block[16], const uint8_t round_key[16]);
void nj_aes_decrypt_round_portable(uint8_t block[16], const uint8_t round_key[16]);
#ifdef __x86_64__
void nj_aes_encrypt_round_aesni(uint8_t block[16], const uint8_t round_key[16]);
void nj_aes_decrypt_round_aesni(uint8_t block[16], const uint8_t round_key[16]);
#endif
