#pragma once
// 16 hashes whose message schedules are vectors, and whose rounds are SHA instructions. The including file defines TARGET,
// with sha, avx512f and avx512bw in it, and vector, with 16 words.
#include "sha256d_search.h"

#include <immintrin.h>

typedef uint32_t four __attribute__((vector_size(16), may_alias));

// The SHA instructions' halves of the state: f, e, b, a and h, g, d, c.
typedef struct {
    four feba, hgdc;
} state;

// Two schedule words with their constants of each hash, in the order of PLACE.
typedef struct {
    vector lower, upper;
} pair;

// A hash's bytes in a pair. The unpacking instructions work on four hashes each: two go to `lower`, two to `upper`.
#define PLACE(hash) ((hash) % 4 / 2 * 64 + (hash) / 4 * 16 + (hash) % 2 * 8)

#define EACH_HASH UNROLL for (unsigned hash = from; hash < to; hash++)

// Keeps the pieces of rounds and schedules in the order in which they are written; the compiler would part them.
#define PIN(x) __asm__ volatile("" : "+v"(x) : : "memory")

WIDE vector swapped(vector x) {
    const __m512i order = _mm512_set4_epi32(0x0C0D0E0F, 0x08090A0B, 0x04050607, 0x00010203);
    return (vector)_mm512_shuffle_epi8((__m512i)x, order);
}

WIDE void put(pair *place, vector even, vector odd) {
    place->lower = (vector)_mm512_unpacklo_epi32((__m512i)even, (__m512i)odd);
    place->upper = (vector)_mm512_unpackhi_epi32((__m512i)even, (__m512i)odd);
}

// Two rounds of a hash. The halves change places. It is assembly for PIN's reason, and because the sums are best read from
// memory into the one register that the instruction takes them from.
WIDE void two_rounds_from(state *s, const pair *place, unsigned hash) {
    four next = s->hgdc;
    const uint64_t *sums = (const uint64_t *)((const char *)place + PLACE(hash));
    __asm__ volatile("vmovq %2, %%xmm0\n\tsha256rnds2 %1, %0" : "+x"(next) : "x"(s->feba), "m"(*sums) : "xmm0");
    s->hgdc = s->feba;
    s->feba = next;
}

// Halves of states, or 16 bytes of each input, with hash 4i + k at [k][i]. One vector for each of their four words.
WIDE void unpack(const vector rows[4], vector result[4]) {
    const __m512i *x = (const __m512i *)rows;
    const __m512i a = _mm512_unpacklo_epi32(x[0], x[1]), b = _mm512_unpackhi_epi32(x[0], x[1]);
    const __m512i c = _mm512_unpacklo_epi32(x[2], x[3]), d = _mm512_unpackhi_epi32(x[2], x[3]);
    result[0] = (vector)_mm512_unpacklo_epi64(a, c);
    result[1] = (vector)_mm512_unpackhi_epi64(a, c);
    result[2] = (vector)_mm512_unpacklo_epi64(b, d);
    result[3] = (vector)_mm512_unpackhi_epi64(b, d);
}

// Writes the digests of 16 states.
WIDE void store_digests(const vector febas[4], const vector hgdcs[4], uint8_t *digests) {
    UNROLL for (unsigned k = 0; k < 4; k++) {
        const __m512 feba = (__m512)febas[k], hgdc = (__m512)hgdcs[k];
        // a to d, and e to h, of four hashes.
        const vector halves[2] = {
            swapped((vector)_mm512_shuffle_ps(feba, hgdc, 0xBB)), swapped((vector)_mm512_shuffle_ps(feba, hgdc, 0x11))};
        UNROLL for (unsigned half = 0; half < 2; half++) {
            __m128i *to = (__m128i *)(digests + 32 * k) + half;
            const __m512i four_digests = (__m512i)halves[half];
            _mm_storeu_si128(to, _mm512_castsi512_si128(four_digests));
            _mm_storeu_si128(to + 8, _mm512_extracti32x4_epi32(four_digests, 1));
            _mm_storeu_si128(to + 16, _mm512_extracti32x4_epi32(four_digests, 2));
            _mm_storeu_si128(to + 24, _mm512_extracti32x4_epi32(four_digests, 3));
        }
    }
}
