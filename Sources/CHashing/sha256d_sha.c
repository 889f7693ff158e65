// The SHA-256d search with the processor's SHA instructions: two to six hashes at a time. One hash is a chain of
// instructions that wait for each other; the others fill its time.
#if defined(__x86_64__)
#define TARGET __attribute__((target("sha,avx")))
#include "sha256d_sha.h"

#define EACH_HASH UNROLL for (unsigned n = 0; n < streams; n++)

enum { MOST = 6 };

// The first hash's second block. The first words get its digest.
WIDE void first_hashes(const nj_sha256d_job *job, uint32_t first, unsigned streams, words w[][4]) {
    state s[MOST];
    const words tail = {job->w16, job->w17, job->w18, job->w19}, zero = {0};
    // The state before round 2.
    const state start = packed(job->work[0].state2);
    EACH_HASH {
        const uint32_t nonce = __builtin_bswap32(first + n);
        s[n] = start;
        two_rounds(&s[n], (words){job->tail[2] + K[2], nonce + K[3]});
        // Words 16 to 19, where only two depend on the nonce.
        w[n][0] = tail + partly((words){0, 0, 0, nonce}, zero);
    }
    UNROLL for (unsigned i = 4; i < 16; i += 4) {
        const words constant = {i == 4 ? END_BIT : 0, 0, 0, i == 12 ? HEADER_BITS : 0};
        EACH_HASH four_rounds(&s[n], constant + constants(i));
    }
    UNROLL for (unsigned i = 16; i < 64; i += 4) EACH_HASH {
        words *last = &w[n][(i / 4 + 3) & 3], *now = &w[n][(i / 4) & 3], *before = &w[n][(i / 4 + 2) & 3];
        if (i == 20) *now = finished((words){END_BIT, 0, HEADER_BITS, job->w16}, *last);
        if (i == 24) *now = finished(seven_before(*last, *before), *last);
        if (i == 28)
            *now = finished(seven_before(*last, *before) + (words){0, 0, SIGMA0(HEADER_BITS), job->w31}, *last);
        if (i >= 32) *now = finished(partly(*now, w[n][(i / 4 + 1) & 3]) + seven_before(*last, *before), *last);
        four_rounds(&s[n], *now + constants(i));
    }
    const uint32_t *m = job->work[0].midstate;
    EACH_HASH {
        unpack(&s[n], &w[n][0], &w[n][1]);
        w[n][0] += (words){m[0], m[1], m[2], m[3]};
        w[n][1] += (words){m[4], m[5], m[6], m[7]};
    }
}

// The second hash up to round 61. The lowest two words of the results are the digest's last word and the one before
// it, without the initial value.
WIDE void second_hashes(unsigned streams, words w[][4], words results[]) {
    state s[MOST];
    EACH_HASH {
        s[n] = packed(IV);
        w[n][2] = (words){END_BIT, 0, 0, 0};
        w[n][3] = (words){0, 0, 0, DIGEST_BITS};
    }
    UNROLL for (unsigned i = 0; i < 60; i += 4) EACH_HASH {
        words *last = &w[n][(i / 4 + 3) & 3], *now = &w[n][(i / 4) & 3], *before = &w[n][(i / 4 + 2) & 3];
        const words *after = &w[n][(i / 4 + 1) & 3];
        if (i == 16) *now = finished(partly(*now, *after), *last);
        if (i >= 20) *now = finished(partly(*now, *after) + seven_before(*last, *before), *last);
        four_rounds(&s[n], *now + constants(i));
    }
    EACH_HASH {
        const words sum = partly(w[n][3], w[n][0]) + seven_before(w[n][2], w[n][1]);
        two_rounds(&s[n], finished(sum, w[n][2]) + constants(60));
        results[n] = s[n].feba;
    }
}

WIDE size_t
search(unsigned streams, const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits) {
    for (size_t step = 0; step < steps; step++, first += streams) {
        words w[MOST][4], results[MOST];
        first_hashes(job, first, streams, w);
        second_hashes(streams, w, results);
        uint32_t bits = 0;
        EACH_HASH bits |= (uint32_t)(__builtin_bswap32(results[n][0] + IV[7]) <= limit) << n;
        if (bits == 0) continue;
        *hits = bits;
        return step;
    }
    return steps;
}

WIDE uint64_t checksum(unsigned streams, const nj_sha256d_job *job, uint32_t first, size_t steps) {
    words sum = {0};
    for (size_t step = 0; step < steps; step++, first += streams) {
        words w[MOST][4], results[MOST];
        first_hashes(job, first, streams, w);
        second_hashes(streams, w, results);
        EACH_HASH sum ^= results[n] + (words){IV[7], IV[6]};
    }
    return (uint64_t)__builtin_bswap32(sum[0]) << 32 | __builtin_bswap32(sum[1]);
}

#define KERNEL(streams)                                                                                  \
    TARGET static size_t search_##streams(                                                               \
        const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits) {       \
        return search(streams, job, first, steps, limit, hits);                                          \
    }                                                                                                    \
    TARGET static uint64_t checksum_##streams(const nj_sha256d_job *job, uint32_t first, size_t steps) { \
        return checksum(streams, job, first, steps);                                                     \
    }                                                                                                    \
    const nj_sha256d_kernel nj_sha256d_sha_##streams = {                                                 \
        .nonces = streams, .search = search_##streams, .checksum = checksum_##streams};

KERNEL(2)
KERNEL(3)
KERNEL(4)
KERNEL(6)
#endif
