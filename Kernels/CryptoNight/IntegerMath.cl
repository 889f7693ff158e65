// The divisions of CryptoNight's second version and of the heavy ones, and the second version's square root.
//
// Each division is written twice. CPUs have an instruction for `/`. GPUs have none: there it takes 90 to 150 instructions,
// and a reciprocal less than half of them.
#ifndef NIGHTJAR_CRYPTONIGHT_INTEGERMATH_CL
#define NIGHTJAR_CRYPTONIGHT_INTEGERMATH_CL

#include "Primitives/Inline.cl"

// Low half: the low 32 bits of the quotient. High half: the remainder. The divisor is at least 2^31.
NJ_INLINE ulong nj_cn_divide(const ulong dividend, const uint divisor) {
    const ulong quotient = dividend / divisor;
    const uint remainder = (uint)dividend - (uint)quotient * divisor;
    return (quotient & 0xFFFFFFFFUL) | (ulong)remainder << 32;
}

// Towards zero, modulo 2^64. The divisor is not zero.
NJ_INLINE ulong nj_cn_divide_signed(const long dividend, const int divisor) {
    // A division of the least number by -1 may trap: negate instead.
    const bool negates = divisor == -1;
    const ulong quotient = (ulong)(dividend / (negates ? 1 : divisor));
    return negates ? 0 - quotient : quotient;
}

// A reciprocal in single precision gives 20 bits of a quotient at a time. No estimate may be above the quotient, so it is
// multiplied by this, 1 - 2^-20. Without that its relative error is below 0.7 × 2^-20: three units in the last place for
// the reciprocal (OpenCL allows 2.5), and half a unit for each conversion and product.
#define NJ_CN_BELOW 0x0.FFFFFp0f

// As nj_cn_divide. inverse: 1 / divisor.
NJ_INLINE ulong nj_cn_divide_by_reciprocal(const ulong dividend, const uint divisor, const float inverse) {
    uint high = (uint)(dividend >> 32);
    // The quotient's bit 32, which is not wanted.
    high -= high >= divisor ? divisor : 0;
    uint quotient = (uint)((float)high * (inverse * (NJ_CN_BELOW * 0x1p32f)));
    ulong rest = ((ulong)high << 32 | (uint)dividend) - (ulong)quotient * divisor;
    // The rest is less than 2^13 divisors now, and then less than 1.02.
    const uint more = (uint)((float)(uint)(rest >> 16) * (inverse * (NJ_CN_BELOW * 0x1p16f)));
    quotient += more;
    rest -= (ulong)more * divisor;
    const bool one_more = rest >= divisor;
    quotient += one_more ? 1 : 0;
    return (ulong)quotient | (ulong)((uint)rest - (one_more ? divisor : 0)) << 32;
}

// A divisor without its sign.
NJ_INLINE uint nj_cn_size(const int divisor) { return divisor < 0 ? 0 - (uint)divisor : (uint)divisor; }

// As nj_cn_divide_signed. inverse: 1 / nj_cn_size(divisor).
NJ_INLINE ulong nj_cn_divide_signed_by_reciprocal(const long dividend, const int divisor, const float inverse) {
    const uint size = nj_cn_size(divisor);
    ulong rest = dividend < 0 ? 0 - (ulong)dividend : (ulong)dividend;
    ulong quotient = 0;
    // Each turn takes at least one divisor, and leaves less than 2^-19 of the rest and one divisor. Most divisors need two
    // turns, and none more than four.
    do {
        const ulong part = (ulong)((float)rest * (inverse * NJ_CN_BELOW));
        quotient += part;
        rest -= part * size;
    } while (rest >> 1 >= size);
    quotient += rest >= size ? 1 : 0;
    return (dividend < 0) != (divisor < 0) ? 0 - quotient : quotient;
}

// The integer part of 2 √(2⁶⁴ + n) − 2³³, at most 3558067407.
//
// With x = √(1 + n / 2⁶⁴), it is the integer part of 2³³ (x − 1). A float is within 2^13 of that, and a Newton step
// within 2^-6. Rounded to nearest, this is the root r or r + 1: an exact test decides. With s = r / 2, b = r mod 2,
// r is not too large if s (s + b) + 2³² r + b <= n, by squaring r <= 2 √(2⁶⁴ + n) − 2³³.
NJ_INLINE ulong nj_cn_root(const ulong n) {
    const float square = 1.0f + (float)(uint)(n >> 32) * 0x1p-32f;
    const float inverse = rsqrt(square);
    const uint guess = (uint)(fmax(square * inverse - 1.0f, 0.0f) * 0x1p33f);
    // Of n, when the guess is taken for the root: below 2^45, so that this fits an int without its low 16 bits.
    const long residue = (long)(n - ((ulong)guess << 32) - ((ulong)guess * guess >> 2));
    const uint root = guess + (uint)(int)floor((float)(int)(residue >> 16) * (inverse * 0x1p-16f) + 0.5f);
    const ulong s = root >> 1, b = root & 1;
    // Signed: if the root is one too large, the difference is negative.
    return root - ((long)(n - s * (s + b) - ((ulong)root << 32)) < (long)b ? 1 : 0);
}

#endif
