// Binary64 arithmetic in the four rounding modes of RandomX (doc/specs.md of tevador/RandomX, 4.3), although the hardware
// of a device may round to nearest only. OpenCL C requires that +, -, *, /, sqrt and fma are rounded correctly in double
// precision, with subnormals.
//
// Sums are exact for all operands. Products, quotients and roots are for numbers as group E has them: positive or
// infinite, and an operand a and a result at least 2^-900. Group E begins an iteration with 2^-255 or more, and a
// quotient is more than half of its dividend; so it would take 640 quotients in one iteration to leave that range.
//
// Where rounding to nearest leaves a residue, the result in another mode is the nearest number or its neighbour. The
// sign of the residue says which one: an addition of one to the IEEE bits. A fused multiply-add gives the residue of a
// product, a quotient or a root without an error.
#ifndef NIGHTJAR_PRIMITIVES_DIRECTEDROUNDING_CL
#define NIGHTJAR_PRIMITIVES_DIRECTEDROUNDING_CL

#include "Primitives/Inline.cl"

// Whether the device's compiler accepts PTX in asm statements: 0 or 1.
#ifndef NJ_USES_PTX
#error "NJ_USES_PTX is not defined"
#endif
// Whether it accepts instructions of AMD's GPUs there: 0 or 1. A compiler for other devices never sees them.
#ifndef NJ_USES_GCN
#error "NJ_USES_GCN is not defined"
#endif

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
// If the compiler fused a multiplication and an addition, every residue below would be wrong.
#pragma OPENCL FP_CONTRACT OFF

// Rounding modes, numbered as CFROUND does.
#define NJ_ROUND_NEAREST 0u
#define NJ_ROUND_DOWN 1u
#define NJ_ROUND_UP 2u
#define NJ_ROUND_ZERO 3u

// Moves `nearest`, which is positive, to the number that `mode` rounds to. residue: has the sign of the exact result
// minus `nearest`. It is negative where the exact result is finite and `nearest` is infinite, and not a number where
// both are infinite; one below infinity on the bits is the largest number.
NJ_INLINE double nj_round_positive(const double nearest, const double residue, const uint mode) {
    ulong bits = as_ulong(nearest);
    if (residue > 0.0 && mode == NJ_ROUND_UP) bits += 1;
    if (residue < 0.0 && mode & 1) bits -= 1;
    return as_double(bits);
}

NJ_INLINE double nj_round_divide(const double a, const double b, const uint mode) {
    const double quotient = a / b;
    return nj_round_positive(quotient, fma(-quotient, b, a), mode);
}

NJ_INLINE double nj_round_sqrt(const double a, const uint mode) {
    const double root = sqrt(a);
    return nj_round_positive(root, fma(-root, root, a), mode);
}

// A sum and a product, rounded upwards.
#if NJ_USES_PTX
#define NJ_PTX_UP(name, result, a, b) __asm__(name ".rp.f64 %0, %1, %2;" : "=d"(result) : "d"(a), "d"(b))
#define NJ_ROUND_UPWARDS(sum, product, a, b) \
    do {                                     \
        NJ_PTX_UP("add", sum, a, b);         \
        NJ_PTX_UP("mul", product, a, b);     \
    } while (0)
#elif NJ_USES_GCN && defined(__AMDGCN__)
// Bits 2 and 3 of the register MODE are the rounding mode of double precision: 0 to nearest, 1 upwards. It is one statement,
// so that the compiler's own instructions always find it as they expect.
#define NJ_ROUND_UPWARDS(sum, product, a, b)                                                                     \
    __asm__("s_setreg_imm32_b32 hwreg(HW_REG_MODE, 2, 2), 1\n\tv_add_f64 %0, %2, %3\n\tv_mul_f64 %1, %2, %3\n\t" \
            "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 2, 2), 0"                                                     \
            : "=&v"(sum), "=&v"(product)                                                                         \
            : "v"(a), "v"(b))
#endif

#ifdef NJ_ROUND_UPWARDS

NJ_INLINE double nj_round_flip(const double x, const ulong sign) { return as_double(as_ulong(x) ^ sign); }

// The sum, or, if `multiplies`, the product. The mode is a part of a PTX instruction's name, and on AMD's GPUs the same for
// all work-items of a wave, but here it is known only at run time and differs between work-items. Two operations are enough
// for the four modes: to nearest, and upwards. Down is up between negations, and towards zero is down where the result is
// above zero, else up.
NJ_INLINE double nj_round_sum_or_product(const double a, const double b, const bool multiplies, const uint mode) {
    const double nearest = multiplies ? a * b : a + b;
    const bool down = mode == NJ_ROUND_DOWN || (mode == NJ_ROUND_ZERO && as_long(nearest) > 0);
    const ulong sign = down ? 0x8000000000000000UL : 0;
    // Of a product one factor is negated, of a sum both operands.
    const double x = nj_round_flip(a, sign), y = nj_round_flip(b, multiplies ? 0 : sign);
    double sum, product;
    NJ_ROUND_UPWARDS(sum, product, x, y);
    return mode == NJ_ROUND_NEAREST ? nearest : nj_round_flip(multiplies ? product : sum, sign);
}

NJ_INLINE double nj_round_add(const double a, const double b, const uint mode) {
    return nj_round_sum_or_product(a, b, false, mode);
}

NJ_INLINE double nj_round_multiply(const double a, const double b, const uint mode) {
    return nj_round_sum_or_product(a, b, true, mode);
}

#else

NJ_INLINE double nj_round_add(const double a, const double b, const uint mode) {
    const double sum = a + b;
    // The error of a sum is a double; this finds it where the first operand is the larger. Where finite operands have
    // an infinite sum, it points to zero.
    const bool swap = fabs(a) < fabs(b);
    const double large = swap ? b : a, small = swap ? a : b;
    const double residue = small - (sum - large);
    // An exact zero is negative when rounding down, unless both operands are positive zeros.
    if (sum == 0.0 && mode == NJ_ROUND_DOWN && (as_ulong(a) | as_ulong(b)) != 0) return -0.0;
    const uint negative = (uint)(as_ulong(sum) >> 63);
    const bool above = residue > 0.0, below = residue < 0.0;
    const bool farther = negative ? below : above;  // the exact sum is farther from zero
    const bool nearer = negative ? above : below;
    const bool grows = mode == 2 - negative;  // the mode rounds away from zero, on this side of it
    ulong bits = as_ulong(sum);
    if (farther && grows) bits += 1;
    if (nearer && !grows && mode != NJ_ROUND_NEAREST) bits -= 1;
    return as_double(bits);
}

NJ_INLINE double nj_round_multiply(const double a, const double b, const uint mode) {
    const double product = a * b;
    return nj_round_positive(product, fma(a, b, -product), mode);
}

// The sum, or, if `multiplies`, the product.
NJ_INLINE double nj_round_sum_or_product(const double a, const double b, const bool multiplies, const uint mode) {
    const double sum = nj_round_add(a, b, mode), product = nj_round_multiply(a, b, mode);
    return multiplies ? product : sum;
}

#endif

// The sum with the negative, in every mode.
NJ_INLINE double nj_round_subtract(const double a, const double b, const uint mode) {
    return nj_round_add(a, as_double(as_ulong(b) ^ 0x8000000000000000UL), mode);
}

#endif
