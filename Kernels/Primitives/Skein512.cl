// Skein-512-256, version 1.3: Threefish-512 in UBI chaining. Words are little-endian.
#ifndef NIGHTJAR_PRIMITIVES_SKEIN512_CL
#define NIGHTJAR_PRIMITIVES_SKEIN512_CL

#include "Shared/Skein512.h"

// Block types and flags of UBI's tweak, in its high word.
#define NJ_SKEIN_MESSAGE (48UL << 56)
#define NJ_SKEIN_OUTPUT (63UL << 56)
#define NJ_SKEIN_FIRST (1UL << 62)
#define NJ_SKEIN_FINAL (1UL << 63)

// chain, block: 8 words. bytes: of the message up to and with this block. kind: type and flags.
void nj_skein512_compress(ulong *chain, const ulong *block, ulong bytes, ulong kind) {
    ulong key[9];
    key[8] = NJ_SKEIN_C240;
    for (uint i = 0; i < 8; ++i) {
        key[i] = chain[i];
        key[8] ^= chain[i];
    }
    const ulong tweak[3] = {bytes, kind, bytes ^ kind};
    ulong x[8];
    for (uint i = 0; i < 8; ++i) x[i] = block[i];
    for (uint round = 0; round <= 72; ++round) {
        if ((round & 3) == 0) {
            const uint s = round >> 2;
            for (uint i = 0; i < 8; ++i) x[i] += key[(s + i) % 9];
            x[5] += tweak[s % 3];
            x[6] += tweak[(s + 1) % 3];
            x[7] += s;
            if (round == 72) break;
        }
        ulong y[8];
        for (uint j = 0; j < 4; ++j) {
            y[2 * j] = x[2 * j] + x[2 * j + 1];
            y[2 * j + 1] = rotate(x[2 * j + 1], (ulong)nj_skein512_rotations[round & 7][j]) ^ y[2 * j];
        }
        for (uint i = 0; i < 8; ++i) x[i] = y[nj_skein512_permutation[i]];
    }
    for (uint i = 0; i < 8; ++i) chain[i] = x[i] ^ block[i];
}

// The digest of 200 bytes, given as 25 little-endian words, as four of them.
void nj_skein512_of_state(const ulong *state, ulong *digest) {
    ulong chain[8];
    ulong block[8];
    for (uint i = 0; i < 8; ++i) chain[i] = nj_skein512_256_iv[i];
    for (uint start = 0; start < 24; start += 8) {
        for (uint i = 0; i < 8; ++i) block[i] = state[start + i];
        nj_skein512_compress(chain, block, 8 * (start + 8), NJ_SKEIN_MESSAGE | (start == 0 ? NJ_SKEIN_FIRST : 0));
    }
    for (uint i = 0; i < 8; ++i) block[i] = 0;
    block[0] = state[24];
    nj_skein512_compress(chain, block, 200, NJ_SKEIN_MESSAGE | NJ_SKEIN_FINAL);
    // The output block: a counter of zero, eight bytes long.
    block[0] = 0;
    nj_skein512_compress(chain, block, 8, NJ_SKEIN_OUTPUT | NJ_SKEIN_FIRST | NJ_SKEIN_FINAL);
    for (uint i = 0; i < 4; ++i) digest[i] = chain[i];
}

#endif
