// cn/gpu: an explode phase made of Keccak, and a main loop of single-precision arithmetic, round to nearest. Part of
// cryptonight_template.h. Arithmetic limits the speed of both.
#include "nj_keccak.h"

// A multiplication and an addition must not be fused: the results would differ.
#pragma STDC FP_CONTRACT OFF

typedef float gpu_floats __attribute__((vector_size(16)));
typedef int32_t gpu_ints __attribute__((vector_size(16)));

// Each 512 bytes are the starts of three successive states, which begin with the input's state and a number.
NJ_TARGET static void explode_gpu(const nj_cryptonight *cn, uint8_t *pad, const uint64_t input[25]) {
    static const size_t taken[3] = {160, 176, 176};
    for (uint64_t chunk = 0; chunk < cn->memory / 512; chunk++) {
        uint64_t state[25];
        memcpy(state, input, sizeof state);
        state[0] ^= chunk;
        for (int i = 0; i < 3; i++) {
            nj_keccak_f1600(state);
            memcpy(pad, state, taken[i]);
            pad += taken[i];
        }
    }
}

INLINE gpu_floats gpu_bits(gpu_floats x, int32_t keep, int32_t set) { return (gpu_floats)(((gpu_ints)x & keep) | set); }

// Keeps a factor away from zero and infinity.
INLINE gpu_floats gpu_break(gpu_floats x) { return gpu_bits(x, (int32_t)0xFEFFFFFF, 0x00800000); }

// The float whose sign and fraction are x's and whose exponent is 2's.
INLINE gpu_floats gpu_two(gpu_floats x) { return gpu_bits(x, (int32_t)0x807FFFFF, 0x40000000); }

INLINE void gpu_step(
    gpu_floats p, gpu_floats q, gpu_floats s, gpu_floats t, gpu_floats rc, gpu_floats *n, gpu_floats *d,
    gpu_floats *c) {
    gpu_floats pc = p * *c, sc = s * *c;
    gpu_floats up = gpu_break((q + *c) * (pc * pc)), down = gpu_break((t - *c) * (sc * sc));
    *n += up;
    *d += down;
    *c += rc;
    *c += 0.734375f;
    *c += gpu_two(up + down);
}

// One of a turn's sixteen computations.
INLINE gpu_floats
gpu_compute(gpu_floats n0, gpu_floats n1, gpu_floats n2, gpu_floats n3, gpu_floats rc, float constant) {
    gpu_floats c = (gpu_floats){constant, constant, constant, constant}, r = (gpu_floats){0};
    for (int round = 0; round < 4; round++) {
        gpu_floats n = (gpu_floats){0}, d = (gpu_floats){0};
        gpu_step(n0, n1, n2, n3, rc, &n, &d, &c);
        gpu_step(n1, n2, n3, n0, rc, &n, &d, &c);
        gpu_step(n2, n3, n0, n1, rc, &n, &d, &c);
        gpu_step(n3, n0, n1, n2, rc, &n, &d, &c);
        gpu_step(n3, n2, n1, n0, rc, &n, &d, &c);
        gpu_step(n2, n1, n0, n3, rc, &n, &d, &c);
        gpu_step(n1, n0, n3, n2, rc, &n, &d, &c);
        gpu_step(n0, n3, n2, n1, rc, &n, &d, &c);
        // The divisor is at least 2 in magnitude.
        r += n / gpu_bits(d, (int32_t)0xFF7FFFFF, 0x40000000);
    }
    return gpu_two(r);
}

// `x` as integers, rotated right by `bytes` of its 16 bytes.
INLINE gpu_ints gpu_turned(gpu_floats x, unsigned bytes) {
    gpu_ints whole = __builtin_convertvector(x * 536870880.0f, gpu_ints);
    unsigned __int128 word;
    memcpy(&word, &whole, sizeof word);
    if (bytes > 0) word = word >> (8 * bytes) | word << (128 - 8 * bytes);
    memcpy(&whole, &word, sizeof word);
    return whole;
}

// The operands, in order, and the constants of the computations on each block of a line.
static const struct {
    uint8_t operands[4];
    float constant;
} gpu_computations[4][4] = {
    {{{0, 1, 2, 3}, 1.34375f}, {{0, 2, 3, 1}, 1.28125f}, {{0, 3, 1, 2}, 1.359375f}, {{0, 3, 2, 1}, 1.3671875f}},
    {{{1, 0, 2, 3}, 1.4296875f}, {{1, 2, 3, 0}, 1.3984375f}, {{1, 3, 0, 2}, 1.3828125f}, {{1, 3, 2, 0}, 1.3046875f}},
    {{{2, 1, 0, 3}, 1.4140625f}, {{2, 0, 3, 1}, 1.2734375f}, {{2, 3, 1, 0}, 1.2578125f}, {{2, 3, 0, 1}, 1.2890625f}},
    {{{3, 1, 2, 0}, 1.3203125f}, {{3, 2, 0, 1}, 1.3515625f}, {{3, 0, 1, 2}, 1.3359375f}, {{3, 0, 2, 1}, 1.4609375f}},
};

NJ_TARGET static void loop_gpu(const nj_cryptonight *cn, uint8_t *pad, const nj_cryptonight_record *record) {
    uint32_t x = (uint32_t)record->words[0] >> 8;
    gpu_floats rc = (gpu_floats){0};
    for (uint64_t turn = 0; turn < cn->iterations; turn++) {
        uint8_t *line = pad + (x & cn->mask);
        gpu_ints v[4], all = (gpu_ints){0};
        gpu_floats n[4], sums[4];
        memcpy(v, line, sizeof v);
        for (int i = 0; i < 4; i++) n[i] = __builtin_convertvector(v[i], gpu_floats);
        for (int i = 0; i < 4; i++) {
            gpu_floats r[4];
            gpu_ints out = (gpu_ints){0};
            for (unsigned k = 0; k < 4; k++) {
                const uint8_t *order = gpu_computations[i][k].operands;
                r[k] = gpu_compute(
                    n[order[0]], n[order[1]], n[order[2]], n[order[3]], rc, gpu_computations[i][k].constant);
                out ^= gpu_turned(r[k], k);
            }
            sums[i] = (r[0] + r[1]) + (r[2] + r[3]);
            v[i] ^= out;
            all ^= out;
        }
        memcpy(line, v, sizeof v);
        gpu_floats sum = gpu_bits((sums[0] + sums[1]) + (sums[2] + sums[3]), 0x7FFFFFFF, 0);
        all ^= __builtin_convertvector(sum * 16777216.0f, gpu_ints);
        x = (uint32_t)(all[0] ^ all[1] ^ all[2] ^ all[3]);
        rc = sum / 64.0f;
    }
}
