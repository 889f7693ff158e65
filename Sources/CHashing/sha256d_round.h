#pragma once
// A round of SHA-256 in each word of a vector. The including file defines what sha256d_wide.h names.
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
