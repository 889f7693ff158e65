// RandomX's AES generators and hash (doc/specs.md, 3.2 to 3.4) in portable C, from tables.
#include <string.h>

#include "Shared/AES.h"
#include "Shared/RandomXAES.h"
#include "randomx_aes.h"

typedef struct {
    uint32_t word[4];
} column;

static inline uint32_t rotl(uint32_t word, unsigned count) { return word << (count & 31) | word >> (-count & 31); }

static inline column load(const uint8_t *at) {
    column x;
    memcpy(&x, at, sizeof x);
    return x;
}

static inline void store(uint8_t *at, column x) { memcpy(at, &x, sizeof x); }

// One round. Row n of column i comes from column i + n when encrypting, i - n when decrypting.
static inline column encrypt(column x, column key) {
    column y;
    for (unsigned i = 0; i < 4; i++) {
        y.word[i] = key.word[i];
        for (unsigned row = 0; row < 4; row++)
            y.word[i] ^= rotl(nj_aes_te0[x.word[(i + row) & 3] >> 8 * row & 255], 8 * row);
    }
    return y;
}

static inline column decrypt(column x, column key) {
    column y;
    for (unsigned i = 0; i < 4; i++) {
        y.word[i] = key.word[i];
        for (unsigned row = 0; row < 4; row++)
            y.word[i] ^= rotl(nj_aes_td0[x.word[(i - row) & 3] >> 8 * row & 255], 8 * row);
    }
    return y;
}

void nj_rx_fill_1r_portable(uint8_t state[64], uint8_t *output, size_t size) {
    column s[4], key[4];
    memcpy(s, state, sizeof s);
    memcpy(key, nj_rx_table_keys_1r, sizeof key);
    for (size_t at = 0; at < size; at += sizeof s) {
        s[0] = decrypt(s[0], key[0]);
        s[1] = encrypt(s[1], key[1]);
        s[2] = decrypt(s[2], key[2]);
        s[3] = encrypt(s[3], key[3]);
        memcpy(output + at, s, sizeof s);
    }
    memcpy(state, s, sizeof s);
}

void nj_rx_fill_4r_portable(const uint8_t keys[128], uint8_t state[64], uint8_t *output, size_t size) {
    column s[4];
    memcpy(s, state, sizeof s);
    for (size_t at = 0; at < size; at += sizeof s) {
        for (int round = 0; round < 4; round++) {
            column first = load(keys + 16 * round), second = load(keys + 64 + 16 * round);
            s[0] = decrypt(s[0], first);
            s[1] = encrypt(s[1], first);
            s[2] = decrypt(s[2], second);
            s[3] = encrypt(s[3], second);
        }
        memcpy(output + at, s, sizeof s);
    }
    memcpy(state, s, sizeof s);
}

void nj_rx_hash_1r_portable(const uint8_t *input, size_t size, uint8_t hash[64]) {
    column s[4];
    memcpy(s, nj_rx_table_hash_state, sizeof s);
    for (size_t at = 0; at < size; at += sizeof s) {
        s[0] = encrypt(s[0], load(input + at));
        s[1] = decrypt(s[1], load(input + at + 16));
        s[2] = encrypt(s[2], load(input + at + 32));
        s[3] = decrypt(s[3], load(input + at + 48));
    }
    for (int round = 0; round < 2; round++) {
        column key = load(nj_rx_table_hash_keys + 16 * round);
        s[0] = encrypt(s[0], key);
        s[1] = decrypt(s[1], key);
        s[2] = encrypt(s[2], key);
        s[3] = decrypt(s[3], key);
    }
    for (int i = 0; i < 4; i++) store(hash + 16 * i, s[i]);
}
