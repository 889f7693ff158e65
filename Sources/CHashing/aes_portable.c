#include "aes_portable.h"

#include "aes_rounds.h"

void nj_aes_encrypt_round_portable(uint8_t block[16], const uint8_t round_key[16]) {
    nj_aes_store(block, nj_aes_encrypt_portable(nj_aes_load(block), nj_aes_load(round_key)));
}

void nj_aes_decrypt_round_portable(uint8_t block[16], const uint8_t round_key[16]) {
    nj_aes_store(block, nj_aes_decrypt_portable(nj_aes_load(block), nj_aes_load(round_key)));
}
