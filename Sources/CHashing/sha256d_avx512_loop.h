#pragma once
// Both hashes with AVX-512 in short code, 15 kB rather than 43. A processor keeps the instructions of a short loop decoded; a
// long one's it fetches and decodes anew each time, and on Zen 5 that takes longer than the hashes. The price is a tenth
// more operations: some of what is known before is computed.
#include "sha256d_avx512.h"
#include "sha256d_round.h"

// As hash_round, in assembly, because the compiler finds more instructions.
WIDE void round_in_assembly(vector state[8], unsigned i, vector sum, bool makes_a) {
    vector x, y, z;
    __asm__("vprord $6, %[e], %[x]\n\tvprord $11, %[e], %[y]\n\tvprord $25, %[e], %[z]\n\t"
            "vpternlogd $0x96, %[z], %[y], %[x]\n\t"
            "vmovdqa64 %[e], %[z]\n\tvpternlogd $0xCA, %[g], %[f], %[z]\n\t"
            "vpaddd %[z], %[sum], %[sum]\n\tvpaddd %[x], %[sum], %[sum]\n\tvpaddd %[sum], %[d], %[d]"
            : [sum] "+v"(sum), [d] "+v"(WORD(3, i)), [x] "=&v"(x), [y] "=&v"(y), [z] "=&v"(z)
            : [e] "v"(WORD(4, i)), [f] "v"(WORD(5, i)), [g] "v"(WORD(6, i)));
    if (!makes_a) return;
    __asm__("vprord $2, %[a], %[x]\n\tvprord $13, %[a], %[y]\n\tvprord $22, %[a], %[z]\n\t"
            "vpternlogd $0x96, %[z], %[y], %[x]\n\t"
            "vmovdqa64 %[a], %[z]\n\tvpternlogd $0xE8, %[c], %[b], %[z]\n\t"
            "vpaddd %[x], %[sum], %[x]\n\tvpaddd %[z], %[x], %[h]"
            : [h] "=v"(WORD(7, i)), [x] "=&v"(x), [y] "=&v"(y), [z] "=&v"(z)
            : [sum] "v"(sum), [a] "v"(WORD(0, i)), [b] "v"(WORD(1, i)), [c] "v"(WORD(2, i)));
}

// Word i of the schedule takes the place of word i - 16. The result is its sum with h and the round's constant.
WIDE vector next_sum(vector w[16], unsigned i, vector h, const uint32_t *constant) {
    vector s0, s1, x, y;
    __asm__("vmovdqa64 %[w15], %[s0]\n\tvprord $7, %[s0], %[x]\n\tvprord $18, %[s0], %[y]\n\t"
            "vpsrld $3, %[s0], %[s0]\n\tvpternlogd $0x96, %[x], %[y], %[s0]\n\t"
            "vmovdqa64 %[w2], %[s1]\n\tvprord $17, %[s1], %[x]\n\tvprord $19, %[s1], %[y]\n\t"
            "vpsrld $10, %[s1], %[s1]\n\tvpternlogd $0x96, %[x], %[y], %[s1]\n\t"
            "vpaddd %[w7], %[s0], %[s0]\n\tvpaddd %[w16], %[s1], %[s1]\n\tvpaddd %[s0], %[s1], %[s1]\n\t"
            "vmovdqa64 %[s1], %[w16]\n\t"
            "vpaddd %[constant]%{1to16%}, %[h], %[s0]\n\tvpaddd %[s1], %[s0], %[s0]"
            : [w16] "+m"(BACK(16)), [s0] "=&v"(s0), [s1] "=&v"(s1), [x] "=&v"(x), [y] "=&v"(y)
            : [w15] "m"(BACK(15)), [w2] "m"(BACK(2)), [w7] "m"(BACK(7)), [h] "v"(h), [constant] "m"(*constant));
    return s0;
}

// Memory that is wanted soon: headers, and the place for digests.
typedef struct {
    const uint8_t *const *headers;
    uint8_t *digests;
} near;

// Of each, a third for each 16 rounds: a few at a time, because the processor can wait for a limited number of lines.
enum { AHEAD = 18, LINES_AHEAD = 9 };

WIDE void prefetch(near *ahead) {
    UNROLL for (unsigned n = 0; n < AHEAD / 3; n++) __builtin_prefetch(ahead->headers[n] + NJ_SHA256D_HEADER - 1);
    UNROLL for (unsigned n = 0; n < LINES_AHEAD / 3; n++) __builtin_prefetch(ahead->digests + 64 * n, 1);
    ahead->headers += AHEAD / 3;
    ahead->digests += LINES_AHEAD / 3 * 64;
}

// Rounds 16 to 63. A function of its own, so that the compiler keeps all states in registers. It prefetches what is `ahead`,
// unless that is null.
TARGET __attribute__((noinline)) static void loop(vector w[GROUPS][16], vector outside[GROUPS][8], near *ahead) {
    vector states[GROUPS][8];
    EACH_GROUP UNROLL for (unsigned n = 0; n < 8; n++) states[g][n] = outside[g][n];
    for (const uint32_t *constants = K + 16; constants != K + 64; constants += 16) {
        if (ahead != NULL) prefetch(ahead);
        UNROLL for (unsigned i = 0; i < 16; i++) EACH_GROUP {
            vector *state = states[g];
            round_in_assembly(state, i, next_sum(w[g], i, WORD(7, i), constants + i), true);
        }
        // The compiler would make one long piece of three turns.
        __asm__ volatile("" : "+r"(constants));
    }
    EACH_GROUP UNROLL for (unsigned n = 0; n < 8; n++) outside[g][n] = states[g][n];
}

#define ROUND round_in_assembly
#include "sha256d_wide.h"

// Both hashes of each nonce, with one header, all rounds. It prefetches twice what loop() does.
WIDE void hashes_in_loop(
    const nj_sha256d_job *job, const vector nonces[GROUPS], vector states[GROUPS][8], near *ahead) {
    const nj_sha256d_work *works[GROUPS];
    vector w[GROUPS][16];
    EACH_GROUP {
        works[g] = &job->work[0];
        UNROLL for (unsigned i = 0; i < 3; i++) w[g][i] = all(job->tail[i]);
        w[g][3] = nonces[g];
        UNROLL for (unsigned i = 4; i < 16; i++) w[g][i] = all(i == 4 ? END_BIT : i == 15 ? HEADER_BITS : 0);
    }
    first_rounds(job, works, nonces, states, 16);
    loop(w, states, ahead);
    EACH_GROUP {
        first_digest(works[g], states[g], w[g]);
        UNROLL for (unsigned i = 8; i < 16; i++) w[g][i] = all(i == 8 ? END_BIT : i == 15 ? DIGEST_BITS : 0);
    }
    second_hash(w, states, 15, true);
    loop(w, states, ahead);
}
