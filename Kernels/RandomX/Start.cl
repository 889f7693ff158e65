// RandomX, before the first program (doc/specs.md, 2, steps 2 to 6): Blake2b of the input, and the scratchpad.
#ifndef NIGHTJAR_RANDOMX_START_CL
#define NIGHTJAR_RANDOMX_START_CL

#include "RandomX/Memory.cl"
#include "Primitives/AES.cl"
#include "Primitives/Blake2b.cl"
#include "Primitives/Message.cl"
#include "Shared/RandomXAES.h"

// A 16-byte value of a table of bytes.
NJ_INLINE uint4 nj_rx_table_block(__constant const uchar *bytes) {
    uint words[4];
    for (uint i = 0; i < 4; ++i)
        words[i] = (uint)bytes[4 * i] | (uint)bytes[4 * i + 1] << 8 | (uint)bytes[4 * i + 2] << 16
            | (uint)bytes[4 * i + 3] << 24;
    return (uint4)(words[0], words[1], words[2], words[3]);
}

// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH. The work-item i hashes the nonce
// first_nonce + i and begins the record i.
//
// message: `length` bytes with zeroes in the nonce's place, then zeroes up to a whole block of 16 words, at least one
// block. A message without a nonce has a nonce_word beyond its end, and a shift of zero.
// stride: see Message.cl.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void rx_start(
    __global const ulong *message, const uint length, const uint nonce_word, const uint nonce_shift,
    const uint first_nonce, const uint stride, const uint count, __global ulong *records) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    message += (size_t)slot * stride;
    ulong chain[8], block[16];
    nj_blake2b_start(chain, 64);
    uint at = 0;
    do {
        for (uint i = 0; i < 16; ++i)
            block[i] = nj_message_word(message, at / 8 + i, nonce_word, nonce_shift, first_nonce + slot);
        const bool last = length - at <= 128;
        nj_blake2b_compress(chain, block, last ? length : at + 128, last);
        at += 128;
    } while (at < length);
    __global ulong *record = records + (size_t)slot * NJ_RX_RECORD_WORDS;
    for (uint i = 0; i < 8; ++i) record[NJ_RX_STATE + i] = chain[i];
    record[NJ_RX_ROUNDING] = 0;
}

// AesGenerator1R (3.2) fills the scratchpad; its state goes on to the first program.
//
// Launch: four work-items a hash, at least 4 × `count` of them in groups of NJ_GROUP_FILL. The work-item 4 i + j makes
// every fourth 16-byte block, from the j-th, of the hash i.
__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void rx_fill(__global ulong *records, NJ_PAD_ARGUMENTS, const uint count) {
    __local uint table[NJ_AES_TABLE_WORDS], inverse[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    nj_aes_load_inverse(inverse);
    const uint slot = (uint)get_global_id(0) >> 2;
    const uint column = (uint)get_global_id(0) & 3;
    if (slot >= count) return;
    __global ulong *state = records + (size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_STATE + 2 * column;
    __global ulong2 *pad = (__global ulong2 *)NJ_PAD_OF(slot);
    const uint4 key = nj_rx_table_block(nj_rx_table_keys_1r + 16 * column);
    uint4 x = as_uint4((ulong2)(state[0], state[1]));
    for (uint block = column; block < NJ_RX_SCRATCHPAD_L3 / 16; block += 4) {
        x = column & 1 ? nj_aes_round(table, x, key) : nj_aes_inverse_round(inverse, x, key);
        pad[block] = as_ulong2(x);
    }
    const ulong2 end = as_ulong2(x);
    state[0] = end.x;
    state[1] = end.y;
}

#endif
