// Argon2d's memory fill, version 0x13, RFC 9106 section 3: by one work-item, in the order of the specification.
#ifndef NIGHTJAR_PRIMITIVES_ARGON2D_CL
#define NIGHTJAR_PRIMITIVES_ARGON2D_CL

#include "Primitives/Blake2b.cl"

enum { NJ_ARGON_BLOCK_WORDS = 128, NJ_ARGON_SLICES = 4 };

// The first two blocks of each lane, by H' of the 64-byte prehash. memory: lanes × lane_length blocks.
void nj_argon2d_start(__global ulong *memory, const ulong *prehash, uint lanes, uint lane_length) {
    for (uint lane = 0; lane < lanes; ++lane) {
        for (uint index = 0; index < 2; ++index) {
            __global ulong *out = memory + ((ulong)lane * lane_length + index) * NJ_ARGON_BLOCK_WORDS;
            // 1024, the prehash, index, Argon lane: 76 bytes. After the first four, all stand across two words.
            ulong message[16], link[8];
            message[0] = 1024 | prehash[0] << 32;
            for (uint i = 1; i < 8; ++i) message[i] = prehash[i - 1] >> 32 | prehash[i] << 32;
            message[8] = prehash[7] >> 32 | (ulong)index << 32;
            message[9] = lane;
            for (uint i = 10; i < 16; ++i) message[i] = 0;
            nj_blake2b_start(link, 64);
            nj_blake2b_compress(link, message, 76, true);
            // A chain of 64-byte hashes. Each gives its first half, the last one both halves.
            for (uint at = 0; at < NJ_ARGON_BLOCK_WORDS - 8; at += 4) {
                for (uint i = 0; i < 4; ++i) out[at + i] = link[i];
                for (uint i = 0; i < 16; ++i) message[i] = i < 8 ? link[i] : 0;
                nj_blake2b_start(link, 64);
                nj_blake2b_compress(link, message, 64, true);
            }
            for (uint i = 0; i < 8; ++i) out[NJ_ARGON_BLOCK_WORDS - 8 + i] = link[i];
        }
    }
}

// Blake2b's mixing function with a multiplication in each addition.
void nj_argon2d_mix(ulong *v, uint a, uint b, uint c, uint d) {
    v[a] += v[b] + 2 * (ulong)(uint)v[a] * (uint)v[b];
    v[d] = rotate(v[d] ^ v[a], (ulong)32);
    v[c] += v[d] + 2 * (ulong)(uint)v[c] * (uint)v[d];
    v[b] = rotate(v[b] ^ v[c], (ulong)40);
    v[a] += v[b] + 2 * (ulong)(uint)v[a] * (uint)v[b];
    v[d] = rotate(v[d] ^ v[a], (ulong)48);
    v[c] += v[d] + 2 * (ulong)(uint)v[c] * (uint)v[d];
    v[b] = rotate(v[b] ^ v[c], (ulong)1);
}

// The permutation P on sixteen words: eight pairs, `stride` words apart.
void nj_argon2d_permute(ulong *words, uint stride) {
    ulong v[16];
    for (uint i = 0; i < 16; ++i) v[i] = words[(i >> 1) * stride + (i & 1)];
    for (uint i = 0; i < 4; ++i) nj_argon2d_mix(v, i, 4 + i, 8 + i, 12 + i);
    for (uint i = 0; i < 4; ++i) nj_argon2d_mix(v, i, 4 + ((i + 1) & 3), 8 + ((i + 2) & 3), 12 + ((i + 3) & 3));
    for (uint i = 0; i < 16; ++i) words[(i >> 1) * stride + (i & 1)] = v[i];
}

// The compression function G; in later passes the result is XORed over what the block held.
void nj_argon2d_compress(
    __global ulong *next, __global const ulong *previous, __global const ulong *reference, bool over) {
    ulong mixed[NJ_ARGON_BLOCK_WORDS];
    for (uint i = 0; i < NJ_ARGON_BLOCK_WORDS; ++i) {
        mixed[i] = previous[i] ^ reference[i];
        next[i] = mixed[i] ^ (over ? next[i] : 0);
    }
    for (uint row = 0; row < 8; ++row) nj_argon2d_permute(mixed + 16 * row, 2);
    for (uint column = 0; column < 8; ++column) nj_argon2d_permute(mixed + 2 * column, 16);
    for (uint i = 0; i < NJ_ARGON_BLOCK_WORDS; ++i) next[i] ^= mixed[i];
}

void nj_argon2d_segment(__global ulong *memory, uint lanes, uint lane_length, uint pass, uint slice, uint lane) {
    const uint segment_length = lane_length / NJ_ARGON_SLICES;
    __global ulong *own = memory + (ulong)lane * lane_length * NJ_ARGON_BLOCK_WORDS;
    const bool first = pass == 0 && slice == 0;
    for (uint index = first ? 2 : 0; index < segment_length; ++index) {
        const uint current = slice * segment_length + index;
        __global const ulong *previous =
            own + (ulong)((current == 0 ? lane_length : current) - 1) * NJ_ARGON_BLOCK_WORDS;
        const ulong random = previous[0];
        // In the very first slice, no other Argon lane has finished anything.
        const uint other = first ? lane : (uint)(random >> 32) % lanes;
        // Section 3.4: the finished segments, and in this Argon lane also this segment up to the previous block. In
        // another Argon lane, the newest block may be unfinished when this segment begins.
        uint area = (pass == 0 ? slice : NJ_ARGON_SLICES - 1) * segment_length;
        if (other == lane)
            area += index - 1;
        else if (index == 0)
            area -= 1;
        const ulong square = (ulong)mul_hi((uint)random, (uint)random);
        const uint relative = area - 1 - (uint)(area * square >> 32);
        const uint start = pass == 0 ? 0 : (slice + 1) % NJ_ARGON_SLICES * segment_length;
        const ulong reference = (ulong)other * lane_length + (start + relative) % lane_length;
        nj_argon2d_compress(
            own + (ulong)current * NJ_ARGON_BLOCK_WORDS, previous, memory + reference * NJ_ARGON_BLOCK_WORDS, pass > 0);
    }
}

// All passes over memory whose lanes have been started.
void nj_argon2d_passes(__global ulong *memory, uint lanes, uint lane_length, uint passes) {
    for (uint pass = 0; pass < passes; ++pass)
        for (uint slice = 0; slice < NJ_ARGON_SLICES; ++slice)
            for (uint lane = 0; lane < lanes; ++lane) nj_argon2d_segment(memory, lanes, lane_length, pass, slice, lane);
}

#endif
