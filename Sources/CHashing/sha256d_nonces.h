#pragma once
// The nonces of headers that differ in nothing else. The including file defines TARGET, with avx512f, avx512bw and avx512vl
// in it, and vector, with 16 words, and swapped().
#include "sha256d_search.h"

#include <immintrin.h>

// Whether 16 inputs are headers that can be read: each has an address, and a header's size.
WIDE bool are_headers(const uint8_t *const *headers, const size_t *sizes) {
    _Static_assert(sizeof *headers == 8 && sizeof *sizes == 8, "eight to a vector");
    const __m512i size = _mm512_set1_epi64(NJ_SHA256D_HEADER);
    __m512i others = _mm512_setzero_si512();
    unsigned missing = 0;
    UNROLL for (unsigned n = 0; n < 16; n += 8) {
        // others | (size ^ sizes), as one instruction.
        others = _mm512_ternarylogic_epi64(others, size, _mm512_loadu_si512(sizes + n), 0xF6);
        const __m512i addresses = _mm512_loadu_si512(headers + n);
        missing |= _mm512_testn_epi64_mask(addresses, addresses);
    }
    return missing == 0 && _mm512_test_epi64_mask(others, others) == 0;
}

// The nonces of 16 headers, as words of the schedule. False when an input is no header, or differs from `known` elsewhere.
TARGET __attribute__((noinline)) static bool take_nonces(
    const uint8_t *const *headers, const size_t *sizes, const uint8_t *known, vector *nonces) {
    if (!are_headers(headers, sizes)) return false;
    const __m512i first = _mm512_loadu_si512(known);
    const __m128i last = _mm_loadu_si128((const __m128i *)(known + 64));
    __m512i firsts = _mm512_setzero_si512();
    __m128i lasts = _mm_setzero_si128(), fours[4];
    UNROLL for (unsigned n = 0; n < 4; n++) {
        __m128i ends[4];
        UNROLL for (unsigned k = 0; k < 4; k++) {
            const uint8_t *header = headers[4 * n + k];
            ends[k] = _mm_loadu_si128((const __m128i *)(header + 64));
            // differences | (first ^ bytes), as one instruction.
            firsts = _mm512_ternarylogic_epi32(firsts, first, _mm512_loadu_si512(header), 0xF6);
            lasts = _mm_ternarylogic_epi32(lasts, last, ends[k], 0xF6);
        }
        // The nonce is the last of an end's four words.
        fours[n] = _mm_unpackhi_epi64(_mm_unpackhi_epi32(ends[0], ends[1]), _mm_unpackhi_epi32(ends[2], ends[3]));
    }
    const __m256i lower = _mm256_inserti128_si256(_mm256_castsi128_si256(fours[0]), fours[1], 1);
    const __m256i upper = _mm256_inserti128_si256(_mm256_castsi128_si256(fours[2]), fours[3], 1);
    *nonces = swapped((vector)_mm512_inserti64x4(_mm512_castsi256_si512(lower), upper, 1));
    return _mm512_test_epi32_mask(firsts, firsts) == 0 && (_mm_test_epi32_mask(lasts, lasts) & 7) == 0;
}
