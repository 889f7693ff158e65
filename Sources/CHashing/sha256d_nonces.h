#pragma once
// The nonces of headers that differ in nothing else. The including file defines TARGET, with avx512f and avx512bw in it, and
// vector, with 16 words, and swapped().
#include "sha256d_search.h"

#include <immintrin.h>

// The nonces of 16 headers, as words of the schedule. False when one differs from `known` elsewhere.
TARGET __attribute__((noinline)) static bool take_nonces(
    const uint8_t *const *headers, const uint8_t *known, vector *nonces) {
    // The last 64 bytes of a header overlap the first ones.
    const __m512i first = _mm512_loadu_si512(known), last = _mm512_loadu_si512(known + 16);
    __m512i firsts = _mm512_setzero_si512(), lasts = firsts;
    uint32_t words[16];
    UNROLL for (unsigned n = 0; n < 16; n++) {
        // differences | (first ^ bytes), as one instruction.
        firsts = _mm512_ternarylogic_epi32(firsts, first, _mm512_loadu_si512(headers[n]), 0xF6);
        lasts = _mm512_ternarylogic_epi32(lasts, last, _mm512_loadu_si512(headers[n] + 16), 0xF6);
        memcpy(&words[n], headers[n] + NJ_SHA256D_HEADER - 4, 4);
    }
    memcpy(nonces, words, sizeof words);
    *nonces = swapped(*nonces);
    return _mm512_test_epi32_mask(firsts, firsts) == 0 && (_mm512_test_epi32_mask(lasts, lasts) & 0x7FFF) == 0;
}
