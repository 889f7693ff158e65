// The mixing of a hash's eight blocks when a heavy scratchpad is filled and folded: each block is XORed with its
// neighbour.
#ifndef NIGHTJAR_CRYPTONIGHT_MIX_CL
#define NIGHTJAR_CRYPTONIGHT_MIX_CL

#include "CryptoNight/Rounds.cl"

// The kernels that mix have eight work-items a hash, with a block each, and barriers, which all work-items of a group
// must reach. If a group has places for more hashes than there are, the work-items of those places compute the last
// hash too: they read what it reads, and write nothing.
#if NJ_CN_HEAVY
#define NJ_CN_MIX_MEMORY __local uint4 mix_blocks[2 * NJ_GROUP_FILL]
#define NJ_CN_NO_HASH_IN_GROUP(count) ((uint)get_group_id(0) * (NJ_GROUP_FILL / 8) >= (count))
// clang-format off
#define NJ_CN_COLUMN_SLOT(count) min((uint)get_global_id(0) >> 3, (count) - 1)
// clang-format on
#define NJ_CN_IS_IDLE(count) ((uint)get_global_id(0) >> 3 >= (count))
#else
#define NJ_CN_MIX_MEMORY
#define NJ_CN_NO_HASH_IN_GROUP(count) ((uint)get_global_id(0) >> 3 >= (count))
#define NJ_CN_COLUMN_SLOT(count) ((uint)get_global_id(0) >> 3)
#define NJ_CN_IS_IDLE(count) false
#endif

// Rounds of encryption and mixing before the first block is written, and after the last one was read.
#define NJ_CN_MIX_ROUNDS 16

// text: the work-item's block. It has a barrier: all work-items of the group must call it equally often.
//
// blocks: two for each work-item of the group, NJ_CN_MIX_MEMORY. half_now: the half of them that is written next, 0 at
// first. Calls use the halves in turn, so that one barrier a call is enough: a half is written again only after the
// barrier of the call that follows its reading.
NJ_INLINE uint4 nj_cn_mix(__local uint4 *blocks, uint *half_now, const uint4 text) {
    const uint item = (uint)get_local_id(0);
    __local uint4 *mine = blocks + *half_now * NJ_GROUP_FILL;
    *half_now ^= 1;
    mine[item] = text;
    barrier(CLK_LOCAL_MEM_FENCE);
    return text ^ mine[(item & ~7u) | ((item + 1) & 7)];
}

// NJ_CN_MIX_ROUNDS times: ten AES rounds, and mixing.
NJ_INLINE uint4 nj_cn_mix_rounds(
    __local const uint *table, const uint4 *round_keys, __local uint4 *blocks, uint *half_now, const uint4 first) {
    uint4 text = first;
    for (uint round = 0; round < NJ_CN_MIX_ROUNDS; ++round)
        text = nj_cn_mix(blocks, half_now, nj_cn_ten_rounds(table, text, round_keys));
    return text;
}

#endif
