// Single AES rounds (FIPS 197), with the semantics of the x86 instructions, and the start of AES-256's key schedule.
#pragma once
#include <stdint.h>

#include "nj_implementation.h"

/// One full encryption round, as `aesenc`: ShiftRows, SubBytes, MixColumns, XOR `round_key`. In place.
void nj_aes_encrypt_round(nj_implementation implementation, uint8_t block[16], const uint8_t round_key[16]);

/// One full decryption round, as `aesdec`: InvShiftRows, InvSubBytes, InvMixColumns, XOR `round_key`. In place.
void nj_aes_decrypt_round(nj_implementation implementation, uint8_t block[16], const uint8_t round_key[16]);

/// The first ten round keys of AES-256 for a 32-byte key; the first two are the key itself.
void nj_aes_expand10(const uint8_t key[32], uint8_t round_keys[160]);
