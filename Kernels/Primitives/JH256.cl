// JH-256, 42 rounds, final round of the SHA-3 competition, bit-sliced: row r is words 2 r and 2 r + 1.
#ifndef NIGHTJAR_PRIMITIVES_JH256_CL
#define NIGHTJAR_PRIMITIVES_JH256_CL

#include "Shared/JH256.h"

// The S-boxes S0 and S1 over 64 columns: each bit of `choice` chooses one.
void nj_jh_substitute(ulong *m0, ulong *m1, ulong *m2, ulong *m3, ulong choice) {
    *m3 = ~*m3;
    *m0 ^= ~*m2 & choice;
    const ulong t = choice ^ (*m0 & *m1);
    *m0 ^= *m2 & *m3;
    *m3 ^= ~*m1 & *m2;
    *m1 ^= *m0 & *m2;
    *m2 ^= *m0 & ~*m3;
    *m0 ^= *m1 | *m3;
    *m3 ^= *m1 & *m2;
    *m1 ^= t & *m0;
    *m2 ^= t;
}

ulong nj_jh_exchange(ulong word, ulong even, uint distance) {
    return (word & even) << distance | (word >> distance & even);
}

// E8: the permutation of 16 words, in place.
void nj_jh_e8(ulong *x) {
    for (uint round = 0; round < 42; ++round) {
        for (uint side = 0; side < 2; ++side) {
            ulong *m = x + side;
            nj_jh_substitute(&m[0], &m[4], &m[8], &m[12], nj_jh_round_constants[round][side]);
            nj_jh_substitute(&m[2], &m[6], &m[10], &m[14], nj_jh_round_constants[round][side + 2]);
            // The linear transform, between the even rows and the odd.
            m[2] ^= m[4];
            m[6] ^= m[8];
            m[10] ^= m[0] ^ m[12];
            m[14] ^= m[0];
            m[0] ^= m[6];
            m[4] ^= m[10];
            m[8] ^= m[2] ^ m[14];
            m[12] ^= m[2];
        }
        const uint step = round % 7;
        for (uint row = 1; row < 8; row += 2) {
            const ulong low = x[2 * row], high = x[2 * row + 1];
            ulong even = 0;
            switch (step) {
            case 0: even = 0x5555555555555555UL; break;
            case 1: even = 0x3333333333333333UL; break;
            case 2: even = 0x0F0F0F0F0F0F0F0FUL; break;
            case 3: even = 0x00FF00FF00FF00FFUL; break;
            case 4: even = 0x0000FFFF0000FFFFUL; break;
            case 5: even = 0x00000000FFFFFFFFUL; break;
            default: break;
            }
            x[2 * row] = step == 6 ? high : nj_jh_exchange(low, even, 1u << step);
            x[2 * row + 1] = step == 6 ? low : nj_jh_exchange(high, even, 1u << step);
        }
    }
}

// chain: 16 words. block: 8 words.
void nj_jh256_compress(ulong *chain, const ulong *block) {
    for (uint i = 0; i < 8; ++i) chain[i] ^= block[i];
    nj_jh_e8(chain);
    for (uint i = 0; i < 8; ++i) chain[i + 8] ^= block[i];
}

// The digest of 200 bytes, given as 25 little-endian words, as four of them.
void nj_jh256_of_state(const ulong *state, ulong *digest) {
    ulong chain[16];
    ulong block[8];
    for (uint i = 0; i < 16; ++i) chain[i] = nj_jh256_iv[i];
    for (uint start = 0; start < 24; start += 8) {
        for (uint i = 0; i < 8; ++i) block[i] = state[start + i];
        nj_jh256_compress(chain, block);
    }
    for (uint i = 0; i < 8; ++i) block[i] = 0;
    block[0] = state[24];
    block[1] = 0x80;
    nj_jh256_compress(chain, block);
    // A block of its own for the length: 1600 bits, big-endian.
    block[0] = 0;
    block[1] = 0;
    block[7] = 0x4006000000000000UL;
    nj_jh256_compress(chain, block);
    for (uint i = 0; i < 4; ++i) digest[i] = chain[i + 12];
}

#endif
