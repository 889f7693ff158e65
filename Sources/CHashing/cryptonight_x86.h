// The operations of cryptonight_template.h on x86-64. The including file defines NJ_TARGET, with at least AES-NI and
// SSE4.1.
#include "cryptonight_phases.h"
#include "cryptonight_random_math.h"

#include <immintrin.h>

#define OPERATION static inline __attribute__((always_inline)) NJ_TARGET

#define NJ_UNROLL _Pragma("clang loop unroll(full)")
#define NJ_PER_WIDTH 1
#define NJ_RUNS_COMPILED 1
#define PREFETCH(address) _mm_prefetch((const char *)(address), _MM_HINT_T0)

// Otherwise the compiler puts a's halves into one vector register. Moving them there and back would lengthen the loop's
// critical path: multiplication, addition, XOR, address.
#define KEEP_SCALAR(x, y) __asm__("" : "+r"(x), "+r"(y))

typedef __m128i block;

OPERATION block block_load(const void *bytes) { return _mm_load_si128(bytes); }
OPERATION void block_store(void *bytes, block x) { _mm_store_si128(bytes, x); }
OPERATION block block_make(uint64_t low, uint64_t high) { return _mm_set_epi64x((long long)high, (long long)low); }
OPERATION uint64_t block_low(block x) { return (uint64_t)_mm_cvtsi128_si64(x); }
OPERATION uint64_t block_high(block x) { return (uint64_t)_mm_extract_epi64(x, 1); }
OPERATION block block_xor(block x, block y) { return _mm_xor_si128(x, y); }
OPERATION block block_add(block x, block y) { return _mm_add_epi64(x, y); }
OPERATION block block_aes(block x, block key) { return _mm_aesenc_si128(x, key); }

// One round for each column, because each column's round uses the changed columns before it.
OPERATION block block_aes_chained(block x, block key) {
    x = _mm_xor_si128(x, _mm_set1_epi32(-1));
    block c0 = _mm_aesenc_si128(x, key);
    x = _mm_xor_si128(x, _mm_blend_epi16(_mm_setzero_si128(), c0, 0x03));
    block c1 = _mm_aesenc_si128(x, key);
    x = _mm_xor_si128(x, _mm_blend_epi16(_mm_setzero_si128(), c1, 0x0C));
    block c2 = _mm_aesenc_si128(x, key);
    x = _mm_xor_si128(x, _mm_blend_epi16(_mm_setzero_si128(), c2, 0x30));
    block c3 = _mm_aesenc_si128(x, key);
    return _mm_blend_epi16(_mm_blend_epi16(c0, c1, 0x0C), _mm_blend_epi16(c2, c3, 0xC0), 0xF0);
}

// Corrects the root that floating point gives. It must be the largest r with r² + 2³⁴ r ≤ 4 n; with s = r / 2 and b = r
// mod 2 that is s (s + b) + b + 2³² r ≤ n, and for r + 1 it is s (s + b) + s + 1 + 2³² (r + 1) ≤ n. That sum may exceed
// 64 bits, so s is taken from n instead, which is never less.
OPERATION uint64_t repaired(uint64_t n, uint64_t r) {
    uint64_t s = r >> 1, b = r & 1;
    uint64_t square = s * (s + b) + (r << 32);
    r -= square + b > n;
    r += square + ((uint64_t)1 << 32) < n - s;
    return r;
}

// The root in floating point. Let x = 1 + n / 2⁶⁴, cut to the 52 bits of a double's fraction. The root is 2³³ (√x - 1):
// the fraction bits of √x without the lowest 19. The bits above the fraction in √x's representation are above the
// root's 32 bits, too. Cutting x lowers √x by at most half a unit of its last place, and rounding in any mode moves it
// by less than one unit. So when the lowest 19 bits are not within two units of a carry, the bits above them are right.
// Otherwise, once in a hundred thousand roots, they may be off by one. A branch leads to the correction, because the
// root is in the loop's critical path.
OPERATION uint64_t root(uint64_t n) {
    const __m128i one = _mm_cvtsi64_si128((long long)1023 << 52);
    __m128d x = _mm_castsi128_pd(_mm_or_si128(_mm_cvtsi64_si128((long long)(n >> 12)), one));
    uint64_t y = (uint64_t)_mm_cvtsi128_si64(_mm_castpd_si128(_mm_sqrt_sd(x, x)));
    uint64_t r = (uint32_t)(y >> 19);
    if (__builtin_expect((((uint32_t)y + 2) & 0x7FFFC) == 0, 0)) {
        // This prevents the compiler from computing the correction every time.
        __asm__ volatile("");
        r = repaired(n, r);
    }
    return r;
}

// Not C's division: clang would add a branch for operands of 32 bits, which never occur here.

OPERATION nj_division divide_unsigned(uint64_t n, uint32_t divisor) {
    nj_division result = {n, 0};
    __asm__("divq %2" : "+a"(result.quotient), "+d"(result.remainder) : "r"((uint64_t)divisor) : "cc");
    return result;
}

// Volatile, so that it stays behind the branch that avoids an overflow, which would trap.
OPERATION uint64_t quotient_signed(uint64_t n, int32_t divisor) {
    uint64_t remainder;
    __asm__ volatile("cqto\n\tidivq %2" : "+a"(n), "=&d"(remainder) : "r"((int64_t)divisor) : "cc");
    return n;
}

// Clang would make two instructions of it.
OPERATION uint32_t or_ends(uint32_t x) {
    __asm__("orl $0x80000001, %0" : "+r"(x) : : "cc");
    return x;
}

OPERATION void run_program(const nj_random_math_program *program, nj_random_math_registers *registers) {
    nj_random_math_run_threaded(program, registers);
}

OPERATION void run_compiled(const nj_random_math_program *program, nj_random_math_hash *hashes, int count) {
    nj_random_math_run_compiled(program, hashes, count);
}
