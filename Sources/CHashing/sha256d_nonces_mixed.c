// SHA-256d of whole headers of one job, which differ in their nonce alone: the search's work on 16 nonces at a time, see
// sha256d_mixed.c, with all rounds of the second hash.
#if defined(__x86_64__)
#include <stdint.h>

#define TARGET __attribute__((target("sha,avx512f,avx512bw,avx512vl")))
typedef uint32_t vector __attribute__((vector_size(64), may_alias));
#include "sha256d_mixed.h"
#include "sha256d_nonces.h"

TARGET __attribute__((noinline)) static void first_half_whole(const nj_sha256d_job *job, scratch *m) {
    first_half(job, &job->work[0], m, true);
}

TARGET __attribute__((noinline)) static void second_half_whole(const nj_sha256d_job *job, vector nonces, scratch *m) {
    second_half(job, nonces, m, true);
}

TARGET size_t
nj_sha256d_nonces_mixed(const uint8_t *const *headers, const size_t *sizes, size_t count, uint8_t *digests) {
    const uint8_t *known = headers[0];
    const size_t groups = count / NONCES;
    vector nonces;
    if (groups == 0 || !take_nonces(headers, sizes, known, &nonces)) return 0;
    nj_sha256d_job job;
    nj_sha256d_prepare(&job, known, 1);
    scratch m;
    memset(&m, 0, sizeof m);
    const vector feba = (vector)_mm512_broadcast_i32x4(_mm_set_epi32((int)IV[0], (int)IV[1], (int)IV[4], (int)IV[5]));
    const vector hgdc = (vector)_mm512_broadcast_i32x4(_mm_set_epi32((int)IV[2], (int)IV[3], (int)IV[6], (int)IV[7]));
    first_schedule(&job, nonces, &m);
    // The first turn makes the first group's first hashes only.
    first_half_whole(&job, &m);
    bool has_next = groups > 1 && take_nonces(headers + NONCES, sizes + NONCES, known, &nonces);
    second_half_whole(&job, nonces, &m);
    first_digest(&job.work[0], &m);
    for (size_t group = 0;; group++) {
        // The first hashes of the next group, and the second ones of this.
        first_half_whole(&job, &m);
        const size_t second = NONCES * (group + 2);
        const bool has_second =
            has_next && group + 2 < groups && take_nonces(headers + second, sizes + second, known, &nonces);
        second_half_whole(&job, nonces, &m);
        first_digest(&job.work[0], &m);
        UNROLL for (unsigned k = 0; k < 4; k++) {
            m.second_feba[k] += feba;
            m.second_hgdc[k] += hgdc;
        }
        store_digests(m.second_feba, m.second_hgdc, digests + 32 * NONCES * group);
        if (!has_next) return NONCES * (group + 1);
        has_next = has_second;
    }
}
#endif
