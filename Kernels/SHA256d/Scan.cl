// SHA-256 of SHA-256 of block headers: 80 bytes, of which the last four are the nonce.
//
// Of both hashes only that is computed which depends on the nonce and which the comparison needs. A nonce whose last
// digest word may meet the target is hashed again in full (Message.cl), and handed up with its digest.
//
// Launch: work-items in groups of NJ_GROUP_HASH, for the `count` slots from first_slot on; count is at most 2^31. With
// n work-items, each takes every n-th run of NJ_SHA256D_WIDTH slots. one: the number 1, which the compiler must not know.
#include "Primitives/Results.cl"
#include "SHA256d/Message.cl"
#include "SHA256d/Parameters.cl"

#if NJ_SHA256D_WIDTH == 1
#define NJ_WORDS uint
#define NJ_IN_ORDER 0u
#define NJ_ANY(flags) (flags)
#define NJ_FOLD(words) (words)
#elif NJ_SHA256D_WIDTH == 2
#define NJ_WORDS uint2
#define NJ_IN_ORDER (uint2)(0, 1)
#define NJ_ANY(flags) any(flags)
#define NJ_FOLD(words) ((words).x ^ (words).y)
#elif NJ_SHA256D_WIDTH == 4
#define NJ_WORDS uint4
#define NJ_IN_ORDER (uint4)(0, 1, 2, 3)
#define NJ_ANY(flags) any(flags)
#define NJ_FOLD(words) ((words).x ^ (words).y ^ (words).z ^ (words).w)
#elif NJ_SHA256D_WIDTH == 8
#define NJ_WORDS uint8
#define NJ_IN_ORDER (uint8)(0, 1, 2, 3, 4, 5, 6, 7)
#define NJ_ANY(flags) any(flags)
#define NJ_FOLD(words) \
    ((words).s0 ^ (words).s1 ^ (words).s2 ^ (words).s3 ^ (words).s4 ^ (words).s5 ^ (words).s6 ^ (words).s7)
#elif NJ_SHA256D_WIDTH == 16
#define NJ_WORDS uint16
#define NJ_IN_ORDER (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define NJ_ANY(flags) any(flags)
#define NJ_FOLD(words)                                                                                     \
    ((words).s0 ^ (words).s1 ^ (words).s2 ^ (words).s3 ^ (words).s4 ^ (words).s5 ^ (words).s6 ^ (words).s7 \
     ^ (words).s8 ^ (words).s9 ^ (words).sA ^ (words).sB ^ (words).sC ^ (words).sD ^ (words).sE ^ (words).sF)
#else
#error "NJ_SHA256D_WIDTH is not 1, 2, 4, 8 or 16"
#endif

// nj_swap32 of each component.
#define NJ_SWAP(words) (rotate((words)&0x00FF00FFu, (NJ_WORDS)(24)) | rotate((words)&0xFF00FF00u, (NJ_WORDS)(8)))

#if NJ_SHA256D_UNROLL
#define NJ_UNROLL _Pragma("unroll")
#else
#define NJ_UNROLL _Pragma("unroll 1")
#endif

#if NJ_SHA256D_MULTIPLY
#undef NJ_SHA256_ADD
#define NJ_SHA256_ADD(x, y) ((x)*one + (y))
#endif

// What depends on the job alone; the host computes it.
//
// mid0 to mid7: the state after the header's first block.
// start_a to start_g: the state after rounds 0 to 3 of the second block. In start_a and start_e the nonce is missing,
// which is round 3's word.
// sum4, sum5, sum6: in these rounds, the sum of h, the constant and the word.
// word16 to word19, word31: words of the second block's schedule. The last three lack what depends on the nonce.
#define NJ_JOB_ARGUMENTS                                                                                              \
    const uint mid0, const uint mid1, const uint mid2, const uint mid3, const uint mid4, const uint mid5,             \
        const uint mid6, const uint mid7, const uint start_a, const uint start_b, const uint start_c,                 \
        const uint start_d, const uint start_e, const uint start_f, const uint start_g, const uint sum4,              \
        const uint sum5, const uint sum6, const uint word16, const uint word17, const uint word18, const uint word19, \
        const uint word31

__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void sha256d_scan(
    NJ_MESSAGE_ARGUMENTS, NJ_JOB_ARGUMENTS, const uint one, const uint first_slot, const uint count,
    NJ_RESULT_ARGUMENTS) {
    NJ_SUM_MEMORY;
    // A digest's last word, in the order of the comparison, must be at most this.
    const uint limit = (uint)(top >> 32);
#if !NJ_SHA256D_MULTIPLY
    (void)one;
#endif
    const uint stride = (uint)get_global_size(0) * NJ_SHA256D_WIDTH;
    NJ_WORDS xor6 = 0, xor7 = 0;
    for (uint first = (uint)get_global_id(0) * NJ_SHA256D_WIDTH; first < count; first += stride) {
        const NJ_WORDS at = first + NJ_IN_ORDER;
        const NJ_WORDS nonce = NJ_SWAP(at + (first_nonce + first_slot));

        // The second block. Word 4 is the bit behind the message, words 5 to 14 are zero, and word 15 is the length.
        // Round 4 finds a in the variable e: so round 8 finds it in a.
        NJ_WORDS e = nonce + start_a, f = start_b, g = start_c, h = start_d;
        NJ_WORDS a = nonce + start_e, b = start_f, c = start_g, d = sum4;
        NJ_SHA256_ROUND(NJ_WORDS, e, f, g, h, a, b, c, d, 0);
        c = sum5;
        NJ_SHA256_ROUND(NJ_WORDS, d, e, f, g, h, a, b, c, 0);
        b = sum6;
        NJ_SHA256_ROUND(NJ_WORDS, c, d, e, f, g, h, a, b, 0);
        NJ_SHA256_ROUND(NJ_WORDS, b, c, d, e, f, g, h, a, nj_sha256_constants[7]);
        NJ_SHA256_ROUNDS8(NJ_WORDS, 8, 0, 0, 0, 0, 0, 0, 0, 640);
        // Words 16 to 31, without what is zero.
        NJ_WORDS w0 = word16, w1 = word17, w2 = NJ_SHA256_SMALL0(NJ_WORDS, nonce) + word18, w3 = nonce + word19;
        NJ_WORDS w4 = NJ_SHA256_SMALL1(NJ_WORDS, w2) + 0x80000000u, w5 = NJ_SHA256_SMALL1(NJ_WORDS, w3);
        NJ_WORDS w6 = NJ_SHA256_SMALL1(NJ_WORDS, w4) + 640, w7 = NJ_SHA256_SMALL1(NJ_WORDS, w5) + word16;
        NJ_WORDS w8 = NJ_SHA256_SMALL1(NJ_WORDS, w6) + word17, w9 = NJ_SHA256_SMALL1(NJ_WORDS, w7) + w2;
        NJ_WORDS w10 = NJ_SHA256_SMALL1(NJ_WORDS, w8) + w3, w11 = NJ_SHA256_SMALL1(NJ_WORDS, w9) + w4;
        NJ_WORDS w12 = NJ_SHA256_SMALL1(NJ_WORDS, w10) + w5, w13 = NJ_SHA256_SMALL1(NJ_WORDS, w11) + w6;
        NJ_WORDS w14 = NJ_SHA256_SMALL1(NJ_WORDS, w12) + w7 + NJ_SHA256_SMALL0(uint, 640u);
        NJ_WORDS w15 = NJ_SHA256_SMALL1(NJ_WORDS, w13) + w8 + word31;
        NJ_UNROLL
        for (uint round = 16; round < 48; round += 16) {
            NJ_SHA256_ROUNDS16(NJ_WORDS, round);
            NJ_SHA256_EXPAND16(NJ_WORDS);
        }
        NJ_SHA256_ROUNDS16(NJ_WORDS, 48);

        // The second hash, of the first one's 32 bytes.
        w0 = a + mid0, w1 = b + mid1, w2 = c + mid2, w3 = d + mid3;
        w4 = e + mid4, w5 = f + mid5, w6 = g + mid6, w7 = h + mid7;
        w8 = 0x80000000u, w9 = w10 = w11 = w12 = w13 = w14 = 0, w15 = 256;
        a = nj_sha256_iv[0], b = nj_sha256_iv[1], c = nj_sha256_iv[2], d = nj_sha256_iv[3];
        e = nj_sha256_iv[4], f = nj_sha256_iv[5], g = nj_sha256_iv[6], h = nj_sha256_iv[7];
        NJ_UNROLL
        for (uint round = 0; round < 48; round += 16) {
            NJ_SHA256_ROUNDS16(NJ_WORDS, round);
            NJ_SHA256_EXPAND16(NJ_WORDS);
        }
        NJ_SHA256_ROUNDS8(NJ_WORDS, 48, w0, w1, w2, w3, w4, w5, w6, w7);
        NJ_SHA256_ROUND(NJ_WORDS, a, b, c, d, e, f, g, h, w8 + nj_sha256_constants[56]);
        NJ_SHA256_ROUND(NJ_WORDS, h, a, b, c, d, e, f, g, w9 + nj_sha256_constants[57]);
        NJ_SHA256_ROUND(NJ_WORDS, g, h, a, b, c, d, e, f, w10 + nj_sha256_constants[58]);
        NJ_SHA256_ROUND(NJ_WORDS, f, g, h, a, b, c, d, e, w11 + nj_sha256_constants[59]);
        NJ_SHA256_ROUND(NJ_WORDS, e, f, g, h, a, b, c, d, w12 + nj_sha256_constants[60]);
        // The digest's last word is complete three rounds before the end: it is the e of round 60.
        const NJ_WORDS word7 = h + nj_sha256_iv[7];
        if (sums) {
            NJ_SHA256_ROUND(NJ_WORDS, d, e, f, g, h, a, b, c, w13 + nj_sha256_constants[61]);
            xor6 ^= select((NJ_WORDS)(0), g + nj_sha256_iv[6], at < count);
            xor7 ^= select((NJ_WORDS)(0), word7, at < count);
        }
        if (NJ_ANY((NJ_SWAP(word7) <= limit) | (at + (first_slot - audit_first) < audit_count))) {
            for (uint i = first; i < min(first + NJ_SHA256D_WIDTH, count); ++i) {
                const uint slot = first_slot + i;
                ulong digest[4];
                nj_sha256d_message(message, blocks, nonce_word, nonce_shift, first_nonce + slot, digest);
                nj_hand_up_hit(top, audit_first, audit_count, tally, hits, room, slot, digest[3], digest);
            }
        }
    }
    nj_hand_up_sum(sums, tally, group_sum, (ulong)nj_swap32(NJ_FOLD(xor7)) << 32 | nj_swap32(NJ_FOLD(xor6)));
}
