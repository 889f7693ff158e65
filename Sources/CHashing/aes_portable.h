#pragma once
// AES rounds with tables, for the portable code of this target. A state is four little-endian columns.
#include "Shared/AES.h"
#include "nj_bytes.h"

typedef struct nj_aes_state {
    uint32_t column[4];
} nj_aes_state;

static inline nj_aes_state nj_aes_load(const void *bytes) {
    nj_aes_state state;
    memcpy(&state, bytes, sizeof state);
    return state;
}

static inline void nj_aes_store(void *bytes, nj_aes_state state) { memcpy(bytes, &state, sizeof state); }

// Column i of the result takes row r from column i + r: ShiftRows, with SubBytes and MixColumns in the table.
static inline uint32_t nj_aes_encrypt_column(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t key) {
    return key ^ nj_aes_te0[a & 0xff] ^ nj_rotl32(nj_aes_te0[b >> 8 & 0xff], 8)
        ^ nj_rotl32(nj_aes_te0[c >> 16 & 0xff], 16) ^ nj_rotl32(nj_aes_te0[d >> 24], 24);
}

static inline nj_aes_state nj_aes_encrypt_portable(nj_aes_state s, nj_aes_state key) {
    const uint32_t *c = s.column, *k = key.column;
    return (nj_aes_state){{
        nj_aes_encrypt_column(c[0], c[1], c[2], c[3], k[0]),
        nj_aes_encrypt_column(c[1], c[2], c[3], c[0], k[1]),
        nj_aes_encrypt_column(c[2], c[3], c[0], c[1], k[2]),
        nj_aes_encrypt_column(c[3], c[0], c[1], c[2], k[3]),
    }};
}

// The inverse: row r comes from column i - r.
static inline uint32_t nj_aes_decrypt_column(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t key) {
    return key ^ nj_aes_td0[a & 0xff] ^ nj_rotl32(nj_aes_td0[b >> 8 & 0xff], 8)
        ^ nj_rotl32(nj_aes_td0[c >> 16 & 0xff], 16) ^ nj_rotl32(nj_aes_td0[d >> 24], 24);
}

static inline nj_aes_state nj_aes_decrypt_portable(nj_aes_state s, nj_aes_state key) {
    const uint32_t *c = s.column, *k = key.column;
    return (nj_aes_state){{
        nj_aes_decrypt_column(c[0], c[3], c[2], c[1], k[0]),
        nj_aes_decrypt_column(c[1], c[0], c[3], c[2], k[1]),
        nj_aes_decrypt_column(c[2], c[1], c[0], c[3], k[2]),
        nj_aes_decrypt_column(c[3], c[2], c[1], c[0], k[3]),
    }};
}
