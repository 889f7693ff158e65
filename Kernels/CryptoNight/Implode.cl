// CryptoNight, fourth step: the scratchpad is folded into the state, CNS008, 5; twice if it is heavy.
//
// Launch: as explode's. Reads scratchpads, replaces words 8 to 23 of `states`.
#ifndef NIGHTJAR_CRYPTONIGHT_IMPLODE_CL
#define NIGHTJAR_CRYPTONIGHT_IMPLODE_CL

#include "CryptoNight/Mix.cl"
#include "CryptoNight/Rounds.cl"
#include "CryptoNight/Scratchpad.cl"

__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void cn_implode(__global ulong *states, NJ_PAD_ARGUMENTS, const uint count) {
    __local uint table_memory[NJ_CN_TABLE_WORDS];
    NJ_CN_MIX_MEMORY;
    __local const uint *table = nj_cn_table(table_memory);
    if (NJ_CN_NO_HASH_IN_GROUP(count)) return;
    const uint slot = NJ_CN_COLUMN_SLOT(count);
    const uint column = (uint)get_global_id(0) & 7;
    __global ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    const ulong key[4] = {record[4], record[5], record[6], record[7]};
    uint4 round_keys[10];
    nj_aes_expand(key, round_keys);
    // A work-item that only computes along must not read the record: the hash's own work-items may have replaced it.
    uint4 text = (uint4)(0);
    if (!NJ_CN_IS_IDLE(count)) text = as_uint4((ulong2)(record[8 + 2 * column], record[9 + 2 * column]));
    __global const ulong2 *pad = NJ_PAD_OF(slot);
#if NJ_CN_HEAVY
    uint half_now = 0;
    for (uint pass = 0; pass < 2; ++pass) {
        for (uint block = column; block < NJ_CN_MEMORY / 16; block += 8) {
            text = nj_cn_ten_rounds(table, text ^ as_uint4(pad[NJ_PAD_BLOCK(block)]), round_keys);
            text = nj_cn_mix(mix_blocks, &half_now, text);
        }
    }
    text = nj_cn_mix_rounds(table, round_keys, mix_blocks, &half_now, text);
#else
    for (uint block = column; block < NJ_CN_MEMORY / 16; block += 8)
        text = nj_cn_ten_rounds(table, text ^ as_uint4(pad[NJ_PAD_BLOCK(block)]), round_keys);
#endif
    if (NJ_CN_IS_IDLE(count)) return;
    const ulong2 folded = as_ulong2(text);
    record[8 + 2 * column] = folded.x;
    record[9 + 2 * column] = folded.y;
}

#endif
