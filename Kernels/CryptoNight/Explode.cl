// CryptoNight, second step: the scratchpad is filled, by AES, CNS008, 3; by Keccak for base 5.
//
// Launch: eight work-items a hash, at least 8 × `count` of them in groups of NJ_GROUP_FILL. The work-item 8 i + j fills
// every eighth part of the hash i's scratchpad, from the j-th on. Reads `states`, writes scratchpads.
#ifndef NIGHTJAR_CRYPTONIGHT_EXPLODE_CL
#define NIGHTJAR_CRYPTONIGHT_EXPLODE_CL

#include "CryptoNight/Mix.cl"
#include "CryptoNight/Rounds.cl"
#include "CryptoNight/Scratchpad.cl"
#include "Primitives/Keccak.cl"

#if NJ_CN_BASE == 5
// Each 512 bytes are 32 blocks: the beginnings of three successive Keccak states. The first of them is computed from
// the input's state and the number of the 512 bytes.
__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void cn_explode(__global const ulong *states, NJ_PAD_ARGUMENTS, const uint count) {
    const uint slot = (uint)get_global_id(0) >> 3;
    if (slot >= count) return;
    __global const ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    __global ulong2 *pad = NJ_PAD_OF(slot);
    for (uint chunk = (uint)get_global_id(0) & 7; chunk < NJ_CN_MEMORY / 512; chunk += 8) {
        ulong state[25];
#pragma unroll
        for (uint i = 0; i < 25; ++i) state[i] = record[i];
        state[0] ^= chunk;
        uint block = 32 * chunk;
        for (uint part = 0; part < 3; ++part) {
            nj_keccak_f1600(state);
#pragma unroll
            for (uint i = 0; i < 11; ++i)
                if (i < 10 || part > 0) pad[NJ_PAD_BLOCK(block + i)] = (ulong2)(state[2 * i], state[2 * i + 1]);
            block += part == 0 ? 10 : 11;
        }
    }
}
#else
__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void cn_explode(__global const ulong *states, NJ_PAD_ARGUMENTS, const uint count) {
    __local uint table_memory[NJ_CN_TABLE_WORDS];
    NJ_CN_MIX_MEMORY;
    __local const uint *table = nj_cn_table(table_memory);
    if (NJ_CN_NO_HASH_IN_GROUP(count)) return;
    const uint slot = NJ_CN_COLUMN_SLOT(count);
    const uint column = (uint)get_global_id(0) & 7;
    __global const ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    const ulong key[4] = {record[0], record[1], record[2], record[3]};
    uint4 round_keys[10];
    nj_aes_expand(key, round_keys);
    uint4 text = as_uint4((ulong2)(record[8 + 2 * column], record[9 + 2 * column]));
#if NJ_CN_HEAVY
    uint half_now = 0;
    text = nj_cn_mix_rounds(table, round_keys, mix_blocks, &half_now, text);
#endif
    if (NJ_CN_IS_IDLE(count)) return;
    __global ulong2 *pad = NJ_PAD_OF(slot);
    for (uint block = column; block < NJ_CN_MEMORY / 16; block += 8) {
        text = nj_cn_ten_rounds(table, text, round_keys);
        pad[NJ_PAD_BLOCK(block)] = as_ulong2(text);
    }
}
#endif

#endif
