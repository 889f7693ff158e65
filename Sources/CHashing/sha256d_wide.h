#pragma once
// SHA-256d with one hash in each word of a vector. The including file defines:
//
// - TARGET and vector, for sha256d_schedule.h; a vector has WIDTH words, and with WIDTH 1 is a plain word
// - PLACES: the vector 0, 1, 2 …
// - GROUPS: how many vectors are hashed at the same time. A round is a chain of instructions that wait for each other;
//   the rounds of two vectors, in turns, fill each other's time. It needs many registers.
// - ROUND: the function that makes a round, where there is something better than hash_round
// - VECTOR_MAJORITY(a, b, c): SHA-256's function of vectors, where there is something better than MAJORITY
//
// Rounds before the nonce's are computed once for a job, and the second hash begins with the initial value.
#include "sha256d_round.h"

#ifndef ROUND
#define ROUND hash_round
#endif

// Rounds 3 to `end` - 1 of the first hash's second block; `end` is 18 at most.
WIDE void first_rounds(
    const nj_sha256d_job *job, const nj_sha256d_work *const works[GROUPS], const vector nonces[GROUPS],
    vector states[GROUPS][8], unsigned end) {
    EACH_GROUP {
        vector *state = states[g];
        WORD(0, 4) = nonces[g] + works[g]->a;
        WORD(4, 4) = nonces[g] + works[g]->e;
        UNROLL for (unsigned n = 0; n < 3; n++) {
            WORD(n + 1, 4) = all(works[g]->state3[n]);
            WORD(n + 5, 4) = all(works[g]->state3[n + 4]);
        }
    }
    UNROLL for (unsigned i = 4; i < 7; i++) EACH_GROUP ROUND(states[g], i, all(works[g]->sums[i - 4]), true);
    UNROLL for (unsigned i = 7; i < end; i++) EACH_GROUP {
        vector *state = states[g];
        uint32_t word = i == 15 ? HEADER_BITS : i == 16 ? job->w16 : i == 17 ? job->w17 : 0;
        ROUND(state, i, WORD(7, i) + (K[i] + word), true);
    }
}

// The end of the first hash: its digest is the first half of the second one's block.
WIDE void first_digest(const nj_sha256d_work *work, const vector state[8], vector w[16]) {
    UNROLL for (unsigned n = 0; n < 8; n++) w[n] = WORD(n, 64) + work->midstate[n];
}

// The second hash's rounds 0 to `last`. Unless the whole digest is wanted, those after round `last` - 4 make no a.
WIDE void second_hash(vector w[GROUPS][16], vector states[GROUPS][8], unsigned last, bool is_whole) {
    // Round 0 adds these to word 0.
    const uint32_t t = K[0] + IV[7] + CHOICE(IV[4], IV[5], IV[6]) + SUM1(IV[4]);
    const uint32_t a = t + SUM0(IV[0]) + MAJORITY(IV[0], IV[1], IV[2]);
    EACH_GROUP {
        vector *state = states[g];
        WORD(0, 1) = w[g][0] + a;
        WORD(4, 1) = w[g][0] + (t + IV[3]);
        UNROLL for (unsigned n = 0; n < 3; n++) {
            WORD(n + 1, 1) = all(IV[n]);
            WORD(n + 5, 1) = all(IV[n + 4]);
        }
    }
    UNROLL for (unsigned i = 1; i <= last; i++) EACH_GROUP {
        vector *state = states[g], sum;
        if (i < 4)
            sum = w[g][i] + (K[i] + IV[7 - i]);
        else if (i >= 8 && i < 16)
            sum = WORD(7, i) + (K[i] + (i == 8 ? END_BIT : i == 15 ? DIGEST_BITS : 0));
        else
            sum = WORD(7, i) + ((i < 8 ? w[g][i] : second_word(w[g], i)) + K[i]);
        ROUND(state, i, sum, is_whole || i + 4 <= last);
    }
}
