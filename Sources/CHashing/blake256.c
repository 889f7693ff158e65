#include "nj_blake256.h"

#include "Shared/Blake256.h"
#include "nj_bytes.h"

// One quarter of a half-round: mixes message words m[p] and m[q] into the column or diagonal v[a], v[b], v[c], v[d].
static inline void mix(uint32_t v[16], const uint32_t m[16], const uint8_t *order, int a, int b, int c, int d) {
    int p = order[0], q = order[1];
    v[a] += v[b] + (m[p] ^ nj_blake256_constants[q]);
    v[d] = nj_rotr32(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = nj_rotr32(v[b] ^ v[c], 12);
    v[a] += v[b] + (m[q] ^ nj_blake256_constants[p]);
    v[d] = nj_rotr32(v[d] ^ v[a], 8);
    v[c] += v[d];
    v[b] = nj_rotr32(v[b] ^ v[c], 7);
}

// `bits` counts the message bits hashed so far, including this block's; it is 0 for a block with only padding.
static void compress(uint32_t h[8], const uint8_t block[64], uint64_t bits) {
    uint32_t m[16], v[16];
    for (int i = 0; i < 16; i++) m[i] = nj_load32_big(block + 4 * i);
    for (int i = 0; i < 8; i++) v[i] = h[i];
    for (int i = 0; i < 8; i++) v[8 + i] = nj_blake256_constants[i];
    v[12] ^= (uint32_t)bits;
    v[13] ^= (uint32_t)bits;
    v[14] ^= (uint32_t)(bits >> 32);
    v[15] ^= (uint32_t)(bits >> 32);
    for (int round = 0; round < 14; round++) {
        const uint8_t *order = nj_blake256_sigma[round % 10];
        for (int i = 0; i < 4; i++) mix(v, m, order + 2 * i, i, 4 + i, 8 + i, 12 + i);
        for (int i = 0; i < 4; i++) mix(v, m, order + 8 + 2 * i, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
    }
    for (int i = 0; i < 8; i++) h[i] ^= v[i] ^ v[i + 8];
}

void nj_blake256(const void *input, size_t length, uint8_t digest[32]) {
    const uint8_t *bytes = input;
    const uint64_t bits = (uint64_t)length * 8;
    uint32_t h[8];
    memcpy(h, nj_blake256_iv, sizeof h);

    uint64_t done = 0;
    for (; length >= 64; length -= 64, bytes += 64) compress(h, bytes, done += 512);

    // Padding: a one bit, zeros, a one bit, and the 64-bit length. When it does not fit after the message, the length
    // goes into another block, which holds no message bits.
    uint8_t last[128] = {0};
    if (length > 0) memcpy(last, bytes, length);
    size_t size = length < 56 ? 64 : 128;
    last[length] = 0x80;
    last[size - 9] |= 0x01;
    nj_store64_big(last + size - 8, bits);
    compress(h, last, length > 0 ? bits : 0);
    if (size == 128) compress(h, last + 64, 0);

    for (int i = 0; i < 8; i++) nj_store32_big(digest + 4 * i, h[i]);
}
