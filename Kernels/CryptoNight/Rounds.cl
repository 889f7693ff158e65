// The ten AES rounds that fill and fold scratchpads, and their table.
#ifndef NIGHTJAR_CRYPTONIGHT_ROUNDS_CL
#define NIGHTJAR_CRYPTONIGHT_ROUNDS_CL

#include "CryptoNight/Parameters.cl"
#include "Primitives/AES.cl"

// A kernel has `__local uint table[NJ_CN_TABLE_WORDS]`, and looks up by what nj_cn_table returns. That has a barrier: all
// work-items of the group must call it.
#if NJ_CN_TABLE_BANKS == 1

#define NJ_CN_TABLE_WORDS NJ_AES_TABLE_WORDS
#define nj_cn_round nj_aes_round

NJ_INLINE __local const uint *nj_cn_table(__local uint *table) {
    nj_aes_load(table);
    return table;
}

#else

// Local memory answers 32 work-items at once only if their words are in different banks; random words of the four tables
// are not, and take it three times as long. So each bank has the first table for itself, 32 KiB in all, and the other
// three are rotations of what is found there.
#define NJ_CN_TABLE_WORDS (256 * NJ_CN_TABLE_BANKS)

NJ_INLINE __local const uint *nj_cn_table(__local uint *table) {
    for (uint i = (uint)get_local_id(0); i < NJ_CN_TABLE_WORDS; i += (uint)get_local_size(0))
        table[i] = nj_aes_te0[i / NJ_CN_TABLE_BANKS];
    barrier(CLK_LOCAL_MEM_FENCE);
    return table + (uint)get_local_id(0) % NJ_CN_TABLE_BANKS;
}

NJ_INLINE uint
nj_cn_column(__local const uint *table, const uint row0, const uint row1, const uint row2, const uint row3) {
    return table[(row0 & 255) * NJ_CN_TABLE_BANKS] ^ rotate(table[(row1 >> 8 & 255) * NJ_CN_TABLE_BANKS], 8u)
        ^ rotate(table[(row2 >> 16 & 255) * NJ_CN_TABLE_BANKS], 16u)
        ^ rotate(table[(row3 >> 24) * NJ_CN_TABLE_BANKS], 24u);
}

// As nj_aes_round.
NJ_INLINE uint4 nj_cn_round(__local const uint *table, const uint4 x, const uint4 key) {
    // clang-format off
    return (uint4)(nj_cn_column(table, x.s0, x.s1, x.s2, x.s3), nj_cn_column(table, x.s1, x.s2, x.s3, x.s0),
                   nj_cn_column(table, x.s2, x.s3, x.s0, x.s1), nj_cn_column(table, x.s3, x.s0, x.s1, x.s2))
        ^ key;
    // clang-format on
}

#endif

// Ten rounds with a schedule of nj_aes_expand; no key is added before the first. Written out, because Mesa's compiler does
// not unroll the loop that it is asked to.
NJ_INLINE uint4 nj_cn_ten_rounds(__local const uint *table, const uint4 text, const uint4 *round_keys) {
    uint4 block = nj_cn_round(table, text, round_keys[0]);
    block = nj_cn_round(table, block, round_keys[1]);
    block = nj_cn_round(table, block, round_keys[2]);
    block = nj_cn_round(table, block, round_keys[3]);
    block = nj_cn_round(table, block, round_keys[4]);
    block = nj_cn_round(table, block, round_keys[5]);
    block = nj_cn_round(table, block, round_keys[6]);
    block = nj_cn_round(table, block, round_keys[7]);
    block = nj_cn_round(table, block, round_keys[8]);
    return nj_cn_round(table, block, round_keys[9]);
}

#endif
