// CryptoNight, first step: Keccak of the input with its nonce, CNS008, 3.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH. The work-item i hashes the nonce
// first_nonce + i and writes the record i of `states`.
#ifndef NIGHTJAR_CRYPTONIGHT_ABSORB_CL
#define NIGHTJAR_CRYPTONIGHT_ABSORB_CL

#include "CryptoNight/Parameters.cl"
#include "Primitives/Keccak.cl"
#include "Primitives/Message.cl"

// Keccak's rate, in words.
#define NJ_RATE 17

// message: `blocks` padded blocks of 17 little-endian words, with zeroes in the nonce's place.
// stride: see Message.cl.
// nonce_word, nonce_shift: the nonce begins at bit nonce_shift, a multiple of 8, of this word. A message without a
// nonce has a word beyond its end, and a shift of zero.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void cn_absorb(
    __global const ulong *message, const uint blocks, const uint nonce_word, const uint nonce_shift,
    const uint first_nonce, const uint stride, const uint count, __global ulong *states) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    const uint nonce = first_nonce + slot;
    message += (size_t)slot * stride;
    ulong state[25];
    for (uint i = 0; i < 25; ++i) state[i] = 0;
    for (uint block = 0; block < blocks; ++block) {
        for (uint i = 0; i < NJ_RATE; ++i)
            state[i] ^= nj_message_word(message, block * NJ_RATE + i, nonce_word, nonce_shift, nonce);
        nj_keccak_f1600(state);
    }
    __global ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    for (uint i = 0; i < 25; ++i) record[i] = state[i];
#if NJ_CN_BASE == 1
    // Bytes 35 to 42 of the input: the host refuses shorter ones.
    const ulong word4 = nj_message_word(message, 4, nonce_word, nonce_shift, nonce);
    const ulong word5 = nj_message_word(message, 5, nonce_word, nonce_shift, nonce);
    record[NJ_STATE_TWEAK] = state[24] ^ (word4 >> 24 | word5 << 40);
#endif
}

#endif
