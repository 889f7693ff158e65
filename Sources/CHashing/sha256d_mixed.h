#pragma once
// The parts of the work on a header's 16 hashes, see sha256d_mixed.c. The including file defines TARGET and vector, as for
// sha256d_pairs.h. `whole` tells whether whole digests are wanted; a search needs their last word only.
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
    // The states after all of the second hash's rounds, where whole digests are wanted.
    vector second_feba[4], second_hgdc[4];
} scratch;

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

// The same of the second hash. Its last two rounds are left out, unless whole digests are wanted.
WIDE void second_rounds(state s[NONCES], const scratch *m, unsigned from, unsigned to, unsigned i, bool whole) {
    if (i == 0) EACH_HASH s[hash] = packed(IV);
    if (i >= 4 && i <= 7) {
        const __m128i sums = two(K[2 * i] + (i == 4 ? END_BIT : 0), K[2 * i + 1] + (i == 7 ? DIGEST_BITS : 0));
        EACH_HASH two_rounds(&s[hash], sums);
    } else if (i < 31 || whole)
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
    unsigned to, unsigned word, bool whole) {
    UNROLL for (unsigned i = 0; i < 16; i++) {
        first_rounds(job, work, s, m, from, to, 2 * i);
        first_rounds(job, work, s, m, from, to, 2 * i + 1);
        if (word + i < (whole ? 64 : 62)) second_piece(w, m, word + i);
    }
    EACH_HASH {
        ((four *)&m->feba[hash % 4])[hash / 4] = s[hash].feba;
        ((four *)&m->hgdc[hash % 4])[hash / 4] = s[hash].hgdc;
    }
}

// The first hash's rounds, beside the second hash's schedule of the item before: five or six hashes at a time, because
// the SHA instructions have 16 registers.
WIDE void first_half(const nj_sha256d_job *job, const nj_sha256d_work *work, scratch *m, bool whole) {
    state s[NONCES];
    vector w[16];
    UNROLL for (unsigned n = 0; n < 8; n++) w[n] = m->digest[n];
    UNROLL for (unsigned n = 0; n < 8; n += 2) put(&m->second[n / 2], w[n] + K[n], w[n + 1] + K[n + 1]);
    first_part(job, work, s, w, m, 0, 5, 16, whole);
    first_part(job, work, s, w, m, 5, 10, 32, whole);
    first_part(job, work, s, w, m, 10, 16, 48, whole);
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
    unsigned word, bool whole) {
    UNROLL for (unsigned i = 0; i < 16; i++) {
        second_rounds(s, m, from, to, 2 * i, whole);
        second_rounds(s, m, from, to, 2 * i + 1, whole);
        if (word + i < 64) first_piece(job, w, nonces, m, word + i);
    }
    if (!whole)
        EACH_HASH memcpy(&m->last[hash], &s[hash].feba, 8);
    else
        EACH_HASH {
            ((four *)&m->second_feba[hash % 4])[hash / 4] = s[hash].feba;
            ((four *)&m->second_hgdc[hash % 4])[hash / 4] = s[hash].hgdc;
        }
}

// The second hash's rounds, beside the first hash's schedule of the next nonces.
WIDE void second_half(const nj_sha256d_job *job, vector nonces, scratch *m, bool whole) {
    state s[NONCES];
    vector w[16];
    begin_schedule(job, nonces, m);
    second_part(job, s, w, nonces, m, 0, 5, 18, whole);
    second_part(job, s, w, nonces, m, 5, 10, 34, whole);
    second_part(job, s, w, nonces, m, 10, 16, 50, whole);
}

WIDE void first_schedule(const nj_sha256d_job *job, vector nonces, scratch *m) {
    vector w[16];
    begin_schedule(job, nonces, m);
    UNROLL for (unsigned i = 18; i < 64; i++) first_piece(job, w, nonces, m, i);
}
