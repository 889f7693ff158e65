#pragma once
// Both hashes in one piece of code without loops, which computes nothing that is known before.
#include "sha256d_wide.h"

// Both hashes of each nonce, with one header, up to the second one's round `last`.
WIDE void both_hashes(
    const nj_sha256d_job *job, size_t work, const vector nonces[GROUPS], vector states[GROUPS][8], unsigned last,
    bool is_whole) {
    const nj_sha256d_work *works[GROUPS];
    vector w[GROUPS][16];
    EACH_GROUP works[g] = &job->work[work];
    first_rounds(job, works, nonces, states, 18);
    UNROLL for (unsigned i = 18; i < 64; i++) EACH_GROUP {
        vector *state = states[g];
        ROUND(state, i, WORD(7, i) + (first_word(job, w[g], i, nonces[g]) + K[i]), true);
    }
    EACH_GROUP first_digest(works[g], states[g], w[g]);
    second_hash(w, states, last, is_whole);
}
