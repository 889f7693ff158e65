#pragma once
// What the codes with AVX-512 have in common: 32 hashes at a time, in two vectors.
#include <immintrin.h>
#include <stdint.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl")))
#define WIDTH 16
#define GROUPS 2
#define PLACES ((vector){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
typedef uint32_t vector __attribute__((vector_size(64)));

TARGET static inline vector swapped(vector x) {
    const __m512i order = _mm512_set4_epi32(0x0C0D0E0F, 0x08090A0B, 0x04050607, 0x00010203);
    return (vector)_mm512_shuffle_epi8((__m512i)x, order);
}

#define SWAP(x) swapped(x)
#define BITS(x, limit) _mm512_cmple_epu32_mask((__m512i)(x), _mm512_set1_epi32((int)(limit)))
// One instruction; the compiler finds two.
#define VECTOR_MAJORITY(a, b, c) ((vector)_mm512_ternarylogic_epi32((__m512i)(a), (__m512i)(b), (__m512i)(c), 0xE8))
