#include "nj_groestl256.h"

#include "Shared/Groestl256.h"
#include "nj_bytes.h"

// SubBytes, ShiftBytes and MixBytes of a state of eight columns.
static inline void substitute(uint64_t out[8], const uint64_t in[8], const nj_u8 shift[8]) {
    for (int column = 0; column < 8; column++) {
        uint64_t sum = 0;
        for (int row = 0; row < 8; row++) {
            uint8_t byte = (uint8_t)(in[(column + shift[row]) & 7] >> (8 * row));
            sum ^= nj_rotl64(nj_groestl_t0[byte], 8 * (unsigned)row);
        }
        out[column] = sum;
    }
}

static void permute_p(uint64_t state[8]) {
    for (uint64_t round = 0; round < 10; round++) {
        uint64_t in[8];
        for (uint64_t i = 0; i < 8; i++) in[i] = state[i] ^ (i << 4) ^ round;
        substitute(state, in, nj_groestl256_shift_p);
    }
}

static void permute_q(uint64_t state[8]) {
    for (uint64_t round = 0; round < 10; round++) {
        uint64_t in[8];
        for (uint64_t i = 0; i < 8; i++) in[i] = ~state[i] ^ (((i << 4) ^ round) << 56);
        substitute(state, in, nj_groestl256_shift_q);
    }
}

static void compress(uint64_t h[8], const uint8_t block[64]) {
    uint64_t p[8], q[8];
    for (int i = 0; i < 8; i++) {
        q[i] = nj_load64(block + 8 * i);
        p[i] = q[i] ^ h[i];
    }
    permute_p(p);
    permute_q(q);
    for (int i = 0; i < 8; i++) h[i] ^= p[i] ^ q[i];
}

void nj_groestl256(const void *input, size_t length, uint8_t digest[32]) {
    const uint8_t *bytes = input;
    uint64_t blocks = 0;
    // The digest's length in bits, big-endian at the end of the state.
    uint64_t h[8] = {[7] = (uint64_t)1 << 48};
    for (; length >= 64; length -= 64, bytes += 64, blocks++) compress(h, bytes);

    // Padding: a one bit, zeros, and the number of blocks, including the padding's.
    uint8_t last[128] = {0};
    if (length > 0) memcpy(last, bytes, length);
    size_t size = length < 56 ? 64 : 128;
    last[length] = 0x80;
    nj_store64_big(last + size - 8, blocks + size / 64);
    for (size_t i = 0; i < size; i += 64) compress(h, last + i);

    uint64_t p[8];
    memcpy(p, h, sizeof p);
    permute_p(p);
    for (int i = 0; i < 4; i++) nj_store64(digest + 8 * i, h[4 + i] ^ p[4 + i]);
}
