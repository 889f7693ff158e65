// Argon2d's compression function, RFC 9106 section 3.5, in vectors of eight words. The including file defines TARGET,
// the instruction set (its registers may be narrower), and SEGMENT, the function's name. AVX2 and AVX-512 compile the
// same source, so a test of one also tells something about the other.
#include "argon2d_segment.h"

#define WIDE __attribute__((target(TARGET), always_inline)) static inline

typedef uint64_t words __attribute__((vector_size(64), may_alias));
typedef uint64_t words4 __attribute__((vector_size(32), may_alias));

// TURNEDn rotates each group of four words by n words. ODD_EVEN takes the odd words of x and the even words of y.
#define TURNED1(x) __builtin_shufflevector(x, x, 1, 2, 3, 0, 5, 6, 7, 4)
#define TURNED2(x) __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5)
#define TURNED3(x) __builtin_shufflevector(x, x, 3, 0, 1, 2, 7, 4, 5, 6)
#define ODD_EVEN(x, y) __builtin_shufflevector(x, y, 1, 8, 3, 10, 5, 12, 7, 14)

// Vectors are passed by address: there is no calling convention for wide vectors between functions with and without
// wide registers.
WIDE void add_multiply(words *a, const words *b) {
    words product = (*a & 0xFFFFFFFF) * (*b & 0xFFFFFFFF);
    *a = *a + *b + (product + product);
}

WIDE void turn_over(words *x, const words *y, int right) {
    words z = *x ^ *y;
    *x = z >> right | z << (64 - right);
}

// The mixing function on two vectors of each kind, with their steps interleaved, so that each hides the other's
// latency.
WIDE void mix(words a[2], words b[2], words c[2], words d[2]) {
    for (int i = 0; i < 2; i++) add_multiply(&a[i], &b[i]);
    for (int i = 0; i < 2; i++) turn_over(&d[i], &a[i], 32);
    for (int i = 0; i < 2; i++) add_multiply(&c[i], &d[i]);
    for (int i = 0; i < 2; i++) turn_over(&b[i], &c[i], 24);
    for (int i = 0; i < 2; i++) add_multiply(&a[i], &b[i]);
    for (int i = 0; i < 2; i++) turn_over(&d[i], &a[i], 16);
    for (int i = 0; i < 2; i++) add_multiply(&c[i], &d[i]);
    for (int i = 0; i < 2; i++) turn_over(&b[i], &c[i], 63);
}

// Four words of a row, followed by four of the next row.
WIDE void load_rows(words *x, const block *m, unsigned word) {
    const words4 *first = (const words4 *)(m->words + word), *second = (const words4 *)(m->words + word + 16);
    *x = __builtin_shufflevector(*first, *second, 0, 1, 2, 3, 4, 5, 6, 7);
}

WIDE void store_rows(block *m, unsigned word, const words *x) {
    *(words4 *)(m->words + word) = __builtin_shufflevector(*x, *x, 0, 1, 2, 3);
    *(words4 *)(m->words + word + 16) = __builtin_shufflevector(*x, *x, 4, 5, 6, 7);
}

// The permutation P on four rows of sixteen words, in place. Four words are a row of P's 4 × 4 matrix.
WIDE void permute_rows(block *m, unsigned row) {
    words v[4][2];
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) load_rows(&v[i][k], m, 16 * (row + 2 * k) + 4 * i);
    mix(v[0], v[1], v[2], v[3]);
    for (int k = 0; k < 2; k++) {
        v[1][k] = TURNED1(v[1][k]);
        v[2][k] = TURNED2(v[2][k]);
        v[3][k] = TURNED3(v[3][k]);
    }
    mix(v[0], v[1], v[2], v[3]);
    for (int k = 0; k < 2; k++) {
        v[1][k] = TURNED3(v[1][k]);
        v[2][k] = TURNED2(v[2][k]);
        v[3][k] = TURNED1(v[3][k]);
    }
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) store_rows(m, 16 * (row + 2 * k) + 4 * i, &v[i][k]);
}

WIDE words *vector(block *b, unsigned word) { return (words *)(b->words + word); }

// P on four columns from `word` on; a column is two words wide. Each two words of a vector are half a row of one
// column's matrix. The result is XORed into `next`.
WIDE void permute_columns(block *m, unsigned word, block *next) {
    words v[4][2];
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) v[i][k] = *vector(m, 16 * (2 * i + k) + word);
    mix(v[0], v[1], v[2], v[3]);
    // The diagonals: rotations by one, two and three words within the halves of the two vectors.
    words b[2] = {ODD_EVEN(v[1][0], v[1][1]), ODD_EVEN(v[1][1], v[1][0])};
    words c[2] = {v[2][1], v[2][0]};
    words d[2] = {ODD_EVEN(v[3][1], v[3][0]), ODD_EVEN(v[3][0], v[3][1])};
    mix(v[0], b, c, d);
    v[1][0] = ODD_EVEN(b[1], b[0]), v[1][1] = ODD_EVEN(b[0], b[1]);
    v[2][0] = c[1], v[2][1] = c[0];
    v[3][0] = ODD_EVEN(d[0], d[1]), v[3][1] = ODD_EVEN(d[1], d[0]);
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) *vector(next, 16 * (2 * i + k) + word) ^= v[i][k];
}

WIDE void compress(
    const nj_argon2d *parameters, const block *memory, position after, block *next, const block *previous,
    const block *reference, bool over) {
    block mixed;
    for (unsigned word = 0; word < block_words; word += 8) {
        words x = *(const words *)(previous->words + word) ^ *(const words *)(reference->words + word);
        *vector(&mixed, word) = x;
        *vector(next, word) = over ? x ^ *vector(next, word) : x;
    }
    for (unsigned row = 0; row < 8; row += 4) permute_rows(&mixed, row);
    permute_columns(&mixed, 0, next);
    // The first word is ready, so the next reference block can be prefetched while the other half is mixed.
    const block *following = reference_block(parameters, memory, after, next->words[0]);
    for (unsigned word = 0; word < block_words; word += 8) __builtin_prefetch(following->words + word);
    permute_columns(&mixed, 8, next);
}

__attribute__((target(TARGET))) void SEGMENT(const nj_argon2d *parameters, block *memory, position at) {
    fill_segment(parameters, memory, at, compress);
}
