// Rows of the scratchpads, between lanes and memory. Part of scrypt_lanes.h.
//
// A row of all lanes is the 128 bytes of the first hash, then those of the second, and so on.

// Of four words of every hash, makes vectors in which four lanes hold one hash's words: quad k holds those of hash k in
// its first quarter, of hash 4 + k in its second, and so on. It is its own inverse.
#if LANES == 4
#define LOW32 0, 4, 1, 5
#define HIGH32 2, 6, 3, 7
#define LOW64 0, 1, 4, 5
#define HIGH64 2, 3, 6, 7
#elif LANES == 8
#define LOW32 0, 8, 1, 9, 4, 12, 5, 13
#define HIGH32 2, 10, 3, 11, 6, 14, 7, 15
#define LOW64 0, 1, 8, 9, 4, 5, 12, 13
#define HIGH64 2, 3, 10, 11, 6, 7, 14, 15
#else
#define LOW32 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29
#define HIGH32 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31
#define LOW64 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH64 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#endif

INLINE void quads(word to[4], const word from[4]) {
    word a = __builtin_shufflevector(from[0], from[1], LOW32), b = __builtin_shufflevector(from[0], from[1], HIGH32);
    word c = __builtin_shufflevector(from[2], from[3], LOW32), d = __builtin_shufflevector(from[2], from[3], HIGH32);
    to[0] = __builtin_shufflevector(a, c, LOW64);
    to[1] = __builtin_shufflevector(a, c, HIGH64);
    to[2] = __builtin_shufflevector(b, d, LOW64);
    to[3] = __builtin_shufflevector(b, d, HIGH64);
}

// Vectors as a matrix whose elements are four words become its transpose.
#if LANES == 16
INLINE void transpose_quarters(word m[4]) {
    word a = __builtin_shufflevector(m[0], m[1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    word b = __builtin_shufflevector(m[0], m[1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    word c = __builtin_shufflevector(m[2], m[3], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    word d = __builtin_shufflevector(m[2], m[3], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    m[0] = __builtin_shufflevector(a, c, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    m[1] = __builtin_shufflevector(a, c, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    m[2] = __builtin_shufflevector(b, d, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
    m[3] = __builtin_shufflevector(b, d, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
}
#elif LANES == 8
INLINE void transpose_pair(word *a, word *b) {
    word low = __builtin_shufflevector(*a, *b, 0, 1, 2, 3, 8, 9, 10, 11);
    *b = __builtin_shufflevector(*a, *b, 4, 5, 6, 7, 12, 13, 14, 15);
    *a = low;
}
#endif

// The lines of hashes k, 4 + k, … : a line is the 64 bytes of one hash's half block. `quad` holds the quads of a half
// block, and `row` is where its line of hash 0 goes.
INLINE void put_lines(uint8_t *row, const word quad[16], int k) {
    uint8_t *line = row + 128 * k;
    word m[4] = {quad[k], quad[4 + k], quad[8 + k], quad[12 + k]};
#if LANES == 16
    transpose_quarters(m);
    UNROLL for (int i = 0; i < 4; i++) { *(word *)(line + 512 * i) = m[i]; }
#elif LANES == 8
    transpose_pair(&m[0], &m[1]);
    transpose_pair(&m[2], &m[3]);
    UNROLL for (int i = 0; i < 2; i++) {
        *(word *)(line + 512 * i) = m[i];
        *(word *)(line + 512 * i + 32) = m[2 + i];
    }
#else
    UNROLL for (int i = 0; i < 4; i++) { *(word *)(line + 16 * i) = m[i]; }
#endif
}

// The other way: `offsets` tells where each hash's row is.
INLINE void get_lines(word quad[16], const uint8_t *row, const uint32_t offsets[LANES], int k) {
    const uint8_t *line = row + 128 * k;
    word m[4];
#if LANES == 16
    UNROLL for (int i = 0; i < 4; i++) m[i] = *(const word *)(line + 512 * i + offsets[4 * i + k]);
    transpose_quarters(m);
#elif LANES == 8
    UNROLL for (int i = 0; i < 2; i++) {
        m[i] = *(const word *)(line + 512 * i + offsets[4 * i + k]);
        m[2 + i] = *(const word *)(line + 512 * i + offsets[4 * i + k] + 32);
    }
    transpose_pair(&m[0], &m[1]);
    transpose_pair(&m[2], &m[3]);
#else
    UNROLL for (int i = 0; i < 4; i++) m[i] = *(const word *)(line + 16 * i + offsets[k]);
#endif
    UNROLL for (int i = 0; i < 4; i++) quad[4 * i + k] = m[i];
}

INLINE void xor_quads(word words[4], const word quad[4]) {
    word column[4];
    quads(column, quad);
    UNROLL for (int i = 0; i < 4; i++) words[i] ^= column[i];
}
