// Argon2d's compression function, RFC 9106 section 3.5, in portable C.
#include "argon2d_segment.h"

// Blake2b's mixing function with a multiplication in each addition. It does four columns at a time, so that the
// compiler can keep them in vector registers.
static inline void add_multiply(uint64_t a[4], const uint64_t b[4]) {
    for (int i = 0; i < 4; i++) a[i] += b[i] + 2 * (uint64_t)(uint32_t)a[i] * (uint32_t)b[i];
}

static inline void xor_rotate(uint64_t a[4], const uint64_t b[4], unsigned count) {
    for (int i = 0; i < 4; i++) a[i] = nj_rotr64(a[i] ^ b[i], count);
}

static inline void mix(uint64_t a[4], uint64_t b[4], uint64_t c[4], uint64_t d[4]) {
    add_multiply(a, b);
    xor_rotate(d, a, 32);
    add_multiply(c, d);
    xor_rotate(b, c, 24);
    add_multiply(a, b);
    xor_rotate(d, a, 16);
    add_multiply(c, d);
    xor_rotate(b, c, 63);
}

// Rotates each row of the 4 × 4 matrix by its number, which turns the diagonals into columns. Rotating by the rest
// undoes it.
static inline void turn(uint64_t row[4], unsigned by) {
    uint64_t old[4] = {row[0], row[1], row[2], row[3]};
    for (unsigned i = 0; i < 4; i++) row[i] = old[(i + by) & 3];
}

// The permutation P on sixteen words: eight pairs, `stride` words apart.
static inline void permute(uint64_t *words, size_t stride) {
    uint64_t v[4][4];
    for (size_t pair = 0; pair < 8; pair++) memcpy(&v[pair / 2][pair % 2 * 2], words + pair * stride, 16);
    mix(v[0], v[1], v[2], v[3]);
    turn(v[1], 1), turn(v[2], 2), turn(v[3], 3);
    mix(v[0], v[1], v[2], v[3]);
    turn(v[1], 3), turn(v[2], 2), turn(v[3], 1);
    for (size_t pair = 0; pair < 8; pair++) memcpy(words + pair * stride, &v[pair / 2][pair % 2 * 2], 16);
}

// The compression function G; in later passes the result is XORed into the block's old contents.
__attribute__((always_inline)) static inline void compress(
    const nj_argon2d *parameters, const block *memory, position after, block *next, const block *previous,
    const block *reference, bool over) {
    (void)parameters, (void)memory, (void)after;
    block mixed, result;
    for (int i = 0; i < block_words; i++) mixed.words[i] = previous->words[i] ^ reference->words[i];
    for (int i = 0; i < block_words; i++) result.words[i] = mixed.words[i] ^ (over ? next->words[i] : 0);
    for (size_t row = 0; row < 8; row++) permute(mixed.words + 16 * row, 2);
    for (size_t column = 0; column < 8; column++) permute(mixed.words + 2 * column, 16);
    for (int i = 0; i < block_words; i++) next->words[i] = result.words[i] ^ mixed.words[i];
}

void nj_argon2d_segment_portable(const nj_argon2d *parameters, block *memory, position at) {
    fill_segment(parameters, memory, at, compress);
}
