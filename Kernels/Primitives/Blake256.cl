// BLAKE-256, 14 rounds, as in the final round of the SHA-3 competition.
#ifndef NIGHTJAR_PRIMITIVES_BLAKE256_CL
#define NIGHTJAR_PRIMITIVES_BLAKE256_CL

#include "Shared/Blake256.h"
#include "Primitives/Bytes.cl"

void nj_blake256_mix(uint *v, uint a, uint b, uint c, uint d, uint x, uint y) {
    v[a] += v[b] + x;
    v[d] = rotate(v[d] ^ v[a], 16u);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 20u);
    v[a] += v[b] + y;
    v[d] = rotate(v[d] ^ v[a], 24u);
    v[c] += v[d];
    v[b] = rotate(v[b] ^ v[c], 25u);
}

// chain: 8 words. block: 16 words, loaded big-endian. bits: of the message up to and with this block, below 2^32.
void nj_blake256_compress(uint *chain, const uint *block, uint bits) {
    uint v[16];
    for (uint i = 0; i < 8; ++i) {
        v[i] = chain[i];
        v[i + 8] = nj_blake256_constants[i];
    }
    v[12] ^= bits;
    v[13] ^= bits;
    for (uint round = 0; round < 14; ++round) {
        __constant const uchar *order = nj_blake256_sigma[round % 10];
        for (uint i = 0; i < 8; ++i) {
            const uint p = order[2 * i], q = order[2 * i + 1];
            const uint x = block[p] ^ nj_blake256_constants[q];
            const uint y = block[q] ^ nj_blake256_constants[p];
            // The first four work on columns, the others on diagonals: row n moves by n.
            const uint shift = i >> 2;
            const uint column = i & 3;
            nj_blake256_mix(
                v, column, 4 + ((column + shift) & 3), 8 + ((column + 2 * shift) & 3), 12 + ((column + 3 * shift) & 3),
                x, y);
        }
    }
    for (uint i = 0; i < 8; ++i) chain[i] ^= v[i] ^ v[i + 8];
}

// The digest of 200 bytes, given as 25 little-endian words, as four of them.
void nj_blake256_of_state(const ulong *state, ulong *digest) {
    uint chain[8];
    uint block[16];
    for (uint i = 0; i < 8; ++i) chain[i] = nj_blake256_iv[i];
    for (uint start = 0; start < 24; start += 8) {
        for (uint i = 0; i < 8; ++i) {
            block[2 * i] = nj_swap32((uint)state[start + i]);
            block[2 * i + 1] = nj_swap32((uint)(state[start + i] >> 32));
        }
        nj_blake256_compress(chain, block, 64 * (start + 8));
    }
    for (uint i = 0; i < 16; ++i) block[i] = 0;
    block[0] = nj_swap32((uint)state[24]);
    block[1] = nj_swap32((uint)(state[24] >> 32));
    // Padding: a bit after the message, a bit before its length.
    block[2] = 0x80000000u;
    block[13] = 1;
    block[15] = 1600;
    nj_blake256_compress(chain, block, 1600);
    for (uint i = 0; i < 4; ++i) digest[i] = (ulong)nj_swap32(chain[2 * i]) | (ulong)nj_swap32(chain[2 * i + 1]) << 32;
}

#endif
