// CryptoNight, second step: AES fills the scratchpad, CNS008, 3.
//
// Launch: eight work-items a hash, at least 8 × `count` of them in groups of NJ_GROUP_FILL. The work-item 8 i + j makes
// every eighth 16-byte block, from the j-th, of the hash i. Reads `states`, writes scratchpads.
#ifndef NIGHTJAR_CRYPTONIGHT_EXPLODE_CL
#define NIGHTJAR_CRYPTONIGHT_EXPLODE_CL

#include "CryptoNight/Scratchpad.cl"
#include "Primitives/AES.cl"

__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void cn_explode(__global const ulong *states, NJ_PAD_ARGUMENTS,
                                                    const uint count) {
    __local uint table[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    const uint slot = (uint)get_global_id(0) >> 3;
    const uint column = (uint)get_global_id(0) & 7;
    if (slot >= count) return;
    __global const ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    const ulong key[4] = {record[0], record[1], record[2], record[3]};
    uint4 round_keys[10];
    nj_aes_expand(key, round_keys);
    uint4 text = as_uint4((ulong2)(record[8 + 2 * column], record[9 + 2 * column]));
    __global ulong2 *pad = NJ_PAD_OF(slot);
    for (uint block = column; block < NJ_CN_MEMORY / 16; block += 8) {
        text = nj_aes_ten_rounds(table, text, round_keys);
        pad[NJ_PAD_BLOCK(block)] = as_ulong2(text);
    }
}

#endif
