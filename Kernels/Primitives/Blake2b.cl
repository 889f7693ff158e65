// Blake2b without a key, RFC 7693.
#ifndef NIGHTJAR_PRIMITIVES_BLAKE2B_CL
#define NIGHTJAR_PRIMITIVES_BLAKE2B_CL

#include "Shared/Blake2b.h"

void nj_blake2b_mix(ulong *v, uint a, uint b, uint c, uint d, ulong x, ulong y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], (ulong)32);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], (ulong)40);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], (ulong)48);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], (ulong)1);
}

// chain: 8 words. bytes: of the digest, 1 to 64.
void nj_blake2b_start(ulong *chain, uint bytes) {
    for (uint i = 0; i < 8; ++i) chain[i] = nj_blake2b_iv[i];
    chain[0] ^= 0x01010000 ^ bytes;
}

// block: 16 little-endian words, zeroes after the message's end. length: bytes up to and with this block. The first
// words of chain are the digest after the last block.
void nj_blake2b_compress(ulong *chain, const ulong *block, ulong length, bool last) {
    ulong v[16];
    for (uint i = 0; i < 8; ++i) {
        v[i] = chain[i];
        v[i + 8] = nj_blake2b_iv[i];
    }
    v[12] ^= length;
    if (last) v[14] = ~v[14];
    for (uint round = 0; round < 12; ++round) {
        __constant const uchar *order = nj_blake2b_sigma[round % 10];
        for (uint i = 0; i < 8; ++i) {
            // The first four work on columns, the others on diagonals: row n moves by n.
            const uint shift = i >> 2;
            const uint column = i & 3;
            nj_blake2b_mix(
                v, column, 4 + ((column + shift) & 3), 8 + ((column + 2 * shift) & 3), 12 + ((column + 3 * shift) & 3),
                block[order[2 * i]], block[order[2 * i + 1]]);
        }
    }
    for (uint i = 0; i < 8; ++i) chain[i] ^= v[i] ^ v[i + 8];
}

#endif
