#!/usr/bin/env python3
"""Compares the arithmetic of Kernels/Primitives/DirectedRounding.cl with a processor's own rounding modes.

    check-rounding.py [PAIRS]    by default 200,000 pairs of operands for each operation and mode

The file is compiled as C: the path of every device, and those of NVIDIA's and AMD's, whose instructions that round
upwards become the processor's. So all paths are tried where there is no GPU. CC names the compiler.
"""

import os
import re
import subprocess
import sys
import tempfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Kernels/Primitives/DirectedRounding.cl")
UP = '#define NJ_PTX_UP(name, result, a, b) __asm__(name ".rp.f64 %0, %1, %2;" : "=d"(result) : "d"(a), "d"(b))'
# AMD's: the mode is set to upwards, the statement's operations follow, and it is set back.
GCN = re.compile(
    r'__asm__\([\s\\]*"s_setreg_imm32_b32 hwreg\(HW_REG_MODE, 2, 2\), 1\\n\\tv_add_f64 %0, %2, %3\\n\\tv_mul_f64 %1, %2, %3\\n\\t"'
    r'[\s\\]*"s_setreg_imm32_b32 hwreg\(HW_REG_MODE, 2, 2\), 0"'
    r'[\s\\]*: "=&v"\(sum\), "=&v"\(product\)[\s\\]*: "v"\(a\), "v"\(b\)\)')

BEFORE = r"""
#include <fenv.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef unsigned int uint;
#define ulong uint64_t
#define NJ_INLINE static inline
#define NIGHTJAR_PRIMITIVES_INLINE_CL
static double as_double(uint64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static uint64_t as_ulong(double x) { uint64_t bits; memcpy(&bits, &x, 8); return bits; }
static int64_t as_long(double x) { return (int64_t)as_ulong(x); }
// The processor's result in a mode. Volatile, so that the operation stays between the changes of the mode.
__attribute__((noinline)) static double in_mode(int mode, char operation, double a, double b) {
    static const int modes[4] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    volatile double x = a, y = b, result;
    fesetround(modes[mode]);
    switch (operation) {
    case 'a': result = x + y; break;
    case 's': result = x - y; break;
    case 'm': result = x * y; break;
    case 'd': result = x / y; break;
    default: result = sqrt(x); break;
    }
    fesetround(FE_TONEAREST);
    return result;
}
"""

AFTER = r"""
static uint64_t state = 88172645463325252u;
static uint64_t random64(void) { state ^= state << 13; state ^= state >> 7; state ^= state << 17; return state * 0x2545F4914F6CDD1Du; }
static double number(int least, int most, int sign) {
    uint64_t fraction = random64() & 0xFFFFFFFFFFFFF;
    // Few bits make exact results, and those half way between two numbers.
    if (random64() & 1) fraction = fraction >> 20 << 20 | (random64() & 1);
    return as_double((uint64_t)(sign && random64() & 1) << 63 | (uint64_t)(1023 + least + (int)(random64() % (uint64_t)(most - least + 1))) << 52 | fraction);
}
static const double special[] = {0.0, 0x1p-1074, 0x1p-1022, 0x1p-900, 0x1p-255, 0x1p-53, 0.5, 1.0, 0x1.0000000000001p0, 1.5, 3.0, 0x1p52, 0x1p53, 0x1p1023, 0x1.fffffffffffffp1023, INFINITY};
enum { SPECIAL = sizeof special / sizeof *special };
static double any(void) {
    switch (random64() % 4) {
    case 0: return as_double(random64());
    case 1: return (random64() & 1 ? -1 : 1) * special[random64() % SPECIAL];
    case 2: return number(-1022, 1023, 1);
    default: return as_double(random64() & 0x800FFFFFFFFFFFFF);
    }
}
// The second operand of a sum: also one that cancels the first, or is nearly lost beside it.
static double beside(double a) {
    const int exponent = (int)(as_ulong(a) >> 52 & 0x7FF) - 1023 + (int)(random64() % 113) - 56;
    switch (random64() % 4) {
    case 0: return any();
    case 1: return as_double((as_ulong(a) ^ random64() << 63) + random64() % 5 - 2);
    case 2: return number(exponent < -1022 ? -1022 : exponent > 1023 ? 1023 : exponent, exponent < -1022 ? -1022 : exponent > 1023 ? 1023 : exponent, 1);
    default: return number(-60, 64, 1);
    }
}
// As in group E; a sixteenth around the largest number or infinite, a sixteenth the square of a number or beside one.
static double positive(void) {
    switch (random64() % 16) {
    case 0: return random64() % 8 ? number(800, 1023, 0) : INFINITY;
    case 1: { const double root = (double)(random64() >> 38) * number(-400, 400, 0); return as_double(as_ulong(root * root) + random64() % 3 - 1); }
    case 2: return number(-900, 1023, 0);
    default: return number(-255, 64, 0);
    }
}
static long wrong, differ[7];
static void compare(const char *name, int mode, double a, double b, double got, double wanted) {
    if (as_ulong(got) == as_ulong(wanted) || (got != got && wanted != wanted)) return;
    if (wrong++ < 9) printf("%s, mode %d: %a and %a: %a, not %a\n", name, mode, a, b, got, wanted);
}
int main(int count, char **arguments) {
    const long pairs = count > 1 ? atol(arguments[1]) : 0;
    for (long pair = 0; pair < pairs; ++pair) {
        const double a = any(), b = beside(a), e = positive();
        // Of group A, and a divisor with the bits of a mask.
        const double factor = number(0, 31, 0), divisor = number(-255, 0, 0);
        double least[7], most[7];
        for (int mode = 0; mode < 4; ++mode) {
            const double got[] = {
                nj_round_add(a, b, mode), nj_round_subtract(a, b, mode), nj_round_multiply(e, factor, mode),
                nj_round_divide(e, divisor, mode), nj_round_sqrt(e, mode), nj_round_sum_or_product(a, b, false, mode),
                nj_round_sum_or_product(e, factor, true, mode)};
            const double wanted[] = {
                in_mode(mode, 'a', a, b), in_mode(mode, 's', a, b), in_mode(mode, 'm', e, factor),
                in_mode(mode, 'd', e, divisor), in_mode(mode, 'q', e, 0), in_mode(mode, 'a', a, b), in_mode(mode, 'm', e, factor)};
            static const char *const names[] = {"sum", "difference", "product", "quotient", "root", "sum of the two", "product of the two"};
            for (int i = 0; i < 7; ++i) {
                const int sums = i < 2 || i == 5;
                compare(names[i], mode, sums ? a : e, sums ? b : i == 3 ? divisor : factor, got[i], wanted[i]);
                if (mode == 1) least[i] = wanted[i];
                if (mode == 2) most[i] = wanted[i];
            }
        }
        for (int i = 0; i < 7; ++i) differ[i] += least[i] != most[i] && least[i] == least[i];
    }
    // Operands whose results are exact prove little.
    for (int i = 0; i < 7; ++i)
        if (differ[i] < pairs / 5) { printf("modes differ in %ld of %ld only\n", differ[i], pairs); ++wrong; }
    return wrong != 0;
}
"""


def main():
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with open(SOURCE, encoding="utf-8") as file:
        source = file.read()
    if source.count(UP) != 1:
        sys.exit(f"{SOURCE} does not define NJ_PTX_UP as this script knows it")
    source, statements = GCN.subn("(sum = in_mode(2, 'a', a, b), product = in_mode(2, 'm', a, b))", source)
    if statements != 1:
        sys.exit(f"{SOURCE} does not have AMD's statement as this script knows it")
    source = source.replace('#include "Primitives/Inline.cl"', "").replace(
        UP, "#define NJ_PTX_UP(name, result, a, b) result = in_mode(2, *(name), a, b)")
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/check.c", "w", encoding="utf-8") as file:
            file.write(BEFORE + source + AFTER)
        for path, ptx, gcn in (("portable code", 0, 0), ("PTX", 1, 0), ("AMD's instructions", 0, 1)):
            subprocess.run(
                [os.environ.get("CC", "cc"), "-O2", "-frounding-math", "-ffp-contract=off", "-w", f"-DNJ_USES_PTX={ptx}",
                 f"-DNJ_USES_GCN={gcn}", "-D__AMDGCN__", f"{folder}/check.c", "-lm", "-o", f"{folder}/check"], check=True)
            if subprocess.run([f"{folder}/check", str(pairs)]).returncode:
                sys.exit(f"error: rounding is wrong by {path}")
    print(f"rounding: {pairs} pairs of operands, portable, by PTX and by AMD's instructions, four modes")


main()
