// Written by generate-tables.py; edit that.
// Skein-512-256, version 1.3: Threefish-512 in UBI chaining, little-endian.
#ifndef NIGHTJAR_SHARED_SKEIN512_H
#define NIGHTJAR_SHARED_SKEIN512_H

#include "Dialect.h"

// Threefish-512 rotations: round d uses row d mod 8, MIX j column j.
NJ_TABLE nj_u8 nj_skein512_rotations[8][4] = {
    { 46, 36, 19, 37 },
    { 33, 27, 14, 42 },
    { 17, 49, 36, 39 },
    { 44, 9, 54, 56 },
    { 39, 30, 34, 24 },
    { 13, 50, 10, 17 },
    { 25, 29, 39, 43 },
    { 8, 35, 56, 22 },
};

// After each round, word i becomes word nj_skein512_permutation[i].
NJ_TABLE nj_u8 nj_skein512_permutation[8] = {
    2, 1, 4, 7, 6, 5, 0, 3,
};

// XORed with a key's eight words, it gives the ninth.
#define NJ_SKEIN_C240 0x1bd11bdaa9fc1a22UL

// The chaining value after the configuration block for 256 bits of output.
NJ_TABLE nj_u64 nj_skein512_256_iv[8] = {
    0xccd044a12fdb3e13UL, 0xe83590301a79a9ebUL, 0x55aea0614f816e6fUL, 0x2a2767a4ae9b94dbUL,
    0xec06025e74dd7683UL, 0xe7a436cdc4746251UL, 0xc36fbaf9393ad185UL, 0x3eedba1833edfc13UL,
};

#endif
