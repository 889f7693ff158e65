// Argon2d's compression function, RFC 9106 section 3.5, with AVX2.
#if defined(__x86_64__)
#include <immintrin.h>

#include "argon2d_segment.h"

#define AVX2 __attribute__((target("avx2"), always_inline)) static inline

// Four words, one of each of four columns, or two of each of two.
typedef __m256i words4;

AVX2 words4 load(const block *b, unsigned word) { return _mm256_load_si256((const words4 *)(b->words + word)); }
AVX2 void store(block *b, unsigned word, words4 x) { _mm256_store_si256((words4 *)(b->words + word), x); }

AVX2 words4 add_multiply(words4 a, words4 b) {
    words4 product = _mm256_mul_epu32(a, b);
    return _mm256_add_epi64(_mm256_add_epi64(a, b), _mm256_add_epi64(product, product));
}

AVX2 words4 rotate32(words4 x) { return _mm256_shuffle_epi32(x, 0xB1); }
AVX2 words4 rotate24(words4 x) {
    const words4 bytes = _mm256_set_epi64x(0x0A09080F0E0D0C0B, 0x0201000706050403, 0x0A09080F0E0D0C0B, 0x0201000706050403);
    return _mm256_shuffle_epi8(x, bytes);
}
AVX2 words4 rotate16(words4 x) {
    const words4 bytes = _mm256_set_epi64x(0x09080F0E0D0C0B0A, 0x0100070605040302, 0x09080F0E0D0C0B0A, 0x0100070605040302);
    return _mm256_shuffle_epi8(x, bytes);
}
AVX2 words4 rotate63(words4 x) { return _mm256_or_si256(_mm256_srli_epi64(x, 63), _mm256_add_epi64(x, x)); }

// The mixing function on two sets of four words, step by step side by side: either hides the other's waiting.
AVX2 void mix(words4 a[2], words4 b[2], words4 c[2], words4 d[2]) {
    for (int i = 0; i < 2; i++) a[i] = add_multiply(a[i], b[i]);
    for (int i = 0; i < 2; i++) d[i] = rotate32(_mm256_xor_si256(d[i], a[i]));
    for (int i = 0; i < 2; i++) c[i] = add_multiply(c[i], d[i]);
    for (int i = 0; i < 2; i++) b[i] = rotate24(_mm256_xor_si256(b[i], c[i]));
    for (int i = 0; i < 2; i++) a[i] = add_multiply(a[i], b[i]);
    for (int i = 0; i < 2; i++) d[i] = rotate16(_mm256_xor_si256(d[i], a[i]));
    for (int i = 0; i < 2; i++) c[i] = add_multiply(c[i], d[i]);
    for (int i = 0; i < 2; i++) b[i] = rotate63(_mm256_xor_si256(b[i], c[i]));
}

// The permutation P on two rows of sixteen words, in place. A vector is a row of P's 4 × 4 matrix.
AVX2 void permute_rows(block *m, unsigned row) {
    words4 v[4][2];
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) v[i][k] = load(m, 16 * (row + k) + 4 * i);
    mix(v[0], v[1], v[2], v[3]);
    for (int k = 0; k < 2; k++) {
        v[1][k] = _mm256_permute4x64_epi64(v[1][k], 0x39);
        v[2][k] = _mm256_permute4x64_epi64(v[2][k], 0x4E);
        v[3][k] = _mm256_permute4x64_epi64(v[3][k], 0x93);
    }
    mix(v[0], v[1], v[2], v[3]);
    for (int k = 0; k < 2; k++) {
        v[1][k] = _mm256_permute4x64_epi64(v[1][k], 0x93);
        v[2][k] = _mm256_permute4x64_epi64(v[2][k], 0x4E);
        v[3][k] = _mm256_permute4x64_epi64(v[3][k], 0x39);
    }
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) store(m, 16 * (row + k) + 4 * i, v[i][k]);
}

// P on two of the columns, which are two words wide: those that begin at `word`. Each half of a vector is half a row of
// one column's matrix, and the result is XORed over `next`.
AVX2 void permute_columns(const block *m, unsigned word, block *next) {
    words4 v[4][2];
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) v[i][k] = load(m, 16 * (2 * i + k) + word);
    mix(v[0], v[1], v[2], v[3]);
    // The diagonals: turns by one, two and three words within the two vectors' halves.
    words4 b[2] = {_mm256_alignr_epi8(v[1][1], v[1][0], 8), _mm256_alignr_epi8(v[1][0], v[1][1], 8)};
    words4 c[2] = {v[2][1], v[2][0]};
    words4 d[2] = {_mm256_alignr_epi8(v[3][0], v[3][1], 8), _mm256_alignr_epi8(v[3][1], v[3][0], 8)};
    mix(v[0], b, c, d);
    v[1][0] = _mm256_alignr_epi8(b[0], b[1], 8), v[1][1] = _mm256_alignr_epi8(b[1], b[0], 8);
    v[2][0] = c[1], v[2][1] = c[0];
    v[3][0] = _mm256_alignr_epi8(d[1], d[0], 8), v[3][1] = _mm256_alignr_epi8(d[0], d[1], 8);
    for (unsigned i = 0; i < 4; i++)
        for (unsigned k = 0; k < 2; k++) {
            unsigned at = 16 * (2 * i + k) + word;
            store(next, at, _mm256_xor_si256(load(next, at), v[i][k]));
        }
}

AVX2 void compress(
    const nj_argon2d *parameters, const block *memory, position after, block *next, const block *previous,
    const block *reference, bool over) {
    block mixed;
    for (unsigned word = 0; word < block_words; word += 4) {
        words4 x = _mm256_xor_si256(load(previous, word), load(reference, word));
        store(&mixed, word, x);
        store(next, word, over ? _mm256_xor_si256(x, load(next, word)) : x);
    }
    for (unsigned row = 0; row < 8; row += 2) permute_rows(&mixed, row);
    permute_columns(&mixed, 0, next);
    // The first word is there, so the memory can look for the next reference while the other columns are mixed.
    const block *following = reference_block(parameters, memory, after, next->words[0]);
    for (unsigned word = 0; word < block_words; word += 8) __builtin_prefetch(following->words + word);
    for (unsigned word = 4; word < 16; word += 4) permute_columns(&mixed, word, next);
}

__attribute__((target("avx2"))) void nj_argon2d_segment_avx2(
    const nj_argon2d *parameters, block *memory, position at) {
    fill_segment(parameters, memory, at, compress);
}
#endif
