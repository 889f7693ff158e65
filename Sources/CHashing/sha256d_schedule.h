#pragma once
// The message schedules of both hashes, in vectors of one word of each hash. The including file defines:
//
// - TARGET: the attribute that chooses the instruction set
// - vector: the type, of 32-bit words; it may be a plain word
//
// Nothing is computed that does not depend on the nonce. In the first hash's second block the nonce is word 3, and the
// words behind it are constant, most of them zero. In the second hash's only block the last eight words are constant.
#include "sha256d_search.h"

// The schedule's last sixteen words: the word `back` rounds before round i.
#define BACK(back) w[(i - (back)) & 15]

// The vector of a word in each place.
WIDE vector all(uint32_t word) { return word - (vector){0}; }

// Word i of the first hash's schedule, from 18 on.
WIDE vector first_word(const nj_sha256d_job *job, vector w[16], unsigned i, vector nonce) {
    vector word;
    if (i == 18)
        word = SIGMA0(nonce) + job->w18;
    else if (i == 19)
        word = nonce + job->w19;
    else {
        word = SIGMA1(BACK(2));
        if (i == 20) word += END_BIT;
        if (i == 22) word += HEADER_BITS;
        if (i == 23) word += job->w16;
        if (i == 24) word += job->w17;
        if (i >= 25) word += BACK(7);
        if (i == 30) word += SIGMA0(HEADER_BITS);
        if (i == 31) word += job->w31;
        if (i == 32) word += job->w32;
        if (i == 33) word += SIGMA0(BACK(15)) + job->w17;
        if (i >= 34) word += SIGMA0(BACK(15)) + BACK(16);
    }
    return w[i & 15] = word;
}

// Word i of the second hash's schedule, from 16 on.
WIDE vector second_word(vector w[16], unsigned i) {
    vector word = i <= 22 || i >= 31 ? SIGMA0(BACK(15)) : all(0);
    if (i <= 23 || i >= 32) word += BACK(16);
    if (i == 17) word += SIGMA1(DIGEST_BITS);
    if (i >= 18) word += SIGMA1(BACK(2));
    if (i >= 23) word += BACK(7);
    if (i == 23) word += SIGMA0(END_BIT);
    if (i == 24) word += END_BIT;
    if (i == 30) word += SIGMA0(DIGEST_BITS);
    if (i == 22 || i == 31) word += DIGEST_BITS;
    return w[i & 15] = word;
}
