// Keccak-f[1600], FIPS 202, 3.3: the 24-round permutation of 25 words, lane (x, y) at word x + 5 y.
#ifndef NIGHTJAR_PRIMITIVES_KECCAK_CL
#define NIGHTJAR_PRIMITIVES_KECCAK_CL

#include "Primitives/Inline.cl"
#include "Shared/Keccak.h"

// What is within a round is unrolled: a compiler keeps the words in registers only if it knows each index.
NJ_INLINE void nj_keccak_f1600(ulong *s) {
    for (uint round = 0; round < 24; ++round) {
        // theta
        ulong column[5];
#pragma unroll
        for (uint x = 0; x < 5; ++x) column[x] = s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20];
#pragma unroll
        for (uint x = 0; x < 5; ++x) {
            const ulong mix = column[(x + 4) % 5] ^ rotate(column[(x + 1) % 5], (ulong)1);
#pragma unroll
            for (uint y = 0; y < 25; y += 5) s[x + y] ^= mix;
        }
        // rho and pi, in place
        ulong carried = s[1];
#pragma unroll
        for (uint i = 0; i < 24; ++i) {
            const uint lane = nj_keccak_lanes[i];
            const ulong next = s[lane];
            s[lane] = rotate(carried, (ulong)nj_keccak_rotations[i]);
            carried = next;
        }
        // chi
#pragma unroll
        for (uint y = 0; y < 25; y += 5) {
            const ulong s0 = s[y], s1 = s[y + 1], s2 = s[y + 2], s3 = s[y + 3], s4 = s[y + 4];
            s[y] = s0 ^ (~s1 & s2);
            s[y + 1] = s1 ^ (~s2 & s3);
            s[y + 2] = s2 ^ (~s3 & s4);
            s[y + 3] = s3 ^ (~s4 & s0);
            s[y + 4] = s4 ^ (~s0 & s1);
        }
        // iota
        s[0] ^= nj_keccak_round_constants[round];
    }
}

#endif
