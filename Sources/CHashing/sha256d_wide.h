// The SHA-256d search with one hash in each word of a vector. The including file defines:
//
// - TARGET and vector, for sha256d_schedule.h; a vector has WIDTH words, and with WIDTH 1 is a plain word
// - PLACES: the vector 0, 1, 2 …
// - GROUPS: how many vectors are hashed at the same time. A round is a chain of instructions that wait for each other;
//   the rounds of two vectors, in turns, fill each other's time. It needs many registers.
// - SWAP(x): x with the bytes of each word reversed
// - BITS(x, limit): an integer; bit i tells whether word i of x is at most `limit`
// - VECTOR_MAJORITY(a, b, c): SHA-256's function of vectors, where there is something better than MAJORITY
//
// Rounds before the nonce's are computed once for a job, and the second hash begins with the initial value.
#include "sha256d_schedule.h"

#define EACH_GROUP UNROLL for (unsigned g = 0; g < GROUPS; g++)

#ifndef VECTOR_MAJORITY
#define VECTOR_MAJORITY MAJORITY
#endif

// The state's words take turns: word n (0 is a, 7 is h) before round i.
#define WORD(n, i) state[((n) - (i)) & 7]

// Round i. `sum` is the sum of h, constant and schedule word. The last rounds before a digest word is known need no a.
WIDE void hash_round(vector state[8], unsigned i, vector sum, bool makes_a) {
    vector t = sum + CHOICE(WORD(4, i), WORD(5, i), WORD(6, i)) + SUM1(WORD(4, i));
    if (makes_a) WORD(7, i) = SUM0(WORD(0, i)) + VECTOR_MAJORITY(WORD(0, i), WORD(1, i), WORD(2, i)) + t;
    WORD(3, i) += t;
}

// Rounds 3 to 17 of the first hash's second block.
WIDE void first_rounds(
    const nj_sha256d_job *job, const nj_sha256d_work *const works[GROUPS], const vector nonces[GROUPS],
    vector states[GROUPS][8]) {
    EACH_GROUP {
        vector *state = states[g];
        WORD(0, 4) = nonces[g] + works[g]->a;
        WORD(4, 4) = nonces[g] + works[g]->e;
        UNROLL for (unsigned n = 0; n < 3; n++) {
            WORD(n + 1, 4) = all(works[g]->state3[n]);
            WORD(n + 5, 4) = all(works[g]->state3[n + 4]);
        }
    }
    UNROLL for (unsigned i = 4; i < 7; i++) EACH_GROUP hash_round(states[g], i, all(works[g]->sums[i - 4]), true);
    UNROLL for (unsigned i = 7; i < 18; i++) EACH_GROUP {
        vector *state = states[g];
        uint32_t word = i == 15 ? HEADER_BITS : i == 16 ? job->w16 : i == 17 ? job->w17 : 0;
        hash_round(state, i, WORD(7, i) + (K[i] + word), true);
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
        hash_round(state, i, sum, is_whole || i + 4 <= last);
    }
}

// Both hashes of each nonce, with one header, up to the second one's round `last`.
WIDE void both_hashes(
    const nj_sha256d_job *job, size_t work, const vector nonces[GROUPS], vector states[GROUPS][8], unsigned last,
    bool is_whole) {
    const nj_sha256d_work *works[GROUPS];
    vector w[GROUPS][16];
    EACH_GROUP works[g] = &job->work[work];
    first_rounds(job, works, nonces, states);
    UNROLL for (unsigned i = 18; i < 64; i++) EACH_GROUP {
        vector *state = states[g];
        hash_round(state, i, WORD(7, i) + (first_word(job, w[g], i, nonces[g]) + K[i]), true);
    }
    EACH_GROUP first_digest(works[g], states[g], w[g]);
    second_hash(w, states, last, is_whole);
}

WIDE void nonces_from(uint32_t first, vector nonces[GROUPS]) {
    EACH_GROUP nonces[g] = SWAP(first + g * WIDTH + PLACES);
}

// Keeps what a step reads in memory: the compiler would read it before the loop, and there are too few registers.
#define STEP __asm__ volatile("" ::: "memory")

// The digest's last word is e after round 60, and the initial value's last word.
#define LAST_BITS(state, limit) BITS(SWAP(WORD(4, 61) + IV[7]), limit)

TARGET static size_t search(const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits) {
    for (size_t step = 0; step < steps; step++, first += GROUPS * WIDTH) {
        STEP;
        vector nonces[GROUPS], states[GROUPS][8];
        nonces_from(first, nonces);
        both_hashes(job, 0, nonces, states, 60, false);
        uint32_t bits = 0;
        EACH_GROUP {
            vector *state = states[g];
            bits |= (uint32_t)LAST_BITS(state, limit) << g * WIDTH;
        }
        if (bits == 0) continue;
        *hits = bits;
        return step;
    }
    return steps;
}

WIDE uint32_t xor_of(vector x) {
    uint32_t words[WIDTH], result = 0;
    memcpy(words, &x, sizeof words);
    for (unsigned i = 0; i < WIDTH; i++) result ^= words[i];
    return result;
}

TARGET static uint64_t checksum(const nj_sha256d_job *job, uint32_t first, size_t steps) {
    vector word6 = all(0), word7 = all(0);
    for (size_t step = 0; step < steps; step++, first += GROUPS * WIDTH) {
        STEP;
        vector nonces[GROUPS], states[GROUPS][8];
        nonces_from(first, nonces);
        both_hashes(job, 0, nonces, states, 61, false);
        EACH_GROUP {
            vector *state = states[g];
            word6 ^= WORD(4, 62) + IV[6];
            word7 ^= WORD(5, 62) + IV[7];
        }
    }
    return (uint64_t)__builtin_bswap32(xor_of(word7)) << 32 | __builtin_bswap32(xor_of(word6));
}
