// Binary64 arithmetic in the four rounding modes of RandomX (doc/specs.md of tevador/RandomX, 4.3). With NJ_USES_PTX
// the hardware rounds; else the portable path does, which needs rounding to nearest only. Both are exact for all
// operands, including subnormal numbers, infinities and zeros.
//
// The portable path: each function rounds to nearest first, and takes the sign of the residue from a fused
// multiply-add. In another mode the result then moves by at most one unit in the last place, which is an addition of
// one to the IEEE bits. OpenCL C requires that +, -, *, /, sqrt and fma are rounded correctly in double precision, with
// subnormals.
#ifndef NIGHTJAR_PRIMITIVES_DIRECTEDROUNDING_CL
#define NIGHTJAR_PRIMITIVES_DIRECTEDROUNDING_CL

#include "Primitives/Inline.cl"

// Whether the device's compiler accepts PTX in asm statements: 0 or 1.
#ifndef NJ_USES_PTX
#error "NJ_USES_PTX is not defined"
#endif

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
// If the compiler fused a multiplication and an addition, every residue below would be wrong.
#pragma OPENCL FP_CONTRACT OFF

// Rounding modes, numbered as CFROUND does.
#define NJ_ROUND_NEAREST 0u
#define NJ_ROUND_DOWN 1u
#define NJ_ROUND_UP 2u
#define NJ_ROUND_ZERO 3u

#if NJ_USES_PTX

// In PTX the mode is a part of the instruction's name, but here it is known only at run time and differs between
// work-items. Sums and products are made in all modes, which is cheaper than a branch. Quotients and roots are long
// sequences, and are made in one mode.
#define NJ_PTX_BINARY(name, mode, result, a, b) \
    __asm__(name "." mode ".f64 %0, %1, %2;" : "=d"(result) : "d"(a), "d"(b))
#define NJ_PTX_UNARY(name, mode, result, a) __asm__(name "." mode ".f64 %0, %1;" : "=d"(result) : "d"(a))

NJ_INLINE double nj_round_add(const double a, const double b, const uint mode) {
    double nearest, down, up, zero;
    NJ_PTX_BINARY("add", "rn", nearest, a, b);
    NJ_PTX_BINARY("add", "rm", down, a, b);
    NJ_PTX_BINARY("add", "rp", up, a, b);
    NJ_PTX_BINARY("add", "rz", zero, a, b);
    return mode & 2 ? mode & 1 ? zero : up : mode & 1 ? down : nearest;
}

NJ_INLINE double nj_round_multiply(const double a, const double b, const uint mode) {
    double nearest, down, up, zero;
    NJ_PTX_BINARY("mul", "rn", nearest, a, b);
    NJ_PTX_BINARY("mul", "rm", down, a, b);
    NJ_PTX_BINARY("mul", "rp", up, a, b);
    NJ_PTX_BINARY("mul", "rz", zero, a, b);
    return mode & 2 ? mode & 1 ? zero : up : mode & 1 ? down : nearest;
}

NJ_INLINE double nj_round_divide(const double a, const double b, const uint mode) {
    double quotient;
    switch (mode) {
    case NJ_ROUND_DOWN: NJ_PTX_BINARY("div", "rm", quotient, a, b); break;
    case NJ_ROUND_UP: NJ_PTX_BINARY("div", "rp", quotient, a, b); break;
    case NJ_ROUND_ZERO: NJ_PTX_BINARY("div", "rz", quotient, a, b); break;
    default: NJ_PTX_BINARY("div", "rn", quotient, a, b); break;
    }
    return quotient;
}

NJ_INLINE double nj_round_sqrt(const double a, const uint mode) {
    double root;
    switch (mode) {
    case NJ_ROUND_DOWN: NJ_PTX_UNARY("sqrt", "rm", root, a); break;
    case NJ_ROUND_UP: NJ_PTX_UNARY("sqrt", "rp", root, a); break;
    case NJ_ROUND_ZERO: NJ_PTX_UNARY("sqrt", "rz", root, a); break;
    default: NJ_PTX_UNARY("sqrt", "rn", root, a); break;
    }
    return root;
}

#else

// Below this a product, a dividend or a radicand may leave a residue that is too small for a double.
#define NJ_ROUND_SMALL 0x1p-900

// Moves `nearest` to the number that `mode` rounds to. residue: has the sign of the exact result minus `nearest`; zero,
// or not a number, if `nearest` is exact.
NJ_INLINE double nj_round_from(const double nearest, const double residue, const uint mode) {
    const uint negative = (uint)(as_ulong(nearest) >> 63);
    const bool above = residue > 0.0, below = residue < 0.0;
    const bool farther = negative ? below : above;  // the exact result is farther from zero
    const bool nearer = negative ? above : below;
    const bool grows = mode == 2 - negative;  // the mode rounds away from zero, on this side of it
    // On the bits: one unit up from the largest number is infinity, and one up from zero is the smallest subnormal.
    ulong bits = as_ulong(nearest);
    if (farther && grows) bits += 1;
    if (nearer && !grows && mode != NJ_ROUND_NEAREST) bits -= 1;
    return as_double(bits);
}

// A residue for an infinite result of finite operands: the exact one is nearer to zero.
NJ_INLINE double nj_round_overflow(const double nearest) { return -nearest; }

NJ_INLINE double nj_round_add(const double a, const double b, const uint mode) {
    const double sum = a + b;
    // The error of a sum is a double; this finds it without overflow where the first operand is the larger.
    const bool swap = fabs(a) < fabs(b);
    const double large = swap ? b : a, small = swap ? a : b;
    double residue = small - (sum - large);
    if (isinf(sum)) residue = isinf(large) ? 0.0 : nj_round_overflow(sum);
    const double rounded = nj_round_from(sum, residue, mode);
    // An exact zero is negative when rounding down, unless both operands are positive zeros.
    if (sum == 0.0 && mode == NJ_ROUND_DOWN && (as_ulong(a) | as_ulong(b)) != 0) return -0.0;
    return rounded;
}

// x times 2^by, exactly: the caller knows that the result is a normal number or zero, and x finite. |by| <= 2200.
NJ_INLINE double nj_round_scale(double x, int by) {
    for (; by > 1000; by -= 1000) x *= 0x1p1000;
    for (; by < -1000; by += 1000) x *= 0x1p-1000;
    return x * as_double((ulong)(1023 + by) << 52);
}

// The exponent e of a finite x that is not zero: 2^e <= |x| < 2^(e + 1).
NJ_INLINE int nj_round_exponent(const double x) {
    const int biased = (int)(as_ulong(x) >> 52) & 0x7FF;
    return biased != 0 ? biased - 1023 : -1011 - (int)clz(as_ulong(x) & 0x000FFFFFFFFFFFFFUL);
}

// Residues of small results: with both operands scaled to [1, 2), and the result with them. It is within half of the
// smallest subnormal of the exact one, so that the residue is a double after scaling.
NJ_INLINE double nj_round_small_product(const double a, const double b, const double product) {
    const int x = nj_round_exponent(a), y = nj_round_exponent(b);
    const double p = nj_round_scale(a, -x), q = nj_round_scale(b, -y);
    const double high = p * q;
    return (high - nj_round_scale(product, -x - y)) + fma(p, q, -high);
}

NJ_INLINE double nj_round_small_quotient(const double a, const double b, const double quotient) {
    const int x = nj_round_exponent(a), y = nj_round_exponent(b);
    const double p = nj_round_scale(a, -x), q = nj_round_scale(b, -y);
    return fma(-nj_round_scale(quotient, y - x), q, p);
}

NJ_INLINE double nj_round_multiply(const double a, const double b, const uint mode) {
    const double product = a * b;
    double residue = fma(a, b, -product);
    if (fabs(product) < NJ_ROUND_SMALL && a != 0.0 && b != 0.0)
        residue = nj_round_small_product(a, b, product);
    else if (isinf(product))
        residue = isinf(a) || isinf(b) ? 0.0 : nj_round_overflow(product);
    return nj_round_from(product, residue, mode);
}

NJ_INLINE double nj_round_divide(const double a, const double b, const uint mode) {
    const double quotient = a / b;
    double residue = fma(-quotient, b, a);
    if (fabs(a) < NJ_ROUND_SMALL && a != 0.0 && b != 0.0 && !isinf(b))
        residue = nj_round_small_quotient(a, b, quotient);
    // Of the dividend; the quotient's has the divisor's sign too.
    if (signbit(b)) residue = -residue;
    // An infinite operand, or a divisor of zero, leaves nothing over.
    if (isinf(quotient)) residue = isinf(a) || b == 0.0 ? 0.0 : nj_round_overflow(quotient);
    if (isinf(b)) residue = 0.0;
    return nj_round_from(quotient, residue, mode);
}

NJ_INLINE double nj_round_sqrt(const double a, const uint mode) {
    // A scaling by an even power of two keeps small radicands' residues in range. No root is small.
    const bool small = a < NJ_ROUND_SMALL;
    const double radicand = small ? a * 0x1p200 : a;
    const double root = sqrt(radicand);
    const double residue = isinf(root) ? 0.0 : fma(-root, root, radicand);
    const double rounded = nj_round_from(root, residue, mode);
    return small ? rounded * 0x1p-100 : rounded;
}

#endif

// The sum with the negative, in every mode.
NJ_INLINE double nj_round_subtract(const double a, const double b, const uint mode) {
    return nj_round_add(a, as_double(as_ulong(b) ^ 0x8000000000000000UL), mode);
}

#endif
