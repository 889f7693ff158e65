// Written by generate-tables.py; edit that.
// BLAKE-256 as in the final round of the SHA-3 competition: 14 rounds, big-endian words.
#ifndef NIGHTJAR_SHARED_BLAKE256_H
#define NIGHTJAR_SHARED_BLAKE256_H

#include "Dialect.h"

// The first 512 bits of the fraction of pi.
NJ_TABLE nj_u32 nj_blake256_constants[16] = {
    0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U, 0xa4093822U, 0x299f31d0U, 0x082efa98U, 0xec4e6c89U,
    0x452821e6U, 0x38d01377U, 0xbe5466cfU, 0x34e90c6cU, 0xc0ac29b7U, 0xc97c50ddU, 0x3f84d5b5U, 0xb5470917U,
};

// The initial value: fractions of the roots of the first eight primes.
NJ_TABLE nj_u32 nj_blake256_iv[8] = {
    0x6a09e667U, 0xbb67ae85U, 0x3c6ef372U, 0xa54ff53aU, 0x510e527fU, 0x9b05688cU, 0x1f83d9abU, 0x5be0cd19U,
};

// Message word order. Round r uses row r mod 10.
NJ_TABLE nj_u8 nj_blake256_sigma[10][16] = {
    { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
    { 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
    { 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
    { 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
    { 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
    { 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
    { 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
    { 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
    { 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
    { 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

#endif
