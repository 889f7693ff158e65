// Written by generate-tables.py; edit that.
// Keccak-f[1600], FIPS 202, 3.2. Lane (x, y) is word x + 5 y.
#ifndef NIGHTJAR_SHARED_KECCAK_H
#define NIGHTJAR_SHARED_KECCAK_H

#include "Dialect.h"

// iota: XORed into lane 0 at the end of each round.
NJ_TABLE nj_u64 nj_keccak_round_constants[24] = {
    0x0000000000000001UL, 0x0000000000008082UL, 0x800000000000808aUL, 0x8000000080008000UL,
    0x000000000000808bUL, 0x0000000080000001UL, 0x8000000080008081UL, 0x8000000000008009UL,
    0x000000000000008aUL, 0x0000000000000088UL, 0x0000000080008009UL, 0x000000008000000aUL,
    0x000000008000808bUL, 0x800000000000008bUL, 0x8000000000008089UL, 0x8000000000008003UL,
    0x8000000000008002UL, 0x8000000000000080UL, 0x000000000000800aUL, 0x800000008000000aUL,
    0x8000000080008081UL, 0x8000000000008080UL, 0x0000000080000001UL, 0x8000000080008008UL,
};

// rho and pi as one walk: starting with the lane 1, what was picked up is rotated left by
// nj_keccak_rotations[t] and laid down at nj_keccak_lanes[t], where the next is picked up.
NJ_TABLE nj_u8 nj_keccak_lanes[24] = {
    10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13,
    12, 2, 20, 14, 22, 9, 6, 1,
};

// In bits.
NJ_TABLE nj_u8 nj_keccak_rotations[24] = {
    1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8,
    25, 43, 62, 18, 39, 61, 20, 44,
};

#endif
