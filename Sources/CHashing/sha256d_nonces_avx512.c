// SHA-256d of whole headers of one job, which differ in their nonce alone: 32 at a time with AVX-512.
#if defined(__x86_64__)
#include "sha256d_avx512_loop.h"
#include "sha256d_nonces.h"

enum { HEADERS = GROUPS * WIDTH, STEPS_AHEAD = 3 };

// Writes 16 digests.
WIDE void store_digests(const vector state[8], uint8_t *digests) {
    // By half of the digest: those of the hashes n, 4 + n, 8 + n and 12 + n.
    __m512i halves[2][4];
    UNROLL for (unsigned half = 0; half < 2; half++) {
        __m512i w[4];
        UNROLL for (unsigned n = 0; n < 4; n++) w[n] = (__m512i)swapped(WORD(4 * half + n, 64) + IV[4 * half + n]);
        const __m512i a = _mm512_unpacklo_epi32(w[0], w[1]), b = _mm512_unpackhi_epi32(w[0], w[1]);
        const __m512i c = _mm512_unpacklo_epi32(w[2], w[3]), d = _mm512_unpackhi_epi32(w[2], w[3]);
        halves[half][0] = _mm512_unpacklo_epi64(a, c);
        halves[half][1] = _mm512_unpackhi_epi64(a, c);
        halves[half][2] = _mm512_unpacklo_epi64(b, d);
        halves[half][3] = _mm512_unpackhi_epi64(b, d);
    }
    // Two digests at a time, n and n + 1, by what the hashes have in common.
    UNROLL for (unsigned n = 0; n < 4; n += 2) {
        const __m512i *low = halves[0] + n, *high = halves[1] + n;
        const __m512i a = _mm512_shuffle_i32x4(low[0], high[0], 0x44), b = _mm512_shuffle_i32x4(low[0], high[0], 0xEE);
        const __m512i c = _mm512_shuffle_i32x4(low[1], high[1], 0x44), d = _mm512_shuffle_i32x4(low[1], high[1], 0xEE);
        _mm512_storeu_si512(digests + 32 * n, _mm512_shuffle_i32x4(a, c, 0x88));
        _mm512_storeu_si512(digests + 32 * (n + 4), _mm512_shuffle_i32x4(a, c, 0xDD));
        _mm512_storeu_si512(digests + 32 * (n + 8), _mm512_shuffle_i32x4(b, d, 0x88));
        _mm512_storeu_si512(digests + 32 * (n + 12), _mm512_shuffle_i32x4(b, d, 0xDD));
    }
}

TARGET __attribute__((noinline)) static void hash_step(
    const nj_sha256d_job *job, const vector nonces[GROUPS], uint8_t *digests, near *ahead) {
    vector states[GROUPS][8];
    hashes_in_loop(job, nonces, states, ahead);
    EACH_GROUP store_digests(states[g], digests + 32 * g * WIDTH);
}

WIDE bool take_step(const uint8_t *const *headers, const size_t *sizes, const uint8_t *known, vector nonces[GROUPS]) {
    bool are_alike = true;
    EACH_GROUP are_alike = are_alike && take_nonces(headers + g * WIDTH, sizes + g * WIDTH, known, &nonces[g]);
    return are_alike;
}

// A step's nonces are taken before the step in front of it is hashed, so that they have arrived when they are needed.
TARGET size_t
nj_sha256d_nonces_avx512(const uint8_t *const *headers, const size_t *sizes, size_t count, uint8_t *digests) {
    nj_sha256d_job job;
    nj_sha256d_prepare(&job, headers[0], 1);
    vector nonces[2][GROUPS];
    size_t done = 0;
    bool are_alike = count >= HEADERS && take_step(headers, sizes, headers[0], nonces[0]);
    for (unsigned turn = 0; are_alike; turn ^= 1) {
        const size_t next = done + HEADERS, headers_ahead = next + STEPS_AHEAD * HEADERS;
        are_alike = next + HEADERS <= count && take_step(headers + next, sizes + next, headers[0], nonces[turn ^ 1]);
        near ahead = {headers + headers_ahead, digests + 32 * next};
        hash_step(&job, nonces[turn], digests + 32 * done, headers_ahead + 2 * AHEAD <= count ? &ahead : NULL);
        done = next;
    }
    return done;
}
#endif
