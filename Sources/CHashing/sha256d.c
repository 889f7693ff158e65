// The SHA-256d search: what does not depend on the nonce, the choice of code, and the candidates of a step.
#include "sha256d_search.h"

static void rounds(uint32_t state[8], const uint32_t *words, unsigned from, unsigned to) {
    for (unsigned i = from; i < to; i++) {
        uint32_t t = state[7] + SUM1(state[4]) + CHOICE(state[4], state[5], state[6]) + K[i] + words[i];
        uint32_t a = t + SUM0(state[0]) + MAJORITY(state[0], state[1], state[2]);
        memmove(state + 1, state, 7 * sizeof *state);
        state[4] += t;
        state[0] = a;
    }
}

static void first_block(const uint8_t *header, uint32_t midstate[8]) {
    uint32_t w[64], state[8];
    for (int i = 0; i < 16; i++) w[i] = nj_load32_big(header + 4 * i);
    for (int i = 16; i < 64; i++) w[i] = SIGMA1(w[i - 2]) + w[i - 7] + SIGMA0(w[i - 15]) + w[i - 16];
    memcpy(state, IV, sizeof state);
    rounds(state, w, 0, 64);
    for (int i = 0; i < 8; i++) midstate[i] = IV[i] + state[i];
}

static void prepare_work(nj_sha256d_work *work, const uint8_t *header, const uint32_t tail[3]) {
    first_block(header, work->midstate);
    memcpy(work->state2, work->midstate, sizeof work->state2);
    rounds(work->state2, tail, 0, 2);
    uint32_t *s = work->state3;
    memcpy(s, work->state2, sizeof work->state3);
    rounds(s, tail, 2, 3);
    work->e = s[7] + SUM1(s[4]) + CHOICE(s[4], s[5], s[6]) + K[3];
    work->a = work->e + SUM0(s[0]) + MAJORITY(s[0], s[1], s[2]);
    work->e += s[3];
    for (int i = 0; i < 3; i++) work->sums[i] = s[6 - i] + K[4 + i] + (i == 0 ? END_BIT : 0);
}

void nj_sha256d_prepare(nj_sha256d_job *job, const uint8_t *headers, size_t count) {
    uint32_t *tail = job->tail;
    for (int i = 0; i < 3; i++) tail[i] = nj_load32_big(headers + 64 + 4 * i);
    job->works = (uint32_t)count;
    for (size_t i = 0; i < count; i++) prepare_work(&job->work[i], headers + i * NJ_SHA256D_HEADER, tail);
    // Words 5 to 14 are zero.
    job->w16 = SIGMA0(tail[1]) + tail[0];
    job->w17 = SIGMA1(HEADER_BITS) + SIGMA0(tail[2]) + tail[1];
    job->w18 = SIGMA1(job->w16) + tail[2];
    job->w19 = SIGMA1(job->w17) + SIGMA0(END_BIT);
    job->w31 = SIGMA0(job->w16) + HEADER_BITS;
    job->w32 = SIGMA0(job->w17) + job->w16;
}

#if defined(__x86_64__)
static bool has_sha(void) { return __builtin_cpu_supports("sha") && __builtin_cpu_supports("avx"); }
static bool has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl");
}
#endif

// The code's functions; null when this processor cannot run them.
static const nj_sha256d_kernel *kernel_of(nj_sha256d_code code) {
    switch (code) {
    case NJ_SHA256D_PORTABLE: return &nj_sha256d_portable;
#if defined(__x86_64__)
    case NJ_SHA256D_AVX2: return __builtin_cpu_supports("avx2") ? &nj_sha256d_avx2 : NULL;
    case NJ_SHA256D_SHA_2: return has_sha() ? &nj_sha256d_sha_2 : NULL;
    case NJ_SHA256D_SHA_3: return has_sha() ? &nj_sha256d_sha_3 : NULL;
    case NJ_SHA256D_SHA_4: return has_sha() ? &nj_sha256d_sha_4 : NULL;
    case NJ_SHA256D_SHA_6: return has_sha() ? &nj_sha256d_sha_6 : NULL;
    case NJ_SHA256D_AVX512: return has_avx512() ? &nj_sha256d_avx512 : NULL;
    case NJ_SHA256D_AVX512_LOOP: return has_avx512() ? &nj_sha256d_avx512_loop : NULL;
    case NJ_SHA256D_MIXED: return has_sha() && has_avx512() ? &nj_sha256d_mixed : NULL;
#endif
    default: return NULL;
    }
}

bool nj_sha256d_available(nj_sha256d_code code) { return kernel_of(code) != NULL; }

size_t nj_sha256d_works(nj_sha256d_code code, size_t count) {
    const nj_sha256d_kernel *kernel = kernel_of(code);
    if (kernel == NULL || kernel->shared_works == 0 || count < 2) return 1;
    if (count > NJ_SHA256D_WORKS) count = NJ_SHA256D_WORKS;
    return count / kernel->shared_works * kernel->shared_works;
}

uint64_t nj_sha256d_search(
    nj_sha256d_code code, const nj_sha256d_job *job, uint32_t first, uint64_t count, uint64_t top,
    nj_sha256d_candidate *candidates, size_t room, size_t *found) {
    const nj_sha256d_kernel *kernel = kernel_of(code);
    const bool shares = job->works > 1;
    const uint32_t nonces = shares ? kernel->shared_nonces : kernel->nonces;
    uint64_t done = 0;
    *found = 0;
    while (done < count && *found + NJ_SHA256D_STEP <= room) {
        // The last step may be a part of one.
        const size_t steps = (count - done + nonces - 1) / nonces;
        uint32_t hits[NJ_SHA256D_WORKS] = {0};
        const uint32_t limit = (uint32_t)(top >> 32), from = first + (uint32_t)done;
        const size_t before = shares ? kernel->search_shared(job, from, steps, limit, hits)
                                     : kernel->search(job, from, steps, limit, hits);
        done += (uint64_t)before * nonces;
        if (before == steps) break;
        for (uint32_t work = 0; work < job->works; work++) {
            for (uint32_t bits = hits[work]; bits != 0; bits &= bits - 1) {
                const uint64_t place = done + (uint32_t)__builtin_ctz(bits);
                if (place >= count) break;
                candidates[*found] = nj_sha256d_hash(job, work, first + (uint32_t)place);
                if (candidates[*found].digest[3] <= top) ++*found;
            }
        }
        done += nonces;
    }
    return done < count ? done : count;
}

uint64_t nj_sha256d_checksum(nj_sha256d_code code, const nj_sha256d_job *job, uint32_t first, uint64_t count) {
    const nj_sha256d_kernel *kernel = kernel_of(code);
    const uint64_t steps = count / kernel->nonces, done = steps * kernel->nonces;
    return kernel->checksum(job, first, steps)
        ^ nj_sha256d_portable.checksum(job, first + (uint32_t)done, count - done);
}
