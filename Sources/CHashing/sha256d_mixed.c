// The SHA-256d search with both kinds of instructions at the same time: AVX-512 for the message schedules of 16 hashes,
// and SHA instructions for their rounds. They occupy different parts of the processor, so each hides the other's time.
//
// The work on a header's 16 hashes has four parts: first schedule, first rounds, second schedule, second rounds. Each
// turn of the search makes the first rounds of one item beside the second schedule of the item before it, and then that
// one's second rounds beside the first schedule of the next nonces. The parts are written in small alternating pieces:
// the processor looks ahead some hundred instructions only.
#if defined(__x86_64__)
#include <stdint.h>

#define TARGET __attribute__((target("sha,avx512f,avx512bw")))
typedef uint32_t vector __attribute__((vector_size(64), may_alias));
#include "sha256d_mixed.h"

WIDE vector nonces_from(uint32_t first) {
    return swapped(first + (vector){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
}

TARGET __attribute__((noinline)) static void first_rounds_half(
    const nj_sha256d_job *job, const nj_sha256d_work *work, scratch *m) {
    first_half(job, work, m, false);
}

TARGET __attribute__((noinline)) static void second_rounds_half(const nj_sha256d_job *job, uint32_t next, scratch *m) {
    second_half(job, nonces_from(next), m, false);
}

// The second hash's rounds alone: the next header has the same first schedule.
TARGET __attribute__((noinline)) static void second_half_alone(const nj_sha256d_job *job, scratch *m) {
    state s[NONCES];
    vector w[16];
    second_part(job, s, w, all(0), m, 0, 5, 64, false);
    second_part(job, s, w, all(0), m, 5, 10, 64, false);
    second_part(job, s, w, all(0), m, 10, 16, 64, false);
}

// One turn: the first hash with a header, and the second hash of the turn before. `next` is the first nonce of the next
// step; it counts only where the header is the job's last one.
//
// The digest is taken last: its wide loads from what narrow stores wrote would have to wait right behind them.
WIDE void turn(const nj_sha256d_job *job, uint32_t work, uint32_t next, scratch *m) {
    first_rounds_half(job, &job->work[work], m);
    if (work + 1 == job->works)
        second_rounds_half(job, next, m);
    else
        second_half_alone(job, m);
    first_digest(&job->work[work], m);
}

// The digests' last two words, as little-endian: the last one in the even places.
WIDE void last_words(const scratch *m, vector result[2]) {
    const vector initial = {IV[7], IV[6], IV[7], IV[6], IV[7], IV[6], IV[7], IV[6],
                            IV[7], IV[6], IV[7], IV[6], IV[7], IV[6], IV[7], IV[6]};
    UNROLL for (unsigned i = 0; i < 2; i++) result[i] = swapped(((const vector *)m->last)[i] + initial);
}

WIDE uint32_t last_bits(const scratch *m, uint32_t limit) {
    vector words[2];
    last_words(m, words);
    uint32_t places = 0, bits = 0;
    UNROLL for (unsigned i = 0; i < 2; i++) {
        const uint32_t met = _mm512_cmple_epu32_mask((__m512i)words[i], _mm512_set1_epi32((int)limit));
        places |= (met & 0x5555) << 16 * i;
    }
    for (; places != 0; places &= places - 1) bits |= 1U << __builtin_ctz(places) / 2;
    return bits;
}

TARGET static size_t search(const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits) {
    scratch m;
    memset(&m, 0, sizeof m);
    first_schedule(job, nonces_from(first), &m);
    // The first turn makes the first hashes of the first header only. One turn more ends the last step.
    turn(job, 0, first + NONCES, &m);
    for (size_t step = 0; step < steps; step++) {
        uint32_t any = 0;
        for (uint32_t work = 0; work < job->works; work++) {
            const bool is_last = work + 1 == job->works;
            const uint32_t ahead = (uint32_t)step + (is_last ? 2 : 1);
            turn(job, is_last ? 0 : work + 1, first + ahead * NONCES, &m);
            any |= hits[work] = last_bits(&m, limit);
        }
        if (any != 0) return step;
    }
    return steps;
}

TARGET static uint64_t checksum(const nj_sha256d_job *job, uint32_t first, size_t steps) {
    scratch m;
    memset(&m, 0, sizeof m);
    first_schedule(job, nonces_from(first), &m);
    turn(job, 0, first + NONCES, &m);
    vector sum = all(0);
    for (size_t step = 0; step < steps; step++) {
        turn(job, 0, first + (uint32_t)(step + 2) * NONCES, &m);
        vector words[2];
        last_words(&m, words);
        sum ^= words[0] ^ words[1];
    }
    uint32_t words[16], result[2] = {0};
    memcpy(words, &sum, sizeof words);
    for (unsigned i = 0; i < 16; i++) result[i % 2] ^= words[i];
    return (uint64_t)result[0] << 32 | result[1];
}

const nj_sha256d_kernel nj_sha256d_mixed = {
    .nonces = NONCES,
    .search = search,
    .checksum = checksum,
    .shared_works = 1,
    .shared_nonces = NONCES,
    .search_shared = search,
};
#endif
