// Single-precision arithmetic of CryptoNight variants, round to nearest. Nothing here becomes subnormal but by inputs of
// all zeros, so that devices without subnormals are right too.
#ifndef NIGHTJAR_CRYPTONIGHT_FLOAT_CL
#define NIGHTJAR_CRYPTONIGHT_FLOAT_CL

// A multiplication and an addition that the compiler fuses behind our back would change the result.
#pragma OPENCL FP_CONTRACT OFF

// (x & keep) | set, on the bits.
float4 nj_cn_float_bits(const float4 x, const uint keep, const uint set) {
    return as_float4((as_uint4(x) & keep) | set);
}

// The floats whose signs and fractions are x's and whose exponent is 2's.
float4 nj_cn_exponent_of_two(const float4 x) { return nj_cn_float_bits(x, 0x807FFFFFu, 0x40000000u); }

// As an integer, of a float in [2, 4) or (-4, -2]: 2^29 - 32 times it, which is within an int.
int4 nj_cn_float_integer(const float4 x) { return convert_int4_rtz(x * 536870880.0f); }

// What goes into the AES round instead of `block`; the accumulator takes up the block.
uint4 nj_cn_float_feedback(const uint4 block, float4 *accumulator) {
    const float4 old = *accumulator;
    const float4 sum = convert_float4_rte(as_int4(block)) + old;
    *accumulator = old + nj_cn_exponent_of_two(sum * sum * sum);
    return block ^ as_uint4(nj_cn_float_integer(nj_cn_exponent_of_two(old)));
}

// n / d, rounded to nearest, from `guess`, which is a few units off at most: OpenCL's own division need not be rounded
// correctly. Finite numbers, d not zero, and nothing near the limits of a float's range.
float4 nj_cn_nearest_quotient(const float4 n, const float4 d, const float4 guess) {
    // Now the next float to the exact quotient, on either side of it.
    const float4 quotient = guess + fma(-guess, d, n) / d;
    const float4 rest = fma(-quotient, d, n);
    // The float on the other side: farther from zero if the rest has the dividend's sign. Both rests are exact, and a tie
    // would take a quotient of 25 bits.
    const int4 nearer = (as_int4(rest) ^ as_int4(n)) >> 31;
    const float4 other = as_float4(as_int4(quotient) + (nearer | 1));
    return select(quotient, other, isless(fabs(fma(-other, d, n)), fabs(rest)));
}

float4 nj_cn_divide_nearest(const float4 n, const float4 d) { return nj_cn_nearest_quotient(n, d, n / d); }

#endif
