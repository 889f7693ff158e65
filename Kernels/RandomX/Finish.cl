// RandomX, after the last program (doc/specs.md, 2, steps 12 to 14): AesHash1R of the scratchpad, the hash, and the
// comparison with the target.
#ifndef NIGHTJAR_RANDOMX_FINISH_CL
#define NIGHTJAR_RANDOMX_FINISH_CL

#include "Primitives/Results.cl"
#include "RandomX/Start.cl"

// AesHash1R (3.4) of the scratchpad takes group A's place in the register file.
//
// Launch: as rx_fill.
__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void rx_digest(__global ulong *records, NJ_PAD_ARGUMENTS, const uint count) {
    __local uint table[NJ_AES_TABLE_WORDS], inverse[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    nj_aes_load_inverse(inverse);
    const uint slot = (uint)get_global_id(0) >> 2;
    const uint column = (uint)get_global_id(0) & 3;
    if (slot >= count) return;
    __global const ulong2 *pad = (__global const ulong2 *)NJ_PAD_OF(slot);
    uint4 x = nj_rx_table_block(nj_rx_table_hash_state + 16 * column);
    for (uint block = column; block < NJ_RX_SCRATCHPAD_L3 / 16; block += 4) {
        const uint4 key = as_uint4(pad[block]);
        x = column & 1 ? nj_aes_inverse_round(inverse, x, key) : nj_aes_round(table, x, key);
    }
    for (uint i = 0; i < 2; ++i) {
        const uint4 key = nj_rx_table_block(nj_rx_table_hash_keys + 16 * i);
        x = column & 1 ? nj_aes_inverse_round(inverse, x, key) : nj_aes_round(table, x, key);
    }
    const ulong2 digest = as_ulong2(x);
    __global ulong *out = records + (size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_GROUP_A + 2 * column;
    out[0] = digest.x;
    out[1] = digest.y;
}

// A message has `digest` at `offset`, in bytes: the part of the digest in the message's word `at`, and zeroes around
// it.
NJ_INLINE ulong nj_rx_digest_word(const ulong *digest, const uint offset, const uint at) {
    const uint start = offset / 8, shift = offset % 8 * 8;
    ulong word = 0;
    for (uint i = 0; i < 4; ++i) {
        if (at == start + i) word |= digest[i] << shift;
        if (shift != 0 && at == start + i + 1) word |= digest[i] >> (64 - shift);
    }
    return word;
}

// registers: of a hash's record.
NJ_INLINE void nj_rx_digest(__global const ulong *registers, ulong *digest) {
    ulong chain[8], block[16];
    nj_blake2b_start(chain, 32);
    for (uint part = 0; part < 2; ++part) {
        for (uint i = 0; i < 16; ++i) block[i] = registers[16 * part + i];
        nj_blake2b_compress(chain, block, 128 * (part + 1), part == 1);
    }
    for (uint i = 0; i < 4; ++i) digest[i] = chain[i];
}

// The top word of the commitment: Blake2b of the input, as rx_start has it, and the digest.
NJ_INLINE ulong nj_rx_commitment_word(
    __global const ulong *message, const uint length, const uint nonce_word, const uint nonce_shift, const uint nonce,
    const ulong *digest) {
    ulong chain[8], block[16];
    nj_blake2b_start(chain, 32);
    const uint whole = length + 32;
    for (uint at = 0; at < whole; at += 128) {
        for (uint i = 0; i < 16; ++i)
            block[i] = nj_message_word(message, at / 8 + i, nonce_word, nonce_shift, nonce)
                | nj_rx_digest_word(digest, length, at / 8 + i);
        const bool last = whole - at <= 128;
        nj_blake2b_compress(chain, block, last ? whole : at + 128, last);
    }
    return chain[3];
}

// message, length, nonce_word, nonce_shift, first_nonce, stride: as for rx_start. A message has zeroes up to the end of
// the block that holds the byte length + 32.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void rx_finish(
    __global const ulong *message, const uint length, const uint nonce_word, const uint nonce_shift,
    const uint first_nonce, const uint stride, const uint count, __global const ulong *records, NJ_RESULT_ARGUMENTS) {
    NJ_SUM_MEMORY;
    const uint slot = (uint)get_global_id(0);
    const bool has_hash = slot < count;
    message += (size_t)slot * stride;
    ulong digest[4];
    ulong compared = 0;
    if (has_hash) {
        nj_rx_digest(records + (size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_REGISTERS, digest);
        compared = NJ_RX_COMMITMENT
            ? nj_rx_commitment_word(message, length, nonce_word, nonce_shift, first_nonce + slot, digest)
            : digest[3];
    }
    nj_hand_up(NJ_RESULTS, group_sum, slot, has_hash, compared, digest);
}

#endif
