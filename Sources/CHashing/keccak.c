#include "nj_keccak.h"

#include "Shared/Keccak.h"
#include "nj_bytes.h"

void nj_keccak_f1600(uint64_t state[25]) {
    for (int round = 0; round < 24; round++) {
        // theta
        uint64_t parity[5];
        for (int x = 0; x < 5; x++) parity[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t d = parity[(x + 4) % 5] ^ nj_rotl64(parity[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5) state[x + y] ^= d;
        }
        // rho and pi
        uint64_t carried = state[1];
        for (int t = 0; t < 24; t++) {
            int lane = nj_keccak_lanes[t];
            uint64_t next = state[lane];
            state[lane] = nj_rotl64(carried, nj_keccak_rotations[t]);
            carried = next;
        }
        // chi
        for (int y = 0; y < 25; y += 5) {
            uint64_t row[5];
            for (int x = 0; x < 5; x++) row[x] = state[x + y];
            for (int x = 0; x < 5; x++) state[x + y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
        }
        // iota
        state[0] ^= nj_keccak_round_constants[round];
    }
}

enum { RATE = 136 };

static void absorb(uint64_t state[25], const uint8_t *block) {
    for (int i = 0; i < RATE / 8; i++) state[i] ^= nj_load64(block + 8 * i);
    nj_keccak_f1600(state);
}

void nj_keccak1600(const void *input, size_t length, uint64_t state[25]) {
    const uint8_t *bytes = input;
    memset(state, 0, 25 * sizeof state[0]);
    for (; length >= RATE; length -= RATE, bytes += RATE) absorb(state, bytes);

    uint8_t last[RATE] = {0};
    // memcpy must not get a null pointer, even for a length of 0.
    if (length > 0) memcpy(last, bytes, length);
    last[length] = 0x01;
    last[RATE - 1] |= 0x80;
    absorb(state, last);
}
