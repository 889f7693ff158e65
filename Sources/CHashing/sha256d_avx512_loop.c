// The SHA-256d search with AVX-512 in a short loop, 32 hashes at a time.
#if defined(__x86_64__)
#include "sha256d_avx512_loop.h"

// All rounds are made, and move no word that a search looks at.
WIDE void both_hashes(
    const nj_sha256d_job *job, size_t work, const vector nonces[GROUPS], vector states[GROUPS][8], unsigned last,
    bool is_whole) {
    (void)work, (void)last, (void)is_whole;
    hashes_in_loop(job, nonces, states, NULL);
}

#include "sha256d_steps.h"

const nj_sha256d_kernel nj_sha256d_avx512_loop = {
    .nonces = GROUPS * WIDTH,
    .search = search,
    .checksum = checksum,
};
#endif
