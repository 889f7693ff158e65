// SHA-256d of whole 80-byte headers with the processor's SHA instructions, four at a time. Headers of one job have the same
// first block, which is then hashed once. In the second block, and in the second hash, most words are known.
#if defined(__x86_64__)
#define TARGET __attribute__((target("sha,avx")))
#include "sha256d_sha.h"

#define EACH UNROLL for (unsigned n = 0; n < STREAMS; n++)

// A hash is a chain of instructions that wait for each other; the others fill its time.
enum { STREAMS = 4 };

// A header, and the state after its first block.
typedef struct {
    const uint8_t *header;
    state after;
} first_block;

WIDE words bytes(const uint8_t *from) { return (words)_mm_loadu_si128((const __m128i *)from); }

WIDE words swapped(words w) {
    return (words)_mm_shuffle_epi8((__m128i)w, _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203));
}

WIDE bool have_one_block(const uint8_t *header, const uint8_t *other) {
    words difference = {0};
    UNROLL for (int i = 0; i < 64; i += 16) difference |= bytes(header + i) ^ bytes(other + i);
    return _mm_testz_si128((__m128i)difference, (__m128i)difference);
}

// Rounds `from` to 63. w has the 16 words before them, and is overwritten.
WIDE void rounds_from(unsigned from, state s[STREAMS], words w[STREAMS][4]) {
    UNROLL for (unsigned i = from; i < 64; i += 4) EACH {
        words *last = &w[n][(i / 4 + 3) & 3], *now = &w[n][(i / 4) & 3], *before = &w[n][(i / 4 + 2) & 3];
        *now = finished(partly(*now, w[n][(i / 4 + 1) & 3]) + seven_before(*last, *before), *last);
        four_rounds(&s[n], *now + constants(i));
    }
}

WIDE void add(state *s, state before) {
    s->feba += before.feba;
    s->hgdc += before.hgdc;
}

// The states after the first blocks.
WIDE void first_blocks(const uint8_t *const *headers, first_block *known, state s[STREAMS]) {
    bool is_known = known->header != NULL;
    if (is_known) EACH is_known &= have_one_block(known->header, headers[n]);
    if (is_known) {
        EACH s[n] = known->after;
        return;
    }
    words w[STREAMS][4];
    EACH s[n] = packed(IV);
    UNROLL for (unsigned i = 0; i < 16; i += 4) EACH {
        w[n][i / 4] = swapped(bytes(headers[n] + 4 * i));
        four_rounds(&s[n], w[n][i / 4] + constants(i));
    }
    rounds_from(16, s, w);
    EACH add(&s[n], packed(IV));
    *known = (first_block){headers[0], s[0]};
}

// The second blocks: a header's last four words, the bit behind it, and its length.
WIDE void second_blocks(const uint8_t *const *headers, state s[STREAMS]) {
    const words bit = {END_BIT, 0, 0, 0}, size = {0, 0, 0, HEADER_BITS};
    state before[STREAMS];
    words w[STREAMS][4];
    EACH {
        before[n] = s[n];
        w[n][0] = swapped(bytes(headers[n] + 64));
        four_rounds(&s[n], w[n][0] + constants(0));
    }
    UNROLL for (unsigned i = 4; i < 16; i += 4) {
        const words constant = i == 4 ? bit : i == 12 ? size : (words){0};
        EACH four_rounds(&s[n], constant + constants(i));
    }
    UNROLL for (unsigned i = 16; i < 32; i += 4) EACH {
        words *last = &w[n][(i / 4 + 3) & 3], *now = &w[n][(i / 4) & 3], *older = &w[n][(i / 4 + 2) & 3];
        if (i == 16) *now = finished(partly(*now, bit), size);
        if (i == 20) *now = finished(bit + seven_before(*last, size), *last);
        if (i == 24) *now = finished(seven_before(*last, *older), *last);
        if (i == 28) *now = finished(partly(size, w[n][0]) + seven_before(*last, *older), *last);
        four_rounds(&s[n], *now + constants(i));
    }
    rounds_from(32, s, w);
    EACH add(&s[n], before[n]);
}

// The hashes of the digests.
WIDE void second_hashes(state s[STREAMS], uint8_t *digests) {
    const words bit = {END_BIT, 0, 0, 0}, size = {0, 0, 0, DIGEST_BITS};
    words w[STREAMS][4];
    EACH {
        unpack(&s[n], &w[n][0], &w[n][1]);
        w[n][2] = bit;
        w[n][3] = size;
        s[n] = packed(IV);
    }
    UNROLL for (unsigned i = 0; i < 16; i += 4) EACH four_rounds(&s[n], w[n][i / 4] + constants(i));
    EACH {
        w[n][0] = finished(partly(w[n][0], w[n][1]), size);
        four_rounds(&s[n], w[n][0] + constants(16));
    }
    rounds_from(20, s, w);
    EACH {
        words abcd, efgh;
        add(&s[n], packed(IV));
        unpack(&s[n], &abcd, &efgh);
        _mm_storeu_si128((__m128i *)(digests + 32 * n), (__m128i)swapped(abcd));
        _mm_storeu_si128((__m128i *)(digests + 32 * n + 16), (__m128i)swapped(efgh));
    }
}

WIDE void hash(const uint8_t *const *headers, first_block *known, uint8_t *digests) {
    state s[STREAMS];
    first_blocks(headers, known, s);
    second_blocks(headers, s);
    second_hashes(s, digests);
}

TARGET void nj_sha256d_headers(const uint8_t *const *headers, size_t count, uint8_t *digests) {
    first_block known = {.header = NULL};
    size_t done = 0;
    for (; done + STREAMS <= count; done += STREAMS) hash(headers + done, &known, digests + 32 * done);
    if (done == count) return;
    // The last one again in the places that are left: still far faster than plain C.
    const uint8_t *last[STREAMS];
    uint8_t room[32 * STREAMS];
    for (size_t i = 0; i < STREAMS; i++) last[i] = headers[done + i < count ? done + i : count - 1];
    hash(last, &known, room);
    memcpy(digests + 32 * done, room, 32 * (count - done));
}
#endif
