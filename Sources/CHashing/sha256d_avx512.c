// The SHA-256d search with AVX-512: 32 hashes at a time, or 16 nonces with two or four headers.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define TARGET __attribute__((target("avx512f,avx512bw")))
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
#include "sha256d_wide.h"
#include "sha256d_nonces.h"

// The headers' second blocks are the same, and so are their schedules. Each is computed once, and then two headers'
// rounds run at the same time.
TARGET static size_t search_shared(
    const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits) {
    for (size_t step = 0; step < steps; step++, first += WIDTH) {
        STEP;
        const vector nonce = SWAP(first + PLACES), nonces[GROUPS] = {nonce, nonce};
        // Schedule words with the rounds' constants.
        vector w[GROUPS][16], words[64];
        UNROLL for (unsigned i = 18; i < 64; i++) words[i] = first_word(job, w[0], i, nonce) + K[i];
        uint32_t any = 0;
        for (unsigned work = 0; work < job->works; work += GROUPS) {
            STEP;
            const nj_sha256d_work *works[GROUPS] = {&job->work[work], &job->work[work + 1]};
            vector states[GROUPS][8];
            first_rounds(job, works, nonces, states);
            UNROLL for (unsigned i = 18; i < 64; i++) EACH_GROUP {
                vector *state = states[g];
                hash_round(state, i, WORD(7, i) + words[i], true);
            }
            EACH_GROUP first_digest(works[g], states[g], w[g]);
            second_hash(w, states, 60, false);
            EACH_GROUP {
                vector *state = states[g];
                any |= hits[work + g] = LAST_BITS(state, limit);
            }
        }
        if (any != 0) return step;
    }
    return steps;
}

// Writes 16 digests.
WIDE void store_digests(const vector state[8], uint8_t *digests) {
    __m512i words[8];
    UNROLL for (unsigned n = 0; n < 8; n++) words[n] = (__m512i)swapped(WORD(n, 64) + IV[n]);
    UNROLL for (unsigned half = 0; half < 2; half++) {
        const __m512i *w = words + 4 * half;
        const __m512i a = _mm512_unpacklo_epi32(w[0], w[1]), b = _mm512_unpackhi_epi32(w[0], w[1]);
        const __m512i c = _mm512_unpacklo_epi32(w[2], w[3]), d = _mm512_unpackhi_epi32(w[2], w[3]);
        // Half the digests of the hashes n, 4 + n, 8 + n and 12 + n.
        const __m512i four[4] = {
            _mm512_unpacklo_epi64(a, c), _mm512_unpackhi_epi64(a, c), _mm512_unpacklo_epi64(b, d),
            _mm512_unpackhi_epi64(b, d)};
        UNROLL for (unsigned n = 0; n < 4; n++) {
            __m128i *to = (__m128i *)(digests + 32 * n) + half;
            _mm_storeu_si128(to, _mm512_castsi512_si128(four[n]));
            _mm_storeu_si128(to + 8, _mm512_extracti32x4_epi32(four[n], 1));
            _mm_storeu_si128(to + 16, _mm512_extracti32x4_epi32(four[n], 2));
            _mm_storeu_si128(to + 24, _mm512_extracti32x4_epi32(four[n], 3));
        }
    }
}

TARGET size_t nj_sha256d_nonces_avx512(const uint8_t *const *headers, size_t count, uint8_t *digests) {
    nj_sha256d_job job;
    nj_sha256d_prepare(&job, headers[0], 1);
    size_t done = 0;
    for (; done + GROUPS * WIDTH <= count; done += GROUPS * WIDTH) {
        STEP;
        vector nonces[GROUPS], states[GROUPS][8];
        bool are_alike = true;
        EACH_GROUP are_alike &= take_nonces(headers + done + g * WIDTH, headers[0], &nonces[g]);
        if (!are_alike) break;
        both_hashes(&job, 0, nonces, states, 63, true);
        EACH_GROUP store_digests(states[g], digests + 32 * (done + g * WIDTH));
    }
    return done;
}

const nj_sha256d_kernel nj_sha256d_avx512 = {
    .nonces = GROUPS * WIDTH,
    .search = search,
    .checksum = checksum,
    .shared_works = GROUPS,
    .shared_nonces = WIDTH,
    .search_shared = search_shared,
};
#endif
