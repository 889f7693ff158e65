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
#include "sha256d_pairs.h"
#include "sha256d_schedule.h"

enum { NONCES = 16 };

typedef struct {
    // By half of a round's number.
    pair first[32], second[32];
    // The first hash's digest.
    vector digest[8];
    // The states after the first hash's rounds, for unpack().
    vector feba[4], hgdc[4];
    // After the second hash's round 61: f and e, in the order of the hashes.
    uint64_t last[NONCES];
} scratch;

WIDE vector nonces_from(uint32_t first) {
    return swapped(first + (vector){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15});
}

// Two rounds of the same sums for each hash: see two_rounds_from.
WIDE void two_rounds(state *s, __m128i sums) {
    four next = s->hgdc;
    __asm__ volatile("sha256rnds2 %1, %0" : "+x"(next) : "x"(s->feba), "Yz"(sums));
    s->hgdc = s->feba;
    s->feba = next;
}

WIDE __m128i two(uint32_t even, uint32_t odd) { return _mm_set_epi32(0, 0, (int)odd, (int)even); }
WIDE state packed(const uint32_t s[8]) { return (state){{s[5], s[4], s[1], s[0]}, {s[7], s[6], s[3], s[2]}}; }

// Rounds 2i and 2i + 1 of the first hash, for some of the hashes.
WIDE void first_rounds(
    const nj_sha256d_job *job, const nj_sha256d_work *work, state s[NONCES], const scratch *m, unsigned from,
    unsigned to, unsigned i) {
    if (i == 0) {
        EACH_HASH s[hash] = packed(work->state2);
    } else if (i >= 2 && i <= 8) {
        const uint32_t even = i == 2 ? END_BIT : i == 8 ? job->w16 : 0;
        const uint32_t odd = i == 7 ? HEADER_BITS : i == 8 ? job->w17 : 0;
        const __m128i sums = two(K[2 * i] + even, K[2 * i + 1] + odd);
        EACH_HASH two_rounds(&s[hash], sums);
    } else
        EACH_HASH two_rounds_from(&s[hash], &m->first[i], hash);
}

// The same of the second hash. Its last two rounds are left out.
WIDE void second_rounds(state s[NONCES], const scratch *m, unsigned from, unsigned to, unsigned i) {
    if (i == 0) EACH_HASH s[hash] = packed(IV);
    if (i >= 4 && i <= 7) {
        const __m128i sums = two(K[2 * i] + (i == 4 ? END_BIT : 0), K[2 * i + 1] + (i == 7 ? DIGEST_BITS : 0));
        EACH_HASH two_rounds(&s[hash], sums);
    } else if (i < 31)
        EACH_HASH two_rounds_from(&s[hash], &m->second[i], hash);
}

// Word i of the first hash's schedule.
WIDE void first_piece(const nj_sha256d_job *job, vector w[16], vector nonces, scratch *m, unsigned i) {
    first_word(job, w, i, nonces);
    PIN(w[i & 15]);
    if (i % 2 == 1) put(&m->first[i / 2], w[(i - 1) & 15] + K[i - 1], w[i & 15] + K[i]);
}

// Word i of the second hash's schedule.
WIDE void second_piece(vector w[16], scratch *m, unsigned i) {
    second_word(w, i);
    PIN(w[i & 15]);
    if (i % 2 == 1) put(&m->second[i / 2], w[(i - 1) & 15] + K[i - 1], w[i & 15] + K[i]);
}

WIDE void first_part(
    const nj_sha256d_job *job, const nj_sha256d_work *work, state s[NONCES], vector w[16], scratch *m, unsigned from,
    unsigned to, unsigned word) {
    UNROLL for (unsigned i = 0; i < 16; i++) {
        first_rounds(job, work, s, m, from, to, 2 * i);
        first_rounds(job, work, s, m, from, to, 2 * i + 1);
        if (word + i < 62) second_piece(w, m, word + i);
    }
    EACH_HASH {
        ((four *)&m->feba[hash % 4])[hash / 4] = s[hash].feba;
        ((four *)&m->hgdc[hash % 4])[hash / 4] = s[hash].hgdc;
    }
}

// The first hash's rounds, beside the second hash's schedule of the item before: five or six hashes at a time, because
// the SHA instructions have 16 registers.
TARGET __attribute__((noinline)) static void first_half(
    const nj_sha256d_job *job, const nj_sha256d_work *work, scratch *m) {
    state s[NONCES];
    vector w[16];
    UNROLL for (unsigned n = 0; n < 8; n++) w[n] = m->digest[n];
    UNROLL for (unsigned n = 0; n < 8; n += 2) put(&m->second[n / 2], w[n] + K[n], w[n + 1] + K[n + 1]);
    first_part(job, work, s, w, m, 0, 5, 16);
    first_part(job, work, s, w, m, 5, 10, 32);
    first_part(job, work, s, w, m, 10, 16, 48);
}

WIDE void first_digest(const nj_sha256d_work *work, scratch *m) {
    vector feba[4], hgdc[4];
    unpack(m->feba, feba);
    unpack(m->hgdc, hgdc);
    UNROLL for (unsigned n = 0; n < 2; n++) {
        m->digest[n] = feba[3 - n] + work->midstate[n];
        m->digest[n + 2] = hgdc[3 - n] + work->midstate[n + 2];
        m->digest[n + 4] = feba[1 - n] + work->midstate[n + 4];
        m->digest[n + 6] = hgdc[1 - n] + work->midstate[n + 6];
    }
}

WIDE void begin_schedule(const nj_sha256d_job *job, vector nonces, scratch *m) {
    put(&m->first[1], all(job->tail[2] + K[2]), nonces + K[3]);
}

WIDE void second_part(
    const nj_sha256d_job *job, state s[NONCES], vector w[16], vector nonces, scratch *m, unsigned from, unsigned to,
    unsigned word) {
    UNROLL for (unsigned i = 0; i < 16; i++) {
        second_rounds(s, m, from, to, 2 * i);
        second_rounds(s, m, from, to, 2 * i + 1);
        if (word + i < 64) first_piece(job, w, nonces, m, word + i);
    }
    EACH_HASH memcpy(&m->last[hash], &s[hash].feba, 8);
}

// The second hash's rounds, beside the first hash's schedule of the nonces from `next` on.
TARGET __attribute__((noinline)) static void second_half(const nj_sha256d_job *job, uint32_t next, scratch *m) {
    state s[NONCES];
    vector w[16];
    const vector nonces = nonces_from(next);
    begin_schedule(job, nonces, m);
    second_part(job, s, w, nonces, m, 0, 5, 18);
    second_part(job, s, w, nonces, m, 5, 10, 34);
    second_part(job, s, w, nonces, m, 10, 16, 50);
}

// The second hash's rounds alone: the next header has the same first schedule.
TARGET __attribute__((noinline)) static void second_half_alone(const nj_sha256d_job *job, scratch *m) {
    state s[NONCES];
    vector w[16];
    second_part(job, s, w, all(0), m, 0, 5, 64);
    second_part(job, s, w, all(0), m, 5, 10, 64);
    second_part(job, s, w, all(0), m, 10, 16, 64);
}

WIDE void first_schedule(const nj_sha256d_job *job, uint32_t first, scratch *m) {
    vector w[16];
    const vector nonces = nonces_from(first);
    begin_schedule(job, nonces, m);
    UNROLL for (unsigned i = 18; i < 64; i++) first_piece(job, w, nonces, m, i);
}

// One turn: the first hash with a header, and the second hash of the turn before. `next` is the first nonce of the next
// step; it counts only where the header is the job's last one.
//
// The digest is taken last: its wide loads from what narrow stores wrote would have to wait right behind them.
WIDE void turn(const nj_sha256d_job *job, uint32_t work, uint32_t next, scratch *m) {
    first_half(job, &job->work[work], m);
    if (work + 1 == job->works)
        second_half(job, next, m);
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
    first_schedule(job, first, &m);
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
    first_schedule(job, first, &m);
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
