#pragma once
// The functions from which cryptonight_dispatch.c chooses: one file for each instruction set.
#include "nj_cryptonight.h"

// A hash between Keccak and the final hash: Keccak's state in 25 words, then v1's tweak. Its size is a multiple of 16
// bytes, so that all records of an aligned array are aligned.
typedef struct nj_cryptonight_record {
    _Alignas(16) uint64_t words[25];
    uint64_t tweak;
} nj_cryptonight_record;

typedef struct {
    uint64_t quotient, remainder;
} nj_division;

// Explode, main loop and implode of `width` hashes at once.
void nj_cryptonight_phases_portable(const nj_cryptonight *cn, nj_cryptonight_record *records, int width);
uint64_t nj_cryptonight_root_portable(uint64_t n);
#ifdef __x86_64__
void nj_cryptonight_phases_aesni(const nj_cryptonight *cn, nj_cryptonight_record *records, int width);
uint64_t nj_cryptonight_root_aesni(uint64_t n);
void nj_cryptonight_phases_avx2(const nj_cryptonight *cn, nj_cryptonight_record *records, int width);

// Explode and implode of two hashes whose scratchpads follow each other in memory.
void nj_cryptonight_explode_vaes(const nj_cryptonight *cn, const nj_cryptonight_record records[2], uint8_t *pads);
void nj_cryptonight_implode_vaes(const nj_cryptonight *cn, nj_cryptonight_record records[2], const uint8_t *pads);
#endif
