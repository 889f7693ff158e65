// The divisions of CryptoNight's second version and of the heavy ones, and the second version's square root.
#ifndef NIGHTJAR_CRYPTONIGHT_INTEGERMATH_CL
#define NIGHTJAR_CRYPTONIGHT_INTEGERMATH_CL

#include "Primitives/Inline.cl"

// Low half: the low 32 bits of the quotient. High half: the remainder.
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

// The integer part of 2 √(2⁶⁴ + n) − 2³³, at most 3558067407.
//
// A float guess and one Newton step come within a few units of the root on any device. The code does not rely on how
// near: the loops at the end correct it by an exact test. The root r is right if, with s = r / 2, b = r mod 2 and
// q = s (s + b) + 2³² r,
// q + b <= n and q + 2³² >= n - s. (From r <= 2 √(2⁶⁴ + n) − 2³³ < r + 1 by squaring; nothing overflows while
// r <= 3558067407, and n >= s holds once the first inequality does.)
NJ_INLINE ulong nj_cn_root(const ulong n) {
    const ulong largest = 3558067407UL;
    const float guess = (sqrt(1.0f + (float)n * 0x1p-64f) - 1.0f) * 0x1p33f;
    long root = (long)guess;
    // Whatever error the standard allows for sqrt, this is within 2^12 of the root: the residue fits 64 bits, signed.
    const long residue = (long)(n - ((ulong)root << 32) - (((ulong)root * (ulong)root) >> 2));
    root += (long)((float)residue * (2.0f / ((float)root + 0x1p33f)));
    ulong r = root < 0 ? 0 : (ulong)root > largest ? largest : (ulong)root;
    for (;;) {
        const ulong s = r >> 1, b = r & 1, q = s * (s + b) + (r << 32);
        if (q + b <= n) break;
        --r;
    }
    for (;;) {
        const ulong s = r >> 1, b = r & 1, q = s * (s + b) + (r << 32);
        if (r == largest || q + 0x100000000UL >= n - s) break;
        ++r;
    }
    return r;
}

#endif
