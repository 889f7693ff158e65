#include "Shared/AES.h"
#include "aes_rounds.h"
#include "nj_aes.h"
#include "nj_bytes.h"

void nj_aes_encrypt_round(nj_implementation implementation, uint8_t block[16], const uint8_t round_key[16]) {
#ifdef __x86_64__
    if (implementation == NJ_NATIVE) {
        nj_aes_encrypt_round_aesni(block, round_key);
        return;
    }
#endif
    (void)implementation;
    nj_aes_encrypt_round_portable(block, round_key);
}

void nj_aes_decrypt_round(nj_implementation implementation, uint8_t block[16], const uint8_t round_key[16]) {
#ifdef __x86_64__
    if (implementation == NJ_NATIVE) {
        nj_aes_decrypt_round_aesni(block, round_key);
        return;
    }
#endif
    (void)implementation;
    nj_aes_decrypt_round_portable(block, round_key);
}

static uint32_t substitute(uint32_t word) {
    return nj_aes_sbox[word & 0xff] | (uint32_t)nj_aes_sbox[word >> 8 & 0xff] << 8
        | (uint32_t)nj_aes_sbox[word >> 16 & 0xff] << 16 | (uint32_t)nj_aes_sbox[word >> 24] << 24;
}

void nj_aes_expand10(const uint8_t key[32], uint8_t round_keys[160]) {
    uint32_t w[40];
    memcpy(w, key, 32);
    for (unsigned i = 8; i < 40; i++) {
        uint32_t t = w[i - 1];
        // RotWord is a rotation to the right here, because words are little-endian. The round constants are 1, 2, 4, 8.
        if (i % 8 == 0) t = substitute(nj_rotr32(t, 8)) ^ (1u << (i / 8 - 1));
        if (i % 8 == 4) t = substitute(t);
        w[i] = w[i - 8] ^ t;
    }
    memcpy(round_keys, w, sizeof w);
}
