#include "nj_jh256.h"

#include "Shared/JH256.h"
#include "nj_bytes.h"

// The state is bit-sliced: row r (0 … 7) of half i is x[2 r + i]. Bit 3 - k of an element is in row 2 k for even
// elements and in row 2 k + 1 for odd elements.

// Both S-boxes on 64 elements at once: S0 where a bit of `c` is 0, S1 where it is 1.
static inline void substitute(uint64_t *m0, uint64_t *m1, uint64_t *m2, uint64_t *m3, uint64_t c) {
    uint64_t a = *m0, b = *m1, d = *m2, e = ~*m3;
    a ^= ~d & c;
    uint64_t t = c ^ (a & b);
    a ^= d & e;
    e ^= ~b & d;
    b ^= a & d;
    d ^= a & ~e;
    a ^= b | e;
    e ^= b & d;
    *m1 = b ^ (t & a);
    *m2 = d ^ t;
    *m0 = a;
    *m3 = e;
}

// Exchanges neighbouring groups of 2^n bits.
static inline uint64_t exchange(uint64_t x, unsigned n) {
    static const uint64_t low[6] = {
        0x5555555555555555, 0x3333333333333333, 0x0f0f0f0f0f0f0f0f,
        0x00ff00ff00ff00ff, 0x0000ffff0000ffff, 0x00000000ffffffff,
    };
    unsigned shift = 1u << n;
    return ((x & low[n]) << shift) | ((x >> shift) & low[n]);
}

static void permute(uint64_t x[16]) {
    for (unsigned round = 0; round < 42; round++) {
        const nj_u64 *constant = nj_jh_round_constants[round];
        for (int i = 0; i < 2; i++) {
            uint64_t *r = x + i;
            substitute(&r[0], &r[4], &r[8], &r[12], constant[i]);
            substitute(&r[2], &r[6], &r[10], &r[14], constant[2 + i]);
            // The MDS layer: odd ^= 2 even, then even ^= 2 odd, in GF(2^4).
            r[2] ^= r[4];
            r[6] ^= r[8];
            r[10] ^= r[12] ^ r[0];
            r[14] ^= r[0];
            r[0] ^= r[6];
            r[4] ^= r[10];
            r[8] ^= r[14] ^ r[2];
            r[12] ^= r[2];
        }
        unsigned step = round % 7;
        for (int row = 1; row < 8; row += 2) {
            uint64_t *r = x + 2 * row;
            if (step < 6) {
                r[0] = exchange(r[0], step);
                r[1] = exchange(r[1], step);
            } else {
                uint64_t other = r[0];
                r[0] = r[1];
                r[1] = other;
            }
        }
    }
}

static void compress(uint64_t h[16], const uint8_t block[64]) {
    uint64_t m[8];
    for (int i = 0; i < 8; i++) m[i] = nj_load64(block + 8 * i);
    for (int i = 0; i < 8; i++) h[i] ^= m[i];
    permute(h);
    for (int i = 0; i < 8; i++) h[8 + i] ^= m[i];
}

void nj_jh256(const void *input, size_t length, uint8_t digest[32]) {
    const uint8_t *bytes = input;
    const uint64_t bits = (uint64_t)length * 8;
    uint64_t h[16];
    for (int i = 0; i < 16; i++) h[i] = nj_jh256_iv[i];
    for (; length >= 64; length -= 64, bytes += 64) compress(h, bytes);

    // At least 512 bits are appended: a one bit, zeros, the length. So a message that ends inside a block always needs
    // a second block, however short it is.
    uint8_t last[128] = {0};
    if (length > 0) memcpy(last, bytes, length);
    size_t size = length == 0 ? 64 : 128;
    last[length] = 0x80;
    nj_store64_big(last + size - 8, bits);
    for (size_t i = 0; i < size; i += 64) compress(h, last + i);

    for (int i = 0; i < 4; i++) nj_store64(digest + 8 * i, h[12 + i]);
}
