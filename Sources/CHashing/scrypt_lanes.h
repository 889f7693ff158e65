// scrypt for several inputs at once, each in its own lane: a vector holds one word of every hash. Included once for
// each instruction set, after the definitions of
//
//   LANES   hashes in a vector: 4, 8 or 16
//   TARGET  the functions' attribute for the instruction set; may be empty
//   NAME    the function to define, an nj_scrypt_lanes
//   PAIR    defined where two groups of hashes that take turns are faster than one
//
// The other form of Salsa20 has a quarter of a hash in a vector. Its rounds shuffle words between lanes; here they do
// not. In exchange each row of the scratchpads is transposed: a hash reads rows at random, and its 128 bytes must stand
// together, or it would read a cache line for each word. Measured with AVX-512, AVX2 and SSE2, this form is faster.
#include "Shared/SHA256.h"
#include "nj_bytes.h"
#include "scrypt_lanes_code.h"

#define INLINE static inline __attribute__((always_inline)) TARGET
#define SEPARATE static __attribute__((noinline)) TARGET
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLL _Pragma("clang loop unroll(disable)")

enum {
    rows = 1024,              // N
    row_bytes = 128 * LANES,  // a row of all lanes
};

typedef uint32_t word __attribute__((vector_size(4 * LANES)));

// A block of every hash. Its halves go through Salsa20/8 one after the other.
typedef struct {
    word halves[2][16];
} block;

INLINE word rotl(word value, const int count) { return value << count | value >> (32 - count); }

#include "scrypt_lanes_pbkdf2.h"
#include "scrypt_lanes_rows.h"

// A step of each of Salsa20's four chains, which do not depend on each other.
#define STEP(d, a, b, count) x[d] ^= rotl(x[a] + x[b], count)
#define FOUR(count, d0, a0, b0, d1, a1, b1, d2, a2, b2, d3, a3, b3) \
    STEP(d0, a0, b0, count), STEP(d1, a1, b1, count), STEP(d2, a2, b2, count), STEP(d3, a3, b3, count)

INLINE void column_round(word x[16]) {
    FOUR(7, 4, 0, 12, 9, 5, 1, 14, 10, 6, 3, 15, 11);
    FOUR(9, 8, 4, 0, 13, 9, 5, 2, 14, 10, 7, 3, 15);
    FOUR(13, 12, 8, 4, 1, 13, 9, 6, 2, 14, 11, 7, 3);
    FOUR(18, 0, 12, 8, 5, 1, 13, 10, 6, 2, 15, 11, 7);
}

INLINE void row_round(word x[16]) {
    FOUR(7, 1, 0, 3, 6, 5, 4, 11, 10, 9, 12, 15, 14);
    FOUR(9, 2, 1, 0, 7, 6, 5, 8, 11, 10, 13, 12, 15);
    FOUR(13, 3, 2, 1, 4, 7, 6, 9, 8, 11, 14, 13, 12);
    FOUR(18, 0, 3, 2, 5, 4, 7, 10, 9, 8, 15, 14, 13);
}

INLINE void double_round(word x[16]) {
    column_round(x);
    row_round(x);
}

// BlockMix (RFC 7914, section 4) in three parts, with four double rounds after the first and after the second. What
// Salsa20 adds at its end is computed again there, which takes less time than storing it.
INLINE void mix_begin(word x[16], const block *b) {
    UNROLL for (int i = 0; i < 16; i++) x[i] = b->halves[0][i] ^ b->halves[1][i];
}

INLINE void mix_middle(word x[16], block *b) {
    UNROLL for (int i = 0; i < 16; i++) {
        word sum = (b->halves[0][i] ^ b->halves[1][i]) + x[i];
        b->halves[0][i] = sum;
        x[i] = sum ^ b->halves[1][i];
    }
}

INLINE void mix_end(const word x[16], block *b) {
    UNROLL for (int i = 0; i < 16; i++) b->halves[1][i] = (b->halves[0][i] ^ b->halves[1][i]) + x[i];
}

INLINE void block_mix(block *b) {
    word x[16];
    mix_begin(x, b);
    ROLL for (int round = 0; round < 4; round++) double_round(x);
    mix_middle(x, b);
    ROLL for (int round = 0; round < 4; round++) double_round(x);
    mix_end(x, b);
}

// ROMix's first loop (RFC 7914, section 5): writes the rows. Transposing and storing are spread over the rounds: many
// stores at once fill the processor's store queue, and the rounds wait.
SEPARATE void fill(block *b, uint8_t *scratchpads) {
    // The halves of the row to write, as quads.
    word low[16], high[16], x[16];
    for (int q = 0; q < 16; q += 4) quads(low + q, b->halves[0] + q);
    for (int i = 0; i < rows; i++) {
        uint8_t *row = scratchpads + (size_t)i * row_bytes;
        mix_begin(x, b);
        ROLL for (int round = 0; round < 4; round++) {
            column_round(x);
            quads(high + 4 * round, b->halves[1] + 4 * round);
            row_round(x);
            put_lines(row, low, round);
        }
        mix_middle(x, b);
        ROLL for (int round = 0; round < 4; round++) {
            column_round(x);
            quads(low + 4 * round, b->halves[0] + 4 * round);
            row_round(x);
            put_lines(row + 64, high, round);
        }
        mix_end(x, b);
    }
}

// Where the rows are that the hashes read next: Integerify takes the second half's first word.
INLINE void find(uint32_t offsets[LANES], const block *b) {
    word found = (b->halves[1][0] & (rows - 1)) * row_bytes;
    memcpy(offsets, &found, sizeof found);
}

INLINE void take(block *b, const uint8_t *scratchpads, const uint32_t offsets[LANES]) {
    word half[16];
    ROLL for (int h = 0; h < 2; h++) {
        UNROLL for (int k = 0; k < 4; k++) get_lines(half, scratchpads + 64 * h, offsets, k);
        UNROLL for (int q = 0; q < 16; q += 4) xor_quads(b->halves[h] + q, half + q);
    }
}

// ROMix's second loop, for one group of hashes.
SEPARATE void mix(block *b, const uint8_t *scratchpads) {
    _Alignas(64) uint32_t offsets[LANES];
    for (int i = 0; i < rows; i++) {
        find(offsets, b);
        take(b, scratchpads, offsets);
        block_mix(b);
    }
}

#ifdef PAIR
// The same for two groups that take turns. While one group's block is mixed, the other group's rows come from
// the cache and are transposed, which takes nearly no time then.
SEPARATE void mix_pair(block b[2], const uint8_t *scratchpads) {
    _Alignas(64) uint32_t offsets[2][LANES];
    word low[16], high[16], x[16];
    find(offsets[0], &b[0]);
    find(offsets[1], &b[1]);
    take(&b[0], scratchpads, offsets[0]);
    for (int i = 0; i < 2 * rows - 1; i++) {
        const int turn = i & 1, next = turn ^ 1;
        const uint8_t *row = scratchpads + (size_t)next * rows * row_bytes;
        mix_begin(x, &b[turn]);
        ROLL for (int round = 0; round < 4; round++) {
            column_round(x);
            get_lines(low, row, offsets[next], round);
            row_round(x);
            get_lines(high, row + 64, offsets[next], round);
        }
        mix_middle(x, &b[turn]);
        ROLL for (int round = 0; round < 4; round++) {
            column_round(x);
            xor_quads(b[next].halves[0] + 4 * round, low + 4 * round);
            row_round(x);
            xor_quads(b[next].halves[1] + 4 * round, high + 4 * round);
        }
        mix_end(x, &b[turn]);
        find(offsets[turn], &b[turn]);
    }
    block_mix(&b[1]);
}
enum { groups = 2 };
#else
enum { groups = 1 };
#endif

TARGET void NAME(const uint8_t *inputs, size_t length, size_t count, uint8_t *scratchpads, uint8_t (*digests)[32]) {
    // From a page's start on, so that the speed does not depend on where the stack is: at some places it is up to a
    // quarter less.
    _Alignas(4096) block blocks[groups];
    hmac keys[groups];
    const int used = count > LANES ? groups : 1;
    for (int g = 0; g < used; g++) {
        size_t first = (size_t)g * LANES, rest = count - first;
        const inputs_of_lanes of_group = {inputs + first * length, length, rest < LANES ? rest : LANES};
        hmac_begin(&keys[g], &of_group);
        expand(&blocks[g], &keys[g], &of_group);
        fill(&blocks[g], scratchpads + (size_t)g * rows * row_bytes);
    }
#ifdef PAIR
    if (used == 2)
        mix_pair(blocks, scratchpads);
    else
#endif
        mix(&blocks[0], scratchpads);
    for (int g = 0; g < used; g++) {
        size_t first = (size_t)g * LANES, rest = count - first;
        contract(&blocks[g], &keys[g], digests + first, rest < LANES ? rest : LANES);
    }
}
