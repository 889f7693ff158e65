// RandomX's AES generators and hash (doc/specs.md, 3.2 to 3.4), and its mixing of groups F and E (4.6.2), with x86's AES instructions.
#if defined(__x86_64__)
#include <immintrin.h>

#include "Shared/RandomXAES.h"
#include "randomx_aes.h"

#define AESNI __attribute__((target("aes,sse2")))

AESNI static inline __m128i load(const uint8_t *at) { return _mm_loadu_si128((const __m128i *)at); }
AESNI static inline void store(uint8_t *at, __m128i x) { _mm_storeu_si128((__m128i *)at, x); }

// One step of AesGenerator1R.
AESNI static inline void fill_step(__m128i s[4], const __m128i key[4], uint8_t *output) {
    s[0] = _mm_aesdec_si128(s[0], key[0]);
    s[1] = _mm_aesenc_si128(s[1], key[1]);
    s[2] = _mm_aesdec_si128(s[2], key[2]);
    s[3] = _mm_aesenc_si128(s[3], key[3]);
    for (int i = 0; i < 4; i++) store(output + 16 * i, s[i]);
}

AESNI void nj_rx_fill_1r_aesni(uint8_t state[64], uint8_t *output, size_t size) {
    __m128i s[4], key[4];
    for (int i = 0; i < 4; i++) s[i] = load(state + 16 * i);
    for (int i = 0; i < 4; i++) key[i] = load(nj_rx_table_keys_1r + 16 * i);
    for (size_t at = 0; at < size; at += 64) fill_step(s, key, output + at);
    for (int i = 0; i < 4; i++) store(state + 16 * i, s[i]);
}

AESNI void nj_rx_fill_4r_aesni(const uint8_t keys[128], uint8_t state[64], uint8_t *output, size_t size) {
    __m128i s[4], key[8];
    for (int i = 0; i < 4; i++) s[i] = load(state + 16 * i);
    for (int i = 0; i < 8; i++) key[i] = load(keys + 16 * i);
    for (size_t at = 0; at < size; at += 64) {
        for (int round = 0; round < 4; round++) {
            s[0] = _mm_aesdec_si128(s[0], key[round]);
            s[1] = _mm_aesenc_si128(s[1], key[round]);
            s[2] = _mm_aesdec_si128(s[2], key[4 + round]);
            s[3] = _mm_aesenc_si128(s[3], key[4 + round]);
        }
        for (int i = 0; i < 4; i++) store(output + at + 16 * i, s[i]);
    }
    for (int i = 0; i < 4; i++) store(state + 16 * i, s[i]);
}

// One step of AesHash1R.
AESNI static inline void hash_step(__m128i s[4], const uint8_t *input) {
    s[0] = _mm_aesenc_si128(s[0], load(input));
    s[1] = _mm_aesdec_si128(s[1], load(input + 16));
    s[2] = _mm_aesenc_si128(s[2], load(input + 32));
    s[3] = _mm_aesdec_si128(s[3], load(input + 48));
}

// The last two rounds of AesHash1R.
AESNI static inline void hash_end(__m128i s[4], uint8_t hash[64]) {
    for (int round = 0; round < 2; round++) {
        __m128i key = load(nj_rx_table_hash_keys + 16 * round);
        s[0] = _mm_aesenc_si128(s[0], key);
        s[1] = _mm_aesdec_si128(s[1], key);
        s[2] = _mm_aesenc_si128(s[2], key);
        s[3] = _mm_aesdec_si128(s[3], key);
    }
    for (int i = 0; i < 4; i++) store(hash + 16 * i, s[i]);
}

AESNI void nj_rx_hash_1r_aesni(const uint8_t *input, size_t size, uint8_t hash[64]) {
    __m128i s[4];
    for (int i = 0; i < 4; i++) s[i] = load(nj_rx_table_hash_state + 16 * i);
    for (size_t at = 0; at < size; at += 64) hash_step(s, input + at);
    hash_end(s, hash);
}

AESNI void nj_rx_hash_fill_1r_aesni(uint8_t *memory, size_t size, uint8_t hash[64], uint8_t state[64]) {
    __m128i h[4], s[4], key[4];
    for (int i = 0; i < 4; i++) h[i] = load(nj_rx_table_hash_state + 16 * i);
    for (int i = 0; i < 4; i++) s[i] = load(state + 16 * i);
    for (int i = 0; i < 4; i++) key[i] = load(nj_rx_table_keys_1r + 16 * i);
    for (size_t at = 0; at < size; at += 64) {
        // Each step is a chain of one round's latency; the two chains fill each other's gaps.
        hash_step(h, memory + at);
        fill_step(s, key, memory + at);
    }
    hash_end(h, hash);
    for (int i = 0; i < 4; i++) store(state + 16 * i, s[i]);
}

AESNI void nj_rx_mix_aesni(uint8_t f[64], const uint8_t e[64]) {
    __m128i s[4];
    for (int i = 0; i < 4; i++) s[i] = load(f + 16 * i);
    for (int round = 0; round < 4; round++) {
        __m128i key = load(e + 16 * round);
        s[0] = _mm_aesenc_si128(s[0], key);
        s[1] = _mm_aesdec_si128(s[1], key);
        s[2] = _mm_aesenc_si128(s[2], key);
        s[3] = _mm_aesdec_si128(s[3], key);
    }
    for (int i = 0; i < 4; i++) store(f + 16 * i, s[i]);
}
#endif
