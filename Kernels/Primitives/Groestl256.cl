// Groestl-256, final round of the SHA-3 competition. A column is a little-endian word, row 0 its lowest byte.
#ifndef NIGHTJAR_PRIMITIVES_GROESTL256_CL
#define NIGHTJAR_PRIMITIVES_GROESTL256_CL

#include "Shared/Groestl256.h"

// The permutation P (q = 0) or Q (q = 1) of eight columns, in place.
void nj_groestl_permute(ulong *x, uint q) {
    for (uint round = 0; round < 10; ++round) {
        ulong t[8];
        for (uint i = 0; i < 8; ++i) {
            const ulong constant_of_round = (ulong)(i << 4 ^ round);
            t[i] = x[i] ^ (q ? ~(constant_of_round << 56) : constant_of_round);
        }
        for (uint i = 0; i < 8; ++i) {
            ulong column = 0;
            for (uint row = 0; row < 8; ++row) {
                // ShiftBytes: P moves row r by r; Q moves the rows by 1 3 5 7 0 2 4 6.
                const uint shift = q ? (2 * row + 1 + (row >> 2) * 7) & 7 : row;
                const uint byte = (uint)(t[(i + shift) & 7] >> (8 * row)) & 255;
                column ^= rotate(nj_groestl_t0[byte], (ulong)(8 * row));
            }
            x[i] = column;
        }
    }
}

// chain = P(chain ^ block) ^ Q(block) ^ chain; eight words each.
void nj_groestl256_compress(ulong *chain, const ulong *block) {
    ulong p[8];
    ulong q[8];
    for (uint i = 0; i < 8; ++i) {
        p[i] = chain[i] ^ block[i];
        q[i] = block[i];
    }
    nj_groestl_permute(p, 0);
    nj_groestl_permute(q, 1);
    for (uint i = 0; i < 8; ++i) chain[i] ^= p[i] ^ q[i];
}

// The digest of 200 bytes, given as 25 little-endian words, as four of them.
void nj_groestl256_of_state(const ulong *state, ulong *digest) {
    // The initial value is the digest's length in bits, big-endian.
    ulong chain[8] = {0, 0, 0, 0, 0, 0, 0, 0x0001000000000000UL};
    ulong block[8];
    for (uint start = 0; start < 24; start += 8) {
        for (uint i = 0; i < 8; ++i) block[i] = state[start + i];
        nj_groestl256_compress(chain, block);
    }
    for (uint i = 0; i < 8; ++i) block[i] = 0;
    block[0] = state[24];
    block[1] = 0x80;
    // The number of blocks, four, big-endian.
    block[7] = 0x0400000000000000UL;
    nj_groestl256_compress(chain, block);
    for (uint i = 0; i < 8; ++i) block[i] = chain[i];
    nj_groestl_permute(block, 0);
    for (uint i = 0; i < 4; ++i) digest[i] = chain[i + 4] ^ block[i + 4];
}

#endif
