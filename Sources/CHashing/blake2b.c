// Blake2b, RFC 7693, in portable C.
#include "nj_blake2b.h"

#include <string.h>

#include "nj_bytes.h"

static const uint64_t initial[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

// RFC 7693 section 2.7. Rounds 10 and 11 take rows 0 and 1 again.
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline void mix(uint64_t v[16], int a, int b, int c, int d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = nj_rotr64(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = nj_rotr64(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = nj_rotr64(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = nj_rotr64(v[b] ^ v[c], 63);
}

static void compress(nj_blake2b *hash, const uint8_t *block, bool last) {
    uint64_t m[16], v[16];
    for (int i = 0; i < 16; i++) m[i] = nj_load64(block + 8 * i);
    for (int i = 0; i < 8; i++) {
        v[i] = hash->h[i];
        v[i + 8] = initial[i];
    }
    v[12] ^= hash->length;
    if (last) v[14] = ~v[14];
    for (int round = 0; round < 12; round++) {
        const uint8_t *s = sigma[round % 10];
        mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
        mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
        mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
        mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
        mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
        mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
        mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
        mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
    }
    for (int i = 0; i < 8; i++) hash->h[i] ^= v[i] ^ v[i + 8];
}

void nj_blake2b_init(nj_blake2b *hash, size_t output_length) {
    memcpy(hash->h, initial, sizeof initial);
    hash->h[0] ^= 0x01010000 ^ output_length;  // parameter block: fan-out 1, depth 1, no key
    hash->length = 0;
    hash->filled = 0;
    hash->output_length = output_length;
}

void nj_blake2b_update(nj_blake2b *hash, const void *input, size_t length) {
    const uint8_t *bytes = input;
    while (length > 0) {
        // A full buffer waits until more input comes: the last block is compressed differently, in `final`.
        if (hash->filled == sizeof hash->buffer) {
            hash->length += sizeof hash->buffer;
            compress(hash, hash->buffer, false);
            hash->filled = 0;
        }
        size_t room = sizeof hash->buffer - hash->filled;
        size_t part = length < room ? length : room;
        memcpy(hash->buffer + hash->filled, bytes, part);
        hash->filled += part;
        bytes += part;
        length -= part;
    }
}

void nj_blake2b_final(nj_blake2b *hash, void *output) {
    hash->length += hash->filled;
    memset(hash->buffer + hash->filled, 0, sizeof hash->buffer - hash->filled);
    compress(hash, hash->buffer, true);
    uint8_t bytes[64];
    for (int i = 0; i < 8; i++) nj_store64(bytes + 8 * i, hash->h[i]);
    memcpy(output, bytes, hash->output_length);
}

void nj_blake2b_hash(void *output, size_t output_length, const void *input, size_t length) {
    nj_blake2b hash;
    nj_blake2b_init(&hash, output_length);
    nj_blake2b_update(&hash, input, length);
    nj_blake2b_final(&hash, output);
}
