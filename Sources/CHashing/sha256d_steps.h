#pragma once
// A search in steps of some nonces. The including file defines both_hashes(), as sha256d_unrolled.h does, and:
//
// - SWAP(x): x with the bytes of each word reversed
// - BITS(x, limit): an integer; bit i tells whether word i of x is at most `limit`
#include "sha256d_wide.h"

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
