// Single-precision arithmetic of CryptoNight variants, rounded to nearest. Only inputs of all zeros make a subnormal
// number here, so that devices without subnormal numbers are right too.
#ifndef NIGHTJAR_CRYPTONIGHT_FLOAT_CL
#define NIGHTJAR_CRYPTONIGHT_FLOAT_CL

#include "Primitives/Inline.cl"

// If the compiler fused a multiplication and an addition, the result would change.
#pragma OPENCL FP_CONTRACT OFF

// (x & keep) | set, on the bits.
NJ_INLINE float4 nj_cn_float_bits(const float4 x, const uint keep, const uint set) {
    return as_float4((as_uint4(x) & keep) | set);
}

// Floats with the signs and fractions of x, and the exponent of 2.
NJ_INLINE float4 nj_cn_exponent_of_two(const float4 x) { return nj_cn_float_bits(x, 0x807FFFFFu, 0x40000000u); }

// A float in [2, 4) or (-4, -2] as an integer: (2^29 - 32) times the float, which fits an int.
NJ_INLINE int4 nj_cn_float_integer(const float4 x) { return convert_int4_rtz(x * 536870880.0f); }

// Returns what goes into the AES round in place of `block`, and changes the accumulator.
NJ_INLINE uint4 nj_cn_float_feedback(const uint4 block, float4 *accumulator) {
    const float4 old = *accumulator;
    const float4 sum = convert_float4_rte(as_int4(block)) + old;
    *accumulator = old + nj_cn_exponent_of_two(sum * sum * sum);
    return block ^ as_uint4(nj_cn_float_integer(nj_cn_exponent_of_two(old)));
}

// n / d, rounded to nearest, from `guess`, which is wrong by a few units at most: OpenCL does not require that its own
// division is rounded correctly. The numbers are finite, d is not zero, and none is near the limits of a float's range.
NJ_INLINE float4 nj_cn_nearest_quotient(const float4 n, const float4 d, const float4 guess) {
    // Now the next float to the exact quotient, on either side of it.
    const float4 quotient = guess + fma(-guess, d, n) / d;
    const float4 rest = fma(-quotient, d, n);
    // The float on the other side: farther from zero if `rest` has the dividend's sign. Both rests are exact, and there
    // is no tie, because then the exact quotient would have 25 bits.
    const int4 nearer = (as_int4(rest) ^ as_int4(n)) >> 31;
    const float4 other = as_float4(as_int4(quotient) + (nearer | 1));
    return select(quotient, other, isless(fabs(fma(-other, d, n)), fabs(rest)));
}

NJ_INLINE float4 nj_cn_divide_nearest(const float4 n, const float4 d) { return nj_cn_nearest_quotient(n, d, n / d); }

#endif
