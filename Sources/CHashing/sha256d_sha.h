#pragma once
// What the codes with the processor's SHA instructions share. The including file defines TARGET, with sha and avx in it.
#include "sha256d_search.h"

#include <immintrin.h>

// Four words, the first one the lowest.
typedef uint32_t words __attribute__((vector_size(16)));

// The instructions' halves of the state: f, e, b, a and h, g, d, c.
typedef struct {
    words feba, hgdc;
} state;

// The next four words of a schedule are next_words(partly(16 and 12 words before), 7 words before, the last four).
WIDE words partly(words a, words b) { return (words)_mm_sha256msg1_epu32((__m128i)a, (__m128i)b); }
WIDE words seven_before(words last, words before) { return __builtin_shufflevector(before, last, 1, 2, 3, 4); }
WIDE words finished(words sum, words last) { return (words)_mm_sha256msg2_epu32((__m128i)sum, (__m128i)last); }

// Two rounds of the lower two words of `sums`, schedule words and constants. The halves change places.
WIDE void two_rounds(state *s, words sums) {
    words next = (words)_mm_sha256rnds2_epu32((__m128i)s->hgdc, (__m128i)s->feba, (__m128i)sums);
    s->hgdc = s->feba;
    s->feba = next;
}

WIDE words upper(words sums) { return __builtin_shufflevector(sums, sums, 2, 3, 2, 3); }

WIDE void four_rounds(state *s, words sums) {
    two_rounds(s, sums);
    two_rounds(s, upper(sums));
}

WIDE words constants(unsigned i) {
    const uint32_t *k = K + i;
    return (words){k[0], k[1], k[2], k[3]};
}

WIDE state packed(const uint32_t s[8]) { return (state){{s[5], s[4], s[1], s[0]}, {s[7], s[6], s[3], s[2]}}; }

// The words a to d and e to h.
WIDE void unpack(const state *s, words *abcd, words *efgh) {
    *abcd = __builtin_shufflevector(s->feba, s->hgdc, 3, 2, 7, 6);
    *efgh = __builtin_shufflevector(s->feba, s->hgdc, 1, 0, 5, 4);
}
