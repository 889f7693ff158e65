// SHA-256, FIPS 180-4.
//
// The macros take the type T of a word: uint, or a vector of uint whose components are hashed side by side. They work on
// the caller's variables a to h, the state, and w0 to w15, the last sixteen words of the message schedule.
#ifndef NIGHTJAR_PRIMITIVES_SHA256_CL
#define NIGHTJAR_PRIMITIVES_SHA256_CL

#include "Primitives/Bytes.cl"
#include "Primitives/Message.cl"
#include "Shared/SHA256.h"

// Section 4.1.2. `rotate` and `bitselect` stay as they are: compilers make one instruction of each.
#define NJ_SHA256_RIGHT(T, x, bits) rotate((T)(x), (T)(32 - (bits)))
#define NJ_SHA256_BIG0(T, x) (NJ_SHA256_RIGHT(T, x, 2) ^ NJ_SHA256_RIGHT(T, x, 13) ^ NJ_SHA256_RIGHT(T, x, 22))
#define NJ_SHA256_BIG1(T, x) (NJ_SHA256_RIGHT(T, x, 6) ^ NJ_SHA256_RIGHT(T, x, 11) ^ NJ_SHA256_RIGHT(T, x, 25))
#define NJ_SHA256_SMALL0(T, x) (NJ_SHA256_RIGHT(T, x, 7) ^ NJ_SHA256_RIGHT(T, x, 18) ^ ((x) >> 3))
#define NJ_SHA256_SMALL1(T, x) (NJ_SHA256_RIGHT(T, x, 17) ^ NJ_SHA256_RIGHT(T, x, 19) ^ ((x) >> 10))

// A sum of two words. A kernel may define it anew, for its own rounds.
#define NJ_SHA256_ADD(x, y) ((x) + (y))

// Section 6.2.2, step 3. kw: the round's constant and word. The new a stands in h, and the new e in d: the next round
// takes the names moved by one.
#define NJ_SHA256_ROUND(T, a, b, c, d, e, f, g, h, kw)                                                \
    h = NJ_SHA256_ADD(NJ_SHA256_ADD(NJ_SHA256_ADD(h, kw), bitselect(g, f, e)), NJ_SHA256_BIG1(T, e)); \
    d = NJ_SHA256_ADD(d, h);                                                                          \
    h = NJ_SHA256_ADD(NJ_SHA256_ADD(h, bitselect(a, b, (a) ^ (c))), NJ_SHA256_BIG0(T, a))

// Section 6.2.2, step 1: `word` becomes the one 16 places on. The others are 1, 9 and 14 places behind it.
#define NJ_SHA256_EXPAND(T, word, behind1, behind9, behind14) \
    word = NJ_SHA256_ADD(                                     \
        NJ_SHA256_ADD(NJ_SHA256_ADD(word, behind9), NJ_SHA256_SMALL0(T, behind1)), NJ_SHA256_SMALL1(T, behind14))

// Rounds `first` to `first` + 7; `first` is a multiple of 8.
#define NJ_SHA256_ROUNDS8(T, first, w0, w1, w2, w3, w4, w5, w6, w7)                      \
    NJ_SHA256_ROUND(T, a, b, c, d, e, f, g, h, (w0) + nj_sha256_constants[(first)]);     \
    NJ_SHA256_ROUND(T, h, a, b, c, d, e, f, g, (w1) + nj_sha256_constants[(first) + 1]); \
    NJ_SHA256_ROUND(T, g, h, a, b, c, d, e, f, (w2) + nj_sha256_constants[(first) + 2]); \
    NJ_SHA256_ROUND(T, f, g, h, a, b, c, d, e, (w3) + nj_sha256_constants[(first) + 3]); \
    NJ_SHA256_ROUND(T, e, f, g, h, a, b, c, d, (w4) + nj_sha256_constants[(first) + 4]); \
    NJ_SHA256_ROUND(T, d, e, f, g, h, a, b, c, (w5) + nj_sha256_constants[(first) + 5]); \
    NJ_SHA256_ROUND(T, c, d, e, f, g, h, a, b, (w6) + nj_sha256_constants[(first) + 6]); \
    NJ_SHA256_ROUND(T, b, c, d, e, f, g, h, a, (w7) + nj_sha256_constants[(first) + 7])

// Rounds `first` to `first` + 15 with w0 to w15; `first` is a multiple of 8.
#define NJ_SHA256_ROUNDS16(T, first)                             \
    NJ_SHA256_ROUNDS8(T, first, w0, w1, w2, w3, w4, w5, w6, w7); \
    NJ_SHA256_ROUNDS8(T, (first) + 8, w8, w9, w10, w11, w12, w13, w14, w15)

// w2 to w15 become the words 16 places on; w0 and w1 already are.
#define NJ_SHA256_EXPAND14(T)               \
    NJ_SHA256_EXPAND(T, w2, w3, w11, w0);   \
    NJ_SHA256_EXPAND(T, w3, w4, w12, w1);   \
    NJ_SHA256_EXPAND(T, w4, w5, w13, w2);   \
    NJ_SHA256_EXPAND(T, w5, w6, w14, w3);   \
    NJ_SHA256_EXPAND(T, w6, w7, w15, w4);   \
    NJ_SHA256_EXPAND(T, w7, w8, w0, w5);    \
    NJ_SHA256_EXPAND(T, w8, w9, w1, w6);    \
    NJ_SHA256_EXPAND(T, w9, w10, w2, w7);   \
    NJ_SHA256_EXPAND(T, w10, w11, w3, w8);  \
    NJ_SHA256_EXPAND(T, w11, w12, w4, w9);  \
    NJ_SHA256_EXPAND(T, w12, w13, w5, w10); \
    NJ_SHA256_EXPAND(T, w13, w14, w6, w11); \
    NJ_SHA256_EXPAND(T, w14, w15, w7, w12); \
    NJ_SHA256_EXPAND(T, w15, w0, w8, w13)

// All of w0 to w15 become the words 16 places on.
#define NJ_SHA256_EXPAND16(T)              \
    NJ_SHA256_EXPAND(T, w0, w1, w9, w14);  \
    NJ_SHA256_EXPAND(T, w1, w2, w10, w15); \
    NJ_SHA256_EXPAND14(T)

// Section 6.2: `chain` becomes its compression with `block`, 16 words.
void nj_sha256_compress(uint *chain, const uint *block) {
    uint a = chain[0], b = chain[1], c = chain[2], d = chain[3];
    uint e = chain[4], f = chain[5], g = chain[6], h = chain[7];
    uint w0 = block[0], w1 = block[1], w2 = block[2], w3 = block[3];
    uint w4 = block[4], w5 = block[5], w6 = block[6], w7 = block[7];
    uint w8 = block[8], w9 = block[9], w10 = block[10], w11 = block[11];
    uint w12 = block[12], w13 = block[13], w14 = block[14], w15 = block[15];
    NJ_SHA256_ROUNDS16(uint, 0);
    // Not unrolled: this is for the few hashes that need it, and must not grow the kernel.
#pragma unroll 1
    for (uint first = 16; first < 64; first += 16) {
        NJ_SHA256_EXPAND16(uint);
        NJ_SHA256_ROUNDS16(uint, first);
    }
    chain[0] += a;
    chain[1] += b;
    chain[2] += c;
    chain[3] += d;
    chain[4] += e;
    chain[5] += f;
    chain[6] += g;
    chain[7] += h;
}

void nj_sha256_start(uint *chain) {
    for (uint i = 0; i < 8; ++i) chain[i] = nj_sha256_iv[i];
}

// The words of a message's block, with the nonce in its place. `number` counts blocks of eight 64-bit words; for the rest
// see nj_message_word.
void nj_sha256_block(
    __global const ulong *message, const uint number, const uint nonce_word, const uint nonce_shift, const uint nonce,
    uint *block) {
    for (uint i = 0; i < 8; ++i) {
        const ulong word = nj_message_word(message, 8 * number + i, nonce_word, nonce_shift, nonce);
        block[2 * i] = nj_swap32((uint)word);
        block[2 * i + 1] = nj_swap32((uint)(word >> 32));
    }
}

#endif
