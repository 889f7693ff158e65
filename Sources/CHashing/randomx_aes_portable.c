// RandomX's AES generators and hash (doc/specs.md, 3.2 to 3.4), and its mixing of groups F and E (4.6.2), in portable
// C, with tables.
#include "Shared/RandomXAES.h"
#include "aes_portable.h"
#include "randomx_aes.h"

void nj_rx_fill_1r_portable(uint8_t state[64], uint8_t *output, size_t size) {
    nj_aes_state s[4], key[4];
    memcpy(s, state, sizeof s);
    memcpy(key, nj_rx_table_keys_1r, sizeof key);
    for (size_t at = 0; at < size; at += sizeof s) {
        s[0] = nj_aes_decrypt_portable(s[0], key[0]);
        s[1] = nj_aes_encrypt_portable(s[1], key[1]);
        s[2] = nj_aes_decrypt_portable(s[2], key[2]);
        s[3] = nj_aes_encrypt_portable(s[3], key[3]);
        memcpy(output + at, s, sizeof s);
    }
    memcpy(state, s, sizeof s);
}

void nj_rx_fill_4r_portable(const uint8_t keys[128], uint8_t state[64], uint8_t *output, size_t size) {
    nj_aes_state s[4];
    memcpy(s, state, sizeof s);
    for (size_t at = 0; at < size; at += sizeof s) {
        for (int round = 0; round < 4; round++) {
            nj_aes_state first = nj_aes_load(keys + 16 * round), second = nj_aes_load(keys + 64 + 16 * round);
            s[0] = nj_aes_decrypt_portable(s[0], first);
            s[1] = nj_aes_encrypt_portable(s[1], first);
            s[2] = nj_aes_decrypt_portable(s[2], second);
            s[3] = nj_aes_encrypt_portable(s[3], second);
        }
        memcpy(output + at, s, sizeof s);
    }
    memcpy(state, s, sizeof s);
}

void nj_rx_hash_1r_portable(const uint8_t *input, size_t size, uint8_t hash[64]) {
    nj_aes_state s[4];
    memcpy(s, nj_rx_table_hash_state, sizeof s);
    for (size_t at = 0; at < size; at += sizeof s) {
        s[0] = nj_aes_encrypt_portable(s[0], nj_aes_load(input + at));
        s[1] = nj_aes_decrypt_portable(s[1], nj_aes_load(input + at + 16));
        s[2] = nj_aes_encrypt_portable(s[2], nj_aes_load(input + at + 32));
        s[3] = nj_aes_decrypt_portable(s[3], nj_aes_load(input + at + 48));
    }
    for (int round = 0; round < 2; round++) {
        nj_aes_state key = nj_aes_load(nj_rx_table_hash_keys + 16 * round);
        s[0] = nj_aes_encrypt_portable(s[0], key);
        s[1] = nj_aes_decrypt_portable(s[1], key);
        s[2] = nj_aes_encrypt_portable(s[2], key);
        s[3] = nj_aes_decrypt_portable(s[3], key);
    }
    for (int i = 0; i < 4; i++) nj_aes_store(hash + 16 * i, s[i]);
}

void nj_rx_hash_fill_1r_portable(uint8_t *memory, size_t size, uint8_t hash[64], uint8_t state[64]) {
    nj_rx_hash_1r_portable(memory, size, hash);
    nj_rx_fill_1r_portable(state, memory, size);
}

void nj_rx_mix_portable(uint8_t f[64], const uint8_t e[64]) {
    nj_aes_state s[4];
    memcpy(s, f, sizeof s);
    for (int round = 0; round < 4; round++) {
        nj_aes_state key = nj_aes_load(e + 16 * round);
        s[0] = nj_aes_encrypt_portable(s[0], key);
        s[1] = nj_aes_decrypt_portable(s[1], key);
        s[2] = nj_aes_encrypt_portable(s[2], key);
        s[3] = nj_aes_decrypt_portable(s[3], key);
    }
    memcpy(f, s, sizeof s);
}
