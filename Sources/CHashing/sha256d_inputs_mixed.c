// SHA-256d of whole inputs with both kinds of instructions at the same time: AVX-512 for the message schedules of 16
// inputs, and SHA instructions for their rounds, as in sha256d_mixed.c.
//
// Two groups of 16 take turns: each turn makes the rounds of one group's block beside the schedule of the other's. All
// blocks are treated alike, those of the second hash too, so that one function of 12 kB serves inputs of every length.
#if defined(__x86_64__)
#include <stdint.h>

#define TARGET __attribute__((target("sha,avx512f,avx512bw,avx512vl")))
typedef uint32_t vector __attribute__((vector_size(64), may_alias));
#include "sha256d_pairs.h"

enum { INPUTS = 16, SWAPPED = 3 };

// 16 inputs at work.
typedef struct {
    // The next block, and its schedule with the rounds' constants by half of a round's number.
    vector words[16];
    pair sums[32];
    // The states before that block, for unpack().
    vector feba[4], hgdc[4];
    // NULL for a group without inputs.
    const uint8_t *const *inputs;
    uint8_t *digests;
    // The block's number. The last one is the second hash's.
    size_t block;
} group;

// What all groups have in common.
typedef struct {
    // The inputs that no group has taken.
    const uint8_t *const *inputs;
    uint8_t *digests;
    size_t left, length, blocks;
    // The padding's words of the last two blocks.
    uint32_t padding[32];
    // An input, and the state after its first block: headers of one job share it. NULL for none.
    const uint8_t *known;
    state after;
} stream;

WIDE vector all(uint32_t word) { return word - (vector){0}; }

// The rounds of some of the hashes, beside the schedule's words from `word` on.
WIDE void part(group *rounding, group *next, vector w[16], unsigned from, unsigned to, unsigned word) {
    state s[INPUTS];
    four *feba = (four *)rounding->feba, *hgdc = (four *)rounding->hgdc;
    EACH_HASH s[hash] = (state){feba[hash % 4 * 4 + hash / 4], hgdc[hash % 4 * 4 + hash / 4]};
    UNROLL for (unsigned i = 0; i < 16; i++) {
        EACH_HASH two_rounds_from(&s[hash], &rounding->sums[2 * i], hash);
        EACH_HASH two_rounds_from(&s[hash], &rounding->sums[2 * i + 1], hash);
        // The block's own words.
        if (word == 16 && i % 2 == 0) put(&next->sums[i / 2], w[i] + K[i], w[i + 1] + K[i + 1]);
        const unsigned n = word + i;
        w[i] += SIGMA1(w[(n - 2) & 15]) + w[(n - 7) & 15] + SIGMA0(w[(n - 15) & 15]);
        PIN(w[i]);
        if (i % 2 == 1) put(&next->sums[n / 2], w[i - 1] + K[n - 1], w[i] + K[n]);
    }
    EACH_HASH {
        feba[hash % 4 * 4 + hash / 4] += s[hash].feba;
        hgdc[hash % 4 * 4 + hash / 4] += s[hash].hgdc;
    }
}

// Five or six hashes at a time, because the SHA instructions have 16 registers.
TARGET __attribute__((noinline)) static void turn(group *rounding, group *next) {
    vector w[16];
    UNROLL for (unsigned i = 0; i < 16; i++) w[i] = next->words[i];
    part(rounding, next, w, 0, 5, 16);
    part(rounding, next, w, 5, 10, 32);
    part(rounding, next, w, 10, 16, 48);
}

// Four words of each input. Bytes outside the mask are not read.
WIDE void column(const group *g, size_t offset, __mmask16 mask, vector words[4]) {
    vector rows[4];
#define BYTES(k) _mm_maskz_loadu_epi8(mask, g->inputs[k] + offset)
    UNROLL for (unsigned k = 0; k < 4; k++) {
        __m512i row = _mm512_castsi128_si512(BYTES(k));
        row = _mm512_inserti32x4(row, BYTES(4 + k), 1);
        row = _mm512_inserti32x4(row, BYTES(8 + k), 2);
        row = _mm512_inserti32x4(row, BYTES(12 + k), 3);
        rows[k] = swapped((vector)row);
    }
    unpack(rows, words);
}

WIDE void load_block(group *g, const stream *s) {
    const uint32_t *padding = s->padding + (g->block + 1 == s->blocks ? 16 : 0);
    UNROLL for (unsigned n = 0; n < 16; n += 4) {
        const size_t offset = 64 * g->block + 4 * n;
        vector *words = g->words + n;
        if (offset + 16 <= s->length)
            column(g, offset, 0xFFFF, words);
        else {
            UNROLL for (unsigned i = 0; i < 4; i++) words[i] = all(padding[n + i]);
            if (offset >= s->length) continue;
            vector rest[4];
            column(g, offset, (__mmask16)((1U << (s->length - offset)) - 1), rest);
            UNROLL for (unsigned i = 0; i < 4; i++) words[i] |= rest[i];
        }
    }
}

WIDE void set_state(group *g, const state *s) {
    UNROLL for (unsigned k = 0; k < 4; k++) {
        g->feba[k] = (vector)_mm512_broadcast_i32x4((__m128i)s->feba);
        g->hgdc[k] = (vector)_mm512_broadcast_i32x4((__m128i)s->hgdc);
    }
}

WIDE state initial(void) { return (state){{IV[5], IV[4], IV[1], IV[0]}, {IV[7], IV[6], IV[3], IV[2]}}; }

// Whether all of a group's first blocks are the known one.
WIDE bool knows_first_blocks(const group *g, const stream *s) {
    if (s->known == NULL) return false;
    const __m512i known = _mm512_loadu_si512(s->known);
    __m512i differences = _mm512_setzero_si512();
    UNROLL for (unsigned n = 0; n < INPUTS; n++) differences =
        _mm512_or_si512(differences, _mm512_xor_si512(known, _mm512_loadu_si512(g->inputs[n])));
    return _mm512_test_epi32_mask(differences, differences) == 0;
}

// Gives a group its next inputs, or none.
TARGET __attribute__((noinline)) static void begin(group *g, stream *s) {
    if (s->left < INPUTS) {
        g->inputs = NULL;
        return;
    }
    g->inputs = s->inputs;
    g->digests = s->digests;
    s->inputs += INPUTS;
    s->digests += 32 * INPUTS;
    s->left -= INPUTS;
    g->block = knows_first_blocks(g, s);
    const state start = g->block == 0 ? initial() : s->after;
    set_state(g, &start);
    load_block(g, s);
}

// The second hash's block is the first one's digest.
WIDE void load_digests(group *g) {
    vector feba[4], hgdc[4];
    unpack(g->feba, feba);
    unpack(g->hgdc, hgdc);
    UNROLL for (unsigned n = 0; n < 2; n++) {
        g->words[n] = feba[3 - n];
        g->words[n + 2] = hgdc[3 - n];
        g->words[n + 4] = feba[1 - n];
        g->words[n + 6] = hgdc[1 - n];
    }
    UNROLL for (unsigned n = 8; n < 16; n++) g->words[n] = all(n == 8 ? END_BIT : n == 15 ? DIGEST_BITS : 0);
    const state start = initial();
    set_state(g, &start);
}

// After the rounds of a block: the next block, or the next inputs.
WIDE void advance(group *g, stream *s) {
    if (g->inputs == NULL) return;
    if (g->block == 0 && s->length >= 64) {
        s->known = g->inputs[0];
        s->after = (state){*(const four *)g->feba, *(const four *)g->hgdc};
    }
    g->block++;
    if (g->block < s->blocks)
        load_block(g, s);
    else if (g->block == s->blocks)
        load_digests(g);
    else {
        store_digests(g->feba, g->hgdc, g->digests);
        begin(g, s);
    }
}

TARGET size_t nj_sha256d_inputs_mixed(const uint8_t *const *inputs, size_t length, size_t count, uint8_t *digests) {
    group a, b;
    memset(&a, 0, sizeof a);
    memset(&b, 0, sizeof b);
    stream s = {
        .inputs = inputs, .digests = digests, .left = count, .length = length, .blocks = (length + 9 + 63) / 64};
    s.padding[30] = (uint32_t)((uint64_t)length >> 29);
    s.padding[31] = (uint32_t)(8 * length);
    // In the last block, or in the one before.
    const size_t end = length + 128 - 64 * s.blocks;
    ((uint8_t *)s.padding)[end ^ SWAPPED] = 0x80;

    begin(&a, &s);
    turn(&b, &a);
    begin(&b, &s);
    while (a.inputs != NULL || b.inputs != NULL) {
        turn(&a, &b);
        advance(&a, &s);
        turn(&b, &a);
        advance(&b, &s);
    }
    return count - s.left;
}
#endif
