// The main loop of cn/gpu: single-precision arithmetic on a line of 64 bytes a turn.
//
// Launch: sixteen work-items a hash, at least 16 × `count` of them in groups of 16 × NJ_GROUP_LOOP. The work-item
// 16 i + 4 j + k makes the k-th computation on the block j of the hash i, and then holds the word k of that block. A
// launch makes `turns` turns from `first` on, and stores what the next launch continues with. Reads and writes `states`
// and scratchpads. Arithmetic takes most of the time: a turn has about 4000 operations on four floats.
#include "CryptoNight/Float.cl"
#include "CryptoNight/Scratchpad.cl"

#if NJ_CN_BASE != 5
#error "this main loop is of base 5"
#endif

#define NJ_GPU_ITEMS 16
#define NJ_GPU_GROUP (NJ_GPU_ITEMS * NJ_GROUP_LOOP)

// The operands of the computations, four blocks of the line in order, and their constants.
__constant uchar nj_gpu_operands[16][4] = {
    {0, 1, 2, 3}, {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 3, 2, 1}, {1, 0, 2, 3}, {1, 2, 3, 0}, {1, 3, 0, 2}, {1, 3, 2, 0},
    {2, 1, 0, 3}, {2, 0, 3, 1}, {2, 3, 1, 0}, {2, 3, 0, 1}, {3, 1, 2, 0}, {3, 2, 0, 1}, {3, 0, 1, 2}, {3, 0, 2, 1}};
__constant float nj_gpu_constants[16] = {1.34375f,   1.28125f,   1.359375f,  1.3671875f, 1.4296875f, 1.3984375f,
                                         1.3828125f, 1.3046875f, 1.4140625f, 1.2734375f, 1.2578125f, 1.2890625f,
                                         1.3203125f, 1.3515625f, 1.3359375f, 1.4609375f};

// Keeps a factor away from zero and infinity.
NJ_INLINE float4 nj_gpu_break(const float4 x) { return nj_cn_float_bits(x, 0xFEFFFFFFu, 0x00800000u); }

NJ_INLINE void nj_gpu_step(
    const float4 p, const float4 q, const float4 s, const float4 t, const float4 rc, float4 *n, float4 *d, float4 *c) {
    const float4 pc = p * *c, sc = s * *c;
    const float4 up = nj_gpu_break((q + *c) * (pc * pc)), down = nj_gpu_break((t - *c) * (sc * sc));
    *n += up;
    *d += down;
    *c += rc;
    *c += 0.734375f;
    *c += nj_cn_exponent_of_two(up + down);
}

// One of the sixteen computations of a turn.
NJ_INLINE float4 nj_gpu_compute(
    const float4 n0, const float4 n1, const float4 n2, const float4 n3, const float4 rc, const float constant_c) {
    float4 c = (float4)(constant_c), r = (float4)(0.0f);
    for (uint round = 0; round < 4; ++round) {
        float4 n = (float4)(0.0f), d = (float4)(0.0f);
        nj_gpu_step(n0, n1, n2, n3, rc, &n, &d, &c);
        nj_gpu_step(n1, n2, n3, n0, rc, &n, &d, &c);
        nj_gpu_step(n2, n3, n0, n1, rc, &n, &d, &c);
        nj_gpu_step(n3, n0, n1, n2, rc, &n, &d, &c);
        nj_gpu_step(n3, n2, n1, n0, rc, &n, &d, &c);
        nj_gpu_step(n2, n1, n0, n3, rc, &n, &d, &c);
        nj_gpu_step(n1, n0, n3, n2, rc, &n, &d, &c);
        nj_gpu_step(n0, n3, n2, n1, rc, &n, &d, &c);
        // The divisor is at least 2 in magnitude.
        r += nj_cn_divide_nearest(n, nj_cn_float_bits(d, 0xFF7FFFFFu, 0x40000000u));
    }
    return nj_cn_exponent_of_two(r);
}

// The four words turned right, as one of 128 bits, by `bytes`: 0 to 3.
NJ_INLINE uint4 nj_gpu_turned(const uint4 x, const uint bytes) {
    const uint4 next = x.yzwx;
    return bytes == 0 ? x : x >> (8 * bytes) | next << (32 - 8 * bytes);
}

__kernel NJ_GROUP_OF(NJ_GPU_GROUP) void cn_main_loop(
    __global ulong *states, NJ_PAD_ARGUMENTS, const uint count, const uint first, const uint turns) {
    // The results of the sixteen computations, and then of the four blocks.
    __local float4 results[NJ_GPU_GROUP];
    __local uint4 outs[NJ_GPU_GROUP];
    __local float4 block_sums[4 * NJ_GROUP_LOOP];
    __local uint4 block_outs[4 * NJ_GROUP_LOOP];
    // There are barriers below: only whole groups may return here. If a group has places for more hashes than there
    // are, the work-items of those places compute the last hash too, and write nothing to its scratchpad.
    if ((uint)get_group_id(0) * NJ_GROUP_LOOP >= count) return;
    const uint wanted = (uint)get_global_id(0) / NJ_GPU_ITEMS;
    const bool idle = wanted >= count;
    const uint slot = min(wanted, count - 1);
    const uint item = (uint)get_local_id(0) % NJ_GPU_ITEMS, j = item / 4, k = item % 4;
    const uint hash = (uint)get_local_id(0) / NJ_GPU_ITEMS;
    __global ulong2 *pad = NJ_PAD_OF(slot);
    __local float4 *result = results + NJ_GPU_ITEMS * hash;
    __local uint4 *out = outs + NJ_GPU_ITEMS * hash;
    __local float4 *sums = block_sums + 4 * hash;
    __local uint4 *all = block_outs + 4 * hash;
    const uint o0 = nj_gpu_operands[item][0], o1 = nj_gpu_operands[item][1], o2 = nj_gpu_operands[item][2],
               o3 = nj_gpu_operands[item][3];
    const float constant_c = nj_gpu_constants[item];

    __global ulong *s = states + (size_t)slot * NJ_STATE_WORDS;
    uint x = (uint)s[0] >> 8;
    float4 rc = (float4)(0.0f);
    if (first != 0) {
        x = (uint)s[NJ_STATE_LOOP];
        rc = as_float4(vload2(0, s + NJ_STATE_LOOP + 2));
    }
    for (uint turn = 0; turn < turns; ++turn) {
        __global ulong2 *line = pad + NJ_PAD_BLOCK((x & NJ_CN_MASK) >> 4);
        __global uint *word = (__global uint *)(line + j) + k;
        const uint old = *word;
        const float4 r = nj_gpu_compute(
            convert_float4_rte(as_int4(line[o0])), convert_float4_rte(as_int4(line[o1])),
            convert_float4_rte(as_int4(line[o2])), convert_float4_rte(as_int4(line[o3])), rc, constant_c);
        result[item] = r;
        out[item] = nj_gpu_turned(as_uint4(nj_cn_float_integer(r)), k);
        // Every work-item has read the line and stored its result.
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        __local const float *result_words = (__local const float *)(result + 4 * j) + k;
        __local const uint *out_words = (__local const uint *)(out + 4 * j) + k;
        const uint change = out_words[0] ^ out_words[4] ^ out_words[8] ^ out_words[12];
        ((__local float *)(sums + j))[k] = (result_words[0] + result_words[4]) + (result_words[8] + result_words[12]);
        ((__local uint *)(all + j))[k] = change;
        if (!idle) *word = old ^ change;
        // Now the line is whole again.
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        const float4 sum = fabs((sums[0] + sums[1]) + (sums[2] + sums[3]));
        const uint4 w = all[0] ^ all[1] ^ all[2] ^ all[3] ^ as_uint4(convert_int4_rtz(sum * 16777216.0f));
        x = w.x ^ w.y ^ w.z ^ w.w;
        rc = sum * 0.015625f;
    }
    // All work-items of a hash have the same value here, and all have read the old one before a barrier of the loop.
    if (item == 0 && !idle && turns > 0) {
        s[NJ_STATE_LOOP] = x;
        vstore2(as_ulong2(rc), 0, s + NJ_STATE_LOOP + 2);
    }
}
