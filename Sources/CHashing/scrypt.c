#include "nj_scrypt.h"

#include "nj_bytes.h"
#include "nj_sha256.h"

enum { turns = 1024, words = 32 };  // N; 32-bit words of a block: 128 r bytes

// RFC 7914, section 3: sixteen words, four double rounds.
static void salsa20_8(uint32_t b[16]) {
    static const uint8_t quarters[8][4] = {
        {0, 4, 8, 12}, {5, 9, 13, 1}, {10, 14, 2, 6}, {15, 3, 7, 11},
        {0, 1, 2, 3},  {5, 6, 7, 4},  {10, 11, 8, 9}, {15, 12, 13, 14},
    };
    uint32_t x[16];
    memcpy(x, b, sizeof x);
    for (int round = 0; round < 4; round++) {
        // Unrolled, the words stay in registers, and a hash takes six tenths of the time.
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            const uint8_t *q = quarters[i];
            x[q[1]] ^= nj_rotl32(x[q[0]] + x[q[3]], 7);
            x[q[2]] ^= nj_rotl32(x[q[1]] + x[q[0]], 9);
            x[q[3]] ^= nj_rotl32(x[q[2]] + x[q[1]], 13);
            x[q[0]] ^= nj_rotl32(x[q[3]] + x[q[2]], 18);
        }
    }
    for (int i = 0; i < 16; i++) b[i] += x[i];
}

// RFC 7914, section 4, for r = 1: the two halves, each through Salsa20/8 with the half before it.
static void block_mix(uint32_t b[words]) {
    for (int i = 0; i < 16; i++) b[i] ^= b[16 + i];
    salsa20_8(b);
    for (int i = 0; i < 16; i++) b[16 + i] ^= b[i];
    salsa20_8(b + 16);
}

// RFC 7914, section 5.
static void ro_mix(uint32_t b[words], uint32_t *v) {
    for (int i = 0; i < turns; i++) {
        memcpy(v + words * i, b, 4 * words);
        block_mix(b);
    }
    for (int i = 0; i < turns; i++) {
        const uint32_t *row = v + words * (b[16] % turns);
        for (int j = 0; j < words; j++) b[j] ^= row[j];
        block_mix(b);
    }
}

typedef struct {
    nj_sha256_context inner, outer;
} hmac;

static void hmac_init(hmac *state, const void *key, size_t length) {
    uint8_t block[64] = {0};
    if (length > 64) {
        nj_sha256(key, length, block);
    } else if (length > 0) {
        memcpy(block, key, length);
    }
    for (int i = 0; i < 64; i++) block[i] ^= 0x36;
    nj_sha256_init(&state->inner);
    nj_sha256_update(&state->inner, block, 64);
    for (int i = 0; i < 64; i++) block[i] ^= 0x36 ^ 0x5C;
    nj_sha256_init(&state->outer);
    nj_sha256_update(&state->outer, block, 64);
}

// Block number `index` of PBKDF2-HMAC-SHA256 with one iteration. `state` stays as it is.
static void pbkdf2_block(const hmac *state, const void *salt, size_t length, uint32_t index, uint8_t output[32]) {
    hmac copy = *state;
    uint8_t number[4];
    nj_store32_big(number, index);
    nj_sha256_update(&copy.inner, salt, length);
    nj_sha256_update(&copy.inner, number, 4);
    nj_sha256_final(&copy.inner, output);
    nj_sha256_update(&copy.outer, output, 32);
    nj_sha256_final(&copy.outer, output);
}

void nj_scrypt(const void *input, size_t length, void *scratchpad, uint8_t digest[32]) {
    hmac key;
    uint32_t b[words];
    hmac_init(&key, input, length);
    for (uint32_t i = 0; i < 4; i++) pbkdf2_block(&key, input, length, i + 1, (uint8_t *)b + 32 * i);
    ro_mix(b, scratchpad);
    pbkdf2_block(&key, b, sizeof b, 1, digest);
}
