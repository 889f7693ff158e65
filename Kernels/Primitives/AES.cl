// AES rounds, as the CPU instructions aesenc and aesdec make them, and the key schedule, FIPS 197. A block is four
// little-endian columns.
//
// Rounds look up tables in local memory, because constant memory serialises look-ups that differ within a group. Before
// the first round, all work-items of the group fill the tables together by nj_aes_load, or by nj_aes_load_inverse for
// the inverse rounds.
#ifndef NIGHTJAR_PRIMITIVES_AES_CL
#define NIGHTJAR_PRIMITIVES_AES_CL

#include "Primitives/Inline.cl"
#include "Shared/AES.h"

#define NJ_AES_TABLE_WORDS 1024

NJ_INLINE void nj_aes_spread(__local uint *table, __constant const uint *first) {
    for (uint i = (uint)get_local_id(0); i < 256; i += (uint)get_local_size(0)) {
        const uint word = first[i];
        table[i] = word;
        table[i + 256] = rotate(word, 8u);
        table[i + 512] = rotate(word, 16u);
        table[i + 768] = rotate(word, 24u);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
}

// Fills the tables. It has a barrier: all work-items of the group must call it, and none may return before.
NJ_INLINE void nj_aes_load(__local uint *table) { nj_aes_spread(table, nj_aes_te0); }

// As nj_aes_load, for the inverse rounds.
NJ_INLINE void nj_aes_load_inverse(__local uint *table) { nj_aes_spread(table, nj_aes_td0); }

NJ_INLINE uint nj_aes_column(__local const uint *table, uint row0, uint row1, uint row2, uint row3) {
    return table[row0 & 255] ^ table[256 + ((row1 >> 8) & 255)] ^ table[512 + ((row2 >> 16) & 255)]
        ^ table[768 + (row3 >> 24)];
}

// ShiftRows, SubBytes, MixColumns, XOR of the round key.
NJ_INLINE uint4 nj_aes_round(__local const uint *table, uint4 x, uint4 key) {
    // clang-format off
    return (uint4)(nj_aes_column(table, x.s0, x.s1, x.s2, x.s3), nj_aes_column(table, x.s1, x.s2, x.s3, x.s0),
                   nj_aes_column(table, x.s2, x.s3, x.s0, x.s1), nj_aes_column(table, x.s3, x.s0, x.s1, x.s2))
        ^ key;
    // clang-format on
}

// As nj_aes_round, but column by column: each column of the result changes the same column of the input before the next
// column is computed. For cn-heavy/tube.
NJ_INLINE uint4 nj_aes_chained_round(__local const uint *table, const uint4 block, uint4 key) {
    uint4 x = block;
    key.s0 ^= nj_aes_column(table, x.s0, x.s1, x.s2, x.s3);
    x.s0 ^= key.s0;
    key.s1 ^= nj_aes_column(table, x.s1, x.s2, x.s3, x.s0);
    x.s1 ^= key.s1;
    key.s2 ^= nj_aes_column(table, x.s2, x.s3, x.s0, x.s1);
    x.s2 ^= key.s2;
    key.s3 ^= nj_aes_column(table, x.s3, x.s0, x.s1, x.s2);
    return key;
}

// InvShiftRows, InvSubBytes, InvMixColumns, XOR of the round key. table: of nj_aes_load_inverse.
NJ_INLINE uint4 nj_aes_inverse_round(__local const uint *table, uint4 x, uint4 key) {
    // clang-format off
    return (uint4)(nj_aes_column(table, x.s0, x.s3, x.s2, x.s1), nj_aes_column(table, x.s1, x.s0, x.s3, x.s2),
                   nj_aes_column(table, x.s2, x.s1, x.s0, x.s3), nj_aes_column(table, x.s3, x.s2, x.s1, x.s0))
        ^ key;
    // clang-format on
}

NJ_INLINE uint nj_aes_substitute(uint word) {
    return (uint)nj_aes_sbox[word & 255] | (uint)nj_aes_sbox[(word >> 8) & 255] << 8
        | (uint)nj_aes_sbox[(word >> 16) & 255] << 16 | (uint)nj_aes_sbox[word >> 24] << 24;
}

// The first ten round keys of the AES-256 schedule, of a key of four 64-bit little-endian words. Unrolled, like the
// rounds: a compiler keeps the keys in registers only if it knows each index.
NJ_INLINE void nj_aes_expand(const ulong *key, uint4 *round_keys) {
    round_keys[0] = as_uint4((ulong2)(key[0], key[1]));
    round_keys[1] = as_uint4((ulong2)(key[2], key[3]));
#pragma unroll
    for (uint i = 2; i < 10; ++i) {
        const uint last = round_keys[i - 1].s3;
        // RotWord moves the byte in row 1 to row 0: down, in a little-endian word.
        const uint word = nj_aes_substitute(i & 1 ? last : rotate(last, 24u)) ^ (i & 1 ? 0 : 1u << (i / 2 - 1));
        uint4 next = round_keys[i - 2];
        next.s0 ^= word;
        next.s1 ^= next.s0;
        next.s2 ^= next.s1;
        next.s3 ^= next.s2;
        round_keys[i] = next;
    }
}

#endif
