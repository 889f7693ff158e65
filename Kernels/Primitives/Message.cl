// The input of a hash, with each work-item's nonce in its place.
//
// Kernels that take a `stride` hash either one message with many nonces, and the stride is 0; or a message for each slot,
// without a nonce: all of one length, `stride` words apart, and a work-item adds its slot times the stride to `message`.
#ifndef NIGHTJAR_PRIMITIVES_MESSAGE_CL
#define NIGHTJAR_PRIMITIVES_MESSAGE_CL

#include "Primitives/Inline.cl"

// The word `at` of the message, with the nonce in its place, where the message has zeroes. The nonce begins at bit
// nonce_shift, a multiple of 8, of the word nonce_word.
NJ_INLINE ulong nj_message_word(
    __global const ulong *message, const uint at, const uint nonce_word, const uint nonce_shift, const uint nonce) {
    ulong word = message[at];
    if (at == nonce_word) word ^= (ulong)nonce << nonce_shift;
    // The nonce may straddle two words.
    if (nonce_shift > 32 && at == nonce_word + 1) word ^= (ulong)nonce >> (64 - nonce_shift);
    return word;
}

#endif
