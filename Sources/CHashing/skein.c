#include "nj_skein.h"

#include "Shared/Skein512.h"
#include "nj_bytes.h"

// The tweak's fields: block type at bit 120, "first" and "final" flags at 126 and 127; the numbers here count within
// its upper word.
enum { TYPE_MESSAGE = 48, TYPE_OUTPUT = 63 };
static const uint64_t FIRST = (uint64_t)1 << 62;
static const uint64_t FINAL = (uint64_t)1 << 63;

// One UBI step: h = Threefish-512(key h, tweak, block) ^ block. `position` counts the bytes so far, this block included.
static void chain(uint64_t h[8], const uint8_t block[64], uint64_t position, uint64_t flags) {
    uint64_t key[9], m[8], v[8];
    uint64_t tweak[3] = {position, flags, position ^ flags};
    key[8] = NJ_SKEIN_C240;
    for (int i = 0; i < 8; i++) {
        key[i] = h[i];
        key[8] ^= h[i];
        m[i] = v[i] = nj_load64(block + 8 * i);
    }
    for (unsigned s = 0; s <= 18; s++) {
        for (unsigned i = 0; i < 8; i++) v[i] += key[(s + i) % 9];
        v[5] += tweak[s % 3];
        v[6] += tweak[(s + 1) % 3];
        v[7] += s;
        if (s == 18) break;
        for (unsigned round = 4 * s; round < 4 * s + 4; round++) {
            uint64_t mixed[8];
            for (int j = 0; j < 4; j++) {
                mixed[2 * j] = v[2 * j] + v[2 * j + 1];
                mixed[2 * j + 1] = nj_rotl64(v[2 * j + 1], nj_skein512_rotations[round % 8][j]) ^ mixed[2 * j];
            }
            for (int i = 0; i < 8; i++) v[i] = mixed[nj_skein512_permutation[i]];
        }
    }
    for (int i = 0; i < 8; i++) h[i] = v[i] ^ m[i];
}

void nj_skein512_256(const void *input, size_t length, uint8_t digest[32]) {
    const uint8_t *bytes = input;
    uint64_t h[8];
    memcpy(h, nj_skein512_256_iv, sizeof h);

    // The last block has the final flag, so a full block waits until it is known that more input follows.
    uint64_t position = 0, flags = (uint64_t)TYPE_MESSAGE << 56 | FIRST;
    for (; length > 64; length -= 64, bytes += 64) {
        chain(h, bytes, position += 64, flags);
        flags &= ~FIRST;
    }
    uint8_t last[64] = {0};
    if (length > 0) memcpy(last, bytes, length);
    chain(h, last, position + length, flags | FINAL);

    // Output block number 0.
    memset(last, 0, sizeof last);
    chain(h, last, 8, (uint64_t)TYPE_OUTPUT << 56 | FIRST | FINAL);
    for (int i = 0; i < 4; i++) nj_store64(digest + 8 * i, h[i]);
}
