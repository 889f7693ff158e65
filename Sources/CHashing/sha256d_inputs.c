// SHA-256d of whole inputs, several at once: with the processor's SHA instructions, or else one by one in plain C.
#include "nj_sha256.h"
#include "sha256d_search.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("sha,avx")))
#define EACH UNROLL for (int n = 0; n < STREAMS; n++)

// How many inputs take turns. A hash is a chain of instructions that wait for each other; the others fill its time.
enum { STREAMS = 4 };

// The instructions' halves of the state: a, b, e, f and c, d, g, h, the first one the highest.
typedef struct {
    __m128i abef, cdgh;
} state;

WIDE state initial(void) {
    const uint32_t *s = IV;
    return (state){
        _mm_set_epi32((int)s[0], (int)s[1], (int)s[4], (int)s[5]),
        _mm_set_epi32((int)s[2], (int)s[3], (int)s[6], (int)s[7])};
}

WIDE __m128i swapped(__m128i words) {
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203));
}

// One block for each state; w has its words, and is overwritten.
WIDE void compress(state s[STREAMS], __m128i w[STREAMS][4]) {
    state before[STREAMS];
    EACH before[n] = s[n];
    UNROLL for (int i = 0; i < 16; i++) {
        const __m128i constants = _mm_loadu_si128((const __m128i *)(K + 4 * i));
        EACH {
            if (i >= 4) {
                __m128i *now = &w[n][i & 3], last = w[n][(i + 3) & 3];
                __m128i sum = _mm_sha256msg1_epu32(*now, w[n][(i + 1) & 3]);
                sum = _mm_add_epi32(sum, _mm_alignr_epi8(last, w[n][(i + 2) & 3], 4));
                *now = _mm_sha256msg2_epu32(sum, last);
            }
            const __m128i sums = _mm_add_epi32(w[n][i & 3], constants);
            s[n].cdgh = _mm_sha256rnds2_epu32(s[n].cdgh, s[n].abef, sums);
            s[n].abef = _mm_sha256rnds2_epu32(s[n].abef, s[n].cdgh, _mm_shuffle_epi32(sums, 0x0E));
        }
    }
    EACH {
        s[n].abef = _mm_add_epi32(s[n].abef, before[n].abef);
        s[n].cdgh = _mm_add_epi32(s[n].cdgh, before[n].cdgh);
    }
}

// The words a to d and e to h, the first one the lowest.
WIDE void unpack(const state *s, __m128i *abcd, __m128i *efgh) {
    // From the lowest: f e b a, and h g d c.
    *abcd = _mm_shuffle_epi32(_mm_unpackhi_epi64(s->cdgh, s->abef), 0x1B);
    *efgh = _mm_shuffle_epi32(_mm_unpacklo_epi64(s->cdgh, s->abef), 0x1B);
}

// An input, and the state after its first block: headers of one job share it.
typedef struct {
    const uint8_t *input;
    state after;
} first_block;

static bool knows_all(const first_block *known, const uint8_t *const *inputs) {
    if (known->input == NULL) return false;
    for (int n = 0; n < STREAMS; n++)
        if (memcmp(known->input, inputs[n], 64) != 0) return false;
    return true;
}

// STREAMS inputs of one length.
TARGET static void hash(const uint8_t *const *inputs, size_t length, first_block *known, uint8_t *digests) {
    state s[STREAMS];
    __m128i w[STREAMS][4];
    uint8_t ends[STREAMS][128];
    const size_t whole = length / 64, rest = length % 64, blocks = (length + 9 + 63) / 64, end = 64 * (blocks - whole);
    const bool is_known = whole > 0 && knows_all(known, inputs);
    EACH {
        s[n] = is_known ? known->after : initial();
        memset(ends[n], 0, end);
        memcpy(ends[n], inputs[n] + 64 * whole, rest);
        ends[n][rest] = 0x80;
        nj_store64_big(ends[n] + end - 8, 8 * (uint64_t)length);
    }
    for (size_t block = is_known; block < blocks; block++) {
        EACH {
            const uint8_t *bytes = block < whole ? inputs[n] + 64 * block : ends[n] + 64 * (block - whole);
            UNROLL for (int i = 0; i < 4; i++) w[n][i] = swapped(_mm_loadu_si128((const __m128i *)bytes + i));
        }
        compress(s, w);
        if (block == 0 && whole > 0) *known = (first_block){inputs[0], s[0]};
    }
    EACH {
        unpack(&s[n], &w[n][0], &w[n][1]);
        w[n][2] = _mm_set_epi32(0, 0, 0, (int)0x80000000);
        w[n][3] = _mm_set_epi32(256, 0, 0, 0);
        s[n] = initial();
    }
    compress(s, w);
    EACH {
        unpack(&s[n], &w[n][0], &w[n][1]);
        UNROLL for (int i = 0; i < 2; i++) _mm_storeu_si128((__m128i *)(digests + 32 * n) + i, swapped(w[n][i]));
    }
}
#endif

// How many inputs, from the first one on, have its size and an address, at most `most`.
static size_t alike(const uint8_t *const *inputs, const size_t *sizes, size_t most) {
    // Several are looked at without a branch for each.
    enum { BLOCK = 64 };
    size_t count = 0;
    for (; count + BLOCK <= most; count += BLOCK) {
        size_t others = 0;
        for (size_t i = count; i < count + BLOCK; i++) others |= (sizes[i] ^ sizes[0]) | (inputs[i] == NULL);
        if (others != 0) break;
    }
    while (count < most && sizes[count] == sizes[0] && inputs[count] != NULL) count++;
    return count;
}

// So many inputs are hashed without a look for headers of one job.
enum { PORTION = 1024 };

#if defined(__x86_64__)
// Two groups of 16 begin to gain from each other.
enum { LEAST = 64 };

// Headers of one job from the first one on, as many as make whole groups. Returns how many.
static size_t hash_job(
    nj_sha256d_code code, const uint8_t *const *headers, const size_t *sizes, size_t count, uint8_t *digests) {
    const size_t last = LEAST - 1;
    if (count < LEAST || sizes[last] != NJ_SHA256D_HEADER || headers[last] == NULL) return 0;
    if (memcmp(headers[0], headers[last], NJ_SHA256D_HEADER - 4) != 0) return 0;
    if (code == NJ_SHA256D_MIXED) return nj_sha256d_nonces_mixed(headers, sizes, count, digests);
    if (code == NJ_SHA256D_AVX512 || code == NJ_SHA256D_AVX512_LOOP)
        return nj_sha256d_nonces_avx512(headers, sizes, count, digests);
    return 0;
}

// Inputs of one length.
static void hash_all(
    nj_sha256d_code code, const uint8_t *const *inputs, size_t length, size_t count, uint8_t *digests) {
    size_t done = 0;
    if (code == NJ_SHA256D_MIXED && count >= LEAST) done = nj_sha256d_inputs_mixed(inputs, length, count, digests);
    if (length == NJ_SHA256D_HEADER) return nj_sha256d_headers(inputs + done, count - done, digests + 32 * done);
    first_block known;
    known.input = NULL;
    for (; done + STREAMS <= count; done += STREAMS) hash(inputs + done, length, &known, digests + 32 * done);
    if (done == count) return;
    // The last one again in the places that are left: still far faster than plain C.
    const uint8_t *last[STREAMS];
    uint8_t room[32 * STREAMS];
    for (size_t i = 0; i < STREAMS; i++) last[i] = inputs[done + i < count ? done + i : count - 1];
    hash(last, length, &known, room);
    memcpy(digests + 32 * done, room, 32 * (count - done));
}
#endif

size_t nj_sha256d_inputs(
    nj_sha256d_code code, const uint8_t *const *inputs, const size_t *sizes, size_t count, size_t longest,
    uint8_t *digests) {
    if (count == 0 || inputs[0] == NULL || sizes[0] > longest) return 0;
    const size_t length = sizes[0];
#if defined(__x86_64__)
    if (code != NJ_SHA256D_PORTABLE && length > 0 && nj_sha256d_available(NJ_SHA256D_SHA_2)) {
        if (length == NJ_SHA256D_HEADER) {
            const size_t done = hash_job(code, inputs, sizes, count, digests);
            if (done > 0) return done;
        }
        const size_t found = alike(inputs, sizes, count < PORTION ? count : PORTION);
        hash_all(code, inputs, length, found, digests);
        return found;
    }
#endif
    const size_t found = alike(inputs, sizes, count < PORTION ? count : PORTION);
    for (size_t i = 0; i < found; i++) nj_sha256d(inputs[i], length, digests + 32 * i);
    return found;
}
