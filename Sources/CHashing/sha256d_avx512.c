// The SHA-256d search with AVX-512: 32 hashes at a time, or 16 nonces with two or four headers.
#if defined(__x86_64__)
#include "sha256d_avx512.h"
#include "sha256d_unrolled.h"
#include "sha256d_steps.h"

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
            first_rounds(job, works, nonces, states, 18);
            UNROLL for (unsigned i = 18; i < 64; i++) EACH_GROUP {
                vector *state = states[g];
                ROUND(state, i, WORD(7, i) + words[i], true);
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

const nj_sha256d_kernel nj_sha256d_avx512 = {
    .nonces = GROUPS * WIDTH,
    .search = search,
    .checksum = checksum,
    .shared_works = GROUPS,
    .shared_nonces = WIDTH,
    .search_shared = search_shared,
};
#endif
