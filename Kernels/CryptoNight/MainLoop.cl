// CryptoNight, third step: the main loop, CNS008, 4, and its later versions.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_LOOP. A launch makes `turns` turns from
// `first` on, and stores what the next launch continues with. Reads and writes `states` and scratchpads. A turn has two
// dependent accesses: their latency takes most of the time, so many hashes should be in flight.
#include "CryptoNight/Float.cl"
#include "CryptoNight/IntegerMath.cl"
#include "CryptoNight/Scratchpad.cl"
#include "Primitives/AES.cl"

// CryptoNight-R: statements on the 32-bit variables r0 to r8, generated for a height.
#if NJ_CN_BASE == 4 && !defined(NJ_CN_RANDOM_MATH)
#error "NJ_CN_RANDOM_MATH is not defined"
#endif

#if NJ_CN_BASE == 5
#error "base 5 has a main loop of its own"
#endif

// The neighbours that go to the places at a distance of 1 and of 2 blocks. The third is the same in both orders.
#if NJ_CN_REVERSED_SHUFFLE
#define NJ_CN_TO_FIRST(x1, x3) (x1)
#define NJ_CN_TO_SECOND(x1, x3) (x3)
#else
#define NJ_CN_TO_FIRST(x1, x3) (x3)
#define NJ_CN_TO_SECOND(x1, x3) (x1)
#endif

#if NJ_CN_RECIPROCALS
#define NJ_CN_DIVIDE(dividend, divisor) nj_cn_divide_by_reciprocal(dividend, divisor, 1.0f / (float)(divisor))
#define NJ_CN_DIVIDE_SIGNED(dividend, divisor) \
    nj_cn_divide_signed_by_reciprocal(dividend, divisor, 1.0f / (float)nj_cn_size(divisor))
#else
#define NJ_CN_DIVIDE(dividend, divisor) nj_cn_divide(dividend, divisor)
#define NJ_CN_DIVIDE_SIGNED(dividend, divisor) nj_cn_divide_signed(dividend, divisor)
#endif

// The part of a hash's record that keeps the loop's state between two launches.
#define NJ_LOOP_A (NJ_STATE_LOOP + 0)
#define NJ_LOOP_B (NJ_STATE_LOOP + 2)
#define NJ_LOOP_PREVIOUS (NJ_STATE_LOOP + 4)
// Division and root, r0 to r3, or the accumulator.
#define NJ_LOOP_MATH (NJ_STATE_LOOP + 6)
#define NJ_LOOP_AT (NJ_STATE_LOOP + 8)

__kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void cn_main_loop(
    __global ulong *states, NJ_PAD_ARGUMENTS, const uint count, const uint first, const uint turns) {
    __local uint table[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __global ulong *s = states + (size_t)slot * NJ_STATE_WORDS;
    __global ulong2 *pad = NJ_PAD_OF(slot);

    ulong2 a = (ulong2)(s[0] ^ s[4], s[1] ^ s[5]);
    ulong2 b = (ulong2)(s[2] ^ s[6], s[3] ^ s[7]);
    // In blocks.
    uint at = ((uint)a.x & NJ_CN_MASK) >> 4;
#if NJ_CN_BASE == 1
    const ulong tweak = s[NJ_STATE_TWEAK];
#endif
#if NJ_CN_BASE >= 2
    // The b of the turn before.
    ulong2 previous = (ulong2)(s[8] ^ s[10], s[9] ^ s[11]);
#endif
#if NJ_CN_BASE == 2
    ulong division = s[12];
    ulong root = s[13];
#endif
#if NJ_CN_BASE == 4
    uint r0 = (uint)s[12], r1 = (uint)(s[12] >> 32), r2 = (uint)s[13], r3 = (uint)(s[13] >> 32);
#endif

#if NJ_CN_FLOAT_FEEDBACK
    float4 accumulator = (float4)(0.0f);
#endif

    if (first != 0) {
        a = vload2(0, s + NJ_LOOP_A);
        b = vload2(0, s + NJ_LOOP_B);
#if NJ_CN_BASE >= 2
        previous = vload2(0, s + NJ_LOOP_PREVIOUS);
#endif
#if NJ_CN_BASE == 2
        division = s[NJ_LOOP_MATH];
        root = s[NJ_LOOP_MATH + 1];
#endif
#if NJ_CN_BASE == 4
        r0 = (uint)s[NJ_LOOP_MATH], r1 = (uint)(s[NJ_LOOP_MATH] >> 32);
        r2 = (uint)s[NJ_LOOP_MATH + 1], r3 = (uint)(s[NJ_LOOP_MATH + 1] >> 32);
#endif
#if NJ_CN_FLOAT_FEEDBACK
        accumulator = as_float4(vload2(0, s + NJ_LOOP_MATH));
#endif
        at = (uint)s[NJ_LOOP_AT];
    }

#pragma unroll NJ_CN_UNROLL
    for (uint turn = 0; turn < turns; ++turn) {
        // First half: an AES round.
        uint4 x = as_uint4(pad[NJ_PAD_BLOCK(at)]);
#if NJ_CN_FLOAT_FEEDBACK
        x = nj_cn_float_feedback(x, &accumulator);
#endif
#if NJ_CN_CHAINED_ROUND
        ulong2 c = as_ulong2(nj_aes_chained_round(table, ~x, as_uint4(a)));
#else
        ulong2 c = as_ulong2(nj_aes_round(table, x, as_uint4(a)));
#endif
#if NJ_CN_BASE >= 2
        {
            const ulong2 x1 = pad[NJ_PAD_BLOCK(at ^ 1)], x2 = pad[NJ_PAD_BLOCK(at ^ 2)], x3 = pad[NJ_PAD_BLOCK(at ^ 3)];
            pad[NJ_PAD_BLOCK(at ^ 1)] = NJ_CN_TO_FIRST(x1, x3) + previous;
            pad[NJ_PAD_BLOCK(at ^ 2)] = NJ_CN_TO_SECOND(x1, x3) + b;
            pad[NJ_PAD_BLOCK(at ^ 3)] = x2 + a;
#if NJ_CN_BASE == 4
            c ^= x1 ^ x2 ^ x3;
#endif
        }
#endif
        ulong2 stored = b ^ c;
#if NJ_CN_BASE == 1
        {
            // Byte 11 decides how its own bits 4 and 5 flip.
            const uint byte = (uint)(stored.y >> 24) & 255;
            const uint index = ((byte >> 3 & 6) | (byte & 1)) << 1;
            stored.y ^= (ulong)(0x75310u >> index & 0x30) << 24;
        }
#endif
        pad[NJ_PAD_BLOCK(at)] = stored;

        // Second half: a 64 × 64-bit product.
        at = ((uint)c.x & NJ_CN_MASK) >> 4;
        ulong2 d = pad[NJ_PAD_BLOCK(at)];
        ulong2 sum = a;
#if NJ_CN_BASE == 2
        d.x ^= division ^ (root << 32);
        const uint divisor = ((uint)c.x + ((uint)root << 1)) | 0x80000001u;
        division = NJ_CN_DIVIDE(c.y, divisor);
        root = nj_cn_root(c.x + division);
#endif
#if NJ_CN_BASE == 4
        d.x ^= (ulong)(r0 + r1) | (ulong)(r2 + r3) << 32;
        {
            const uint r4 = (uint)a.x, r5 = (uint)a.y, r6 = (uint)b.x, r7 = (uint)previous.x, r8 = (uint)previous.y;
            NJ_CN_RANDOM_MATH
        }
        sum ^= (ulong2)((ulong)r2 | (ulong)r3 << 32, (ulong)r0 | (ulong)r1 << 32);
#endif
        ulong2 product = (ulong2)(mul_hi(c.x, d.x), c.x * d.x);
#if NJ_CN_BASE >= 2
        {
            ulong2 x1 = pad[NJ_PAD_BLOCK(at ^ 1)];
            const ulong2 x2 = pad[NJ_PAD_BLOCK(at ^ 2)], x3 = pad[NJ_PAD_BLOCK(at ^ 3)];
#if NJ_CN_BASE == 2
            x1 ^= product;
            product ^= x2;
#endif
            pad[NJ_PAD_BLOCK(at ^ 1)] = NJ_CN_TO_FIRST(x1, x3) + previous;
            pad[NJ_PAD_BLOCK(at ^ 2)] = NJ_CN_TO_SECOND(x1, x3) + b;
            pad[NJ_PAD_BLOCK(at ^ 3)] = x2 + a;
#if NJ_CN_BASE == 4
            c ^= x1 ^ x2 ^ x3;
#endif
        }
        previous = b;
#endif
        sum += product;
        a = sum ^ d;
#if NJ_CN_BASE == 1
        sum.y ^= tweak;
#endif
#if NJ_CN_LINKED_STORE
        sum.y ^= sum.x;
#endif
        pad[NJ_PAD_BLOCK(at)] = sum;
        b = c;
        at = ((uint)a.x & NJ_CN_MASK) >> 4;

#if NJ_CN_HEAVY
        // Third part: a division, of the block that the next turn would begin with. The quotient changes that place.
        {
            const ulong2 whole = pad[NJ_PAD_BLOCK(at)];
            uint divisor = (uint)whole.y;
            const ulong quotient = NJ_CN_DIVIDE_SIGNED((long)whole.x, (int)(divisor | 5));
            pad[NJ_PAD_BLOCK(at)].x = whole.x ^ quotient;
#if NJ_CN_COMPLEMENTED_DIVISOR
            divisor = ~divisor;
#endif
            at = ((divisor ^ (uint)quotient) & NJ_CN_MASK) >> 4;
        }
#endif
    }

    vstore2(a, 0, s + NJ_LOOP_A);
    vstore2(b, 0, s + NJ_LOOP_B);
#if NJ_CN_BASE >= 2
    vstore2(previous, 0, s + NJ_LOOP_PREVIOUS);
#endif
#if NJ_CN_BASE == 2
    s[NJ_LOOP_MATH] = division;
    s[NJ_LOOP_MATH + 1] = root;
#endif
#if NJ_CN_BASE == 4
    s[NJ_LOOP_MATH] = (ulong)r0 | (ulong)r1 << 32;
    s[NJ_LOOP_MATH + 1] = (ulong)r2 | (ulong)r3 << 32;
#endif
#if NJ_CN_FLOAT_FEEDBACK
    vstore2(as_ulong2(accumulator), 0, s + NJ_LOOP_MATH);
#endif
    s[NJ_LOOP_AT] = at;
}
