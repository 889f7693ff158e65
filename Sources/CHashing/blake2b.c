// Blake2b, RFC 7693, in portable C.
#include "nj_blake2b.h"

#include <string.h>

#include "Shared/Blake2b.h"
#include "nj_bytes.h"

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
        v[i + 8] = nj_blake2b_iv[i];
    }
    v[12] ^= hash->length;
    if (last) v[14] = ~v[14];
    for (int round = 0; round < 12; round++) {
        const uint8_t *s = nj_blake2b_sigma[round % 10];
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
    memcpy(hash->h, nj_blake2b_iv, sizeof nj_blake2b_iv);
    hash->h[0] ^= 0x01010000 ^ output_length;  // parameter block: fan-out 1, depth 1, no key
    hash->length = 0;
    hash->filled = 0;
    hash->output_length = output_length;
}

void nj_blake2b_update(nj_blake2b *hash, const void *input, size_t length) {
    const uint8_t *bytes = input;
    while (length > 0) {
        // A full buffer waits until more input comes, because the last block is compressed differently, in `final`.
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
