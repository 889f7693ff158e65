// scrypt, second step: the block is mixed with the scratchpad, RFC 7914, 5.
//
// Launch: NJ_SCRYPT_ITEMS work-items a hash, for at least `count` hashes in groups of NJ_GROUP_LOOP hashes. A launch
// takes the turns from `first` on, `turns` of them: of 2 · NJ_SCRYPT_N turns in all, the first half fills the
// scratchpad, the second half reads it. So a batch may take several launches. Reads and writes `records`.
#ifndef NIGHTJAR_SCRYPT_MIX_CL
#define NIGHTJAR_SCRYPT_MIX_CL

#include "Scrypt/Memory.cl"

// What a work-item has of a block: x[0] to x[3] are the diagonals of the first half, x[4] to x[7] those of the second;
// whole diagonals, or one word of each.
#if NJ_SCRYPT_ITEMS == 1

typedef uint4 nj_diagonal;

#define NJ_EXCHANGE_ARGUMENTS
#define NJ_EXCHANGE
#define NJ_EXCHANGE_MEMORY

// Three diagonals are rotated by one, two and three words, so that rows become columns, or columns rows.
#define NJ_TURN(side, by1, by2, by3) by1 = by1.wxyz, by2 = by2.zwxy, by3 = by3.yzwx

#else

typedef uint nj_diagonal;

// The words that the four work-items of each hash exchange: a line is a word of each work-item of the group. NJ_TURN
// uses two sets of three lines in turn. The last line is for the row's number. So there is always a barrier between
// reading a line and writing it again.
#define NJ_EXCHANGE_LINE (4 * NJ_GROUP_LOOP)
#define NJ_EXCHANGE_ARGUMENTS , __local uint *exchange, const uint item
#define NJ_EXCHANGE , exchange, item
#define NJ_EXCHANGE_MEMORY __local uint exchange[7 * NJ_EXCHANGE_LINE]

// The word of the neighbour `by` places on, of the four.
#define NJ_NEIGHBOUR(line, by) exchange[(line)*NJ_EXCHANGE_LINE + ((item & ~3u) | ((item + (by)) & 3))]

#define NJ_TURN(side, by1, by2, by3)                            \
    exchange[(3 * (side)) * NJ_EXCHANGE_LINE + item] = by1;     \
    exchange[(3 * (side) + 1) * NJ_EXCHANGE_LINE + item] = by2; \
    exchange[(3 * (side) + 2) * NJ_EXCHANGE_LINE + item] = by3; \
    barrier(CLK_LOCAL_MEM_FENCE);                               \
    by1 = NJ_NEIGHBOUR(3 * (side), 3);                          \
    by2 = NJ_NEIGHBOUR(3 * (side) + 1, 2);                      \
    by3 = NJ_NEIGHBOUR(3 * (side) + 2, 1)

#endif

#define NJ_ADD_ROTATE(x, y, bits) rotate(x + y, (nj_diagonal)(bits))

// Half of a double round: four quarter rounds at once.
#define NJ_QUARTERS(a, b, c, d)   \
    b ^= NJ_ADD_ROTATE(a, d, 7);  \
    c ^= NJ_ADD_ROTATE(b, a, 9);  \
    d ^= NJ_ADD_ROTATE(c, b, 13); \
    a ^= NJ_ADD_ROTATE(d, c, 18)

// Salsa20/8, RFC 7914, 3, of half a block.
NJ_INLINE void nj_salsa20_8(nj_diagonal *x NJ_EXCHANGE_ARGUMENTS) {
    nj_diagonal a = x[0], b = x[1], c = x[2], d = x[3];
#pragma unroll
    for (uint i = 0; i < 4; ++i) {
        NJ_QUARTERS(a, b, c, d);
        NJ_TURN(0, b, c, d);
        NJ_QUARTERS(a, d, c, b);
        NJ_TURN(1, d, c, b);
    }
    x[0] += a;
    x[1] += b;
    x[2] += c;
    x[3] += d;
}

// RFC 7914, 4.
NJ_INLINE void nj_scrypt_mix_block(nj_diagonal *x NJ_EXCHANGE_ARGUMENTS) {
    for (uint i = 0; i < 4; ++i) x[i] ^= x[4 + i];
    nj_salsa20_8(x NJ_EXCHANGE);
    for (uint i = 0; i < 4; ++i) x[4 + i] ^= x[i];
    nj_salsa20_8(x + 4 NJ_EXCHANGE);
}

#if NJ_SCRYPT_ITEMS == 1

__kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void scrypt_mix(
    __global uint *records, NJ_PAD_ARGUMENTS, const uint first, const uint turns, const uint count) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __global uint4 *record = (__global uint4 *)(records + (size_t)slot * NJ_RECORD_WORDS);
    __global uint4 *pad = NJ_PAD_OF(slot);
    nj_diagonal x[8];
    for (uint i = 0; i < 8; ++i) x[i] = record[i];
    for (uint turn = first; turn < first + turns; ++turn) {
        if (turn < NJ_SCRYPT_N) {
            if (turn % NJ_SCRYPT_GAP == 0) {
                __global uint4 *row = pad + NJ_PAD_ROW(turn / NJ_SCRYPT_GAP);
                for (uint i = 0; i < 8; ++i) row[i] = x[i];
            }
        } else {
            const uint number = x[4].x % NJ_SCRYPT_N;
            __global const uint4 *row = pad + NJ_PAD_ROW(number / NJ_SCRYPT_GAP);
            nj_diagonal y[8];
            for (uint i = 0; i < 8; ++i) y[i] = row[i];
#if NJ_SCRYPT_GAP > 1
            for (uint missing = number % NJ_SCRYPT_GAP; missing > 0; --missing) nj_scrypt_mix_block(y);
#endif
            for (uint i = 0; i < 8; ++i) x[i] ^= y[i];
        }
        nj_scrypt_mix_block(x);
    }
    for (uint i = 0; i < 8; ++i) record[i] = x[i];
}

#else

// A work-item without a hash goes along, because it must come to every barrier. It reads and writes nothing else.
__kernel NJ_GROUP_OF(4 * NJ_GROUP_LOOP) void scrypt_mix(
    __global uint *records, NJ_PAD_ARGUMENTS, const uint first, const uint turns, const uint count) {
    NJ_EXCHANGE_MEMORY;
    const uint item = (uint)get_local_id(0), lane = item & 3;
    const uint slot = (uint)get_global_id(0) / 4;
    const bool has_hash = slot < count;
    __global uint *record = records + (size_t)slot * NJ_RECORD_WORDS + lane;
    // Each of the four has a vector of each half of a row: so they read and write 64 bytes at once.
    __global uint4 *pad = NJ_PAD_OF(has_hash ? slot : 0) + lane;
    nj_diagonal x[8];
    for (uint i = 0; i < 8; ++i) x[i] = has_hash ? record[4 * i] : 0;
    for (uint turn = first; turn < first + turns; ++turn) {
        if (turn < NJ_SCRYPT_N) {
            if (turn % NJ_SCRYPT_GAP == 0 && has_hash) {
                __global uint4 *row = pad + NJ_PAD_ROW(turn / NJ_SCRYPT_GAP);
                row[0] = (uint4)(x[0], x[1], x[2], x[3]);
                row[4] = (uint4)(x[4], x[5], x[6], x[7]);
            }
        } else {
            exchange[6 * NJ_EXCHANGE_LINE + item] = x[4];
            barrier(CLK_LOCAL_MEM_FENCE);
            const uint number = exchange[6 * NJ_EXCHANGE_LINE + (item & ~3u)] % NJ_SCRYPT_N;
            __global const uint4 *row = pad + NJ_PAD_ROW(number / NJ_SCRYPT_GAP);
            const uint4 y0 = has_hash ? row[0] : 0, y1 = has_hash ? row[4] : 0;
            nj_diagonal y[8] = {y0.x, y0.y, y0.z, y0.w, y1.x, y1.y, y1.z, y1.w};
            // All hashes of the group take as many steps, because of the barriers.
            for (uint step = 1; step < NJ_SCRYPT_GAP; ++step) {
                nj_diagonal next[8];
                for (uint i = 0; i < 8; ++i) next[i] = y[i];
                nj_scrypt_mix_block(next NJ_EXCHANGE);
                for (uint i = 0; i < 8; ++i) y[i] = step <= number % NJ_SCRYPT_GAP ? next[i] : y[i];
            }
            for (uint i = 0; i < 8; ++i) x[i] ^= y[i];
        }
        nj_scrypt_mix_block(x NJ_EXCHANGE);
    }
    if (has_hash)
        for (uint i = 0; i < 8; ++i) record[4 * i] = x[i];
}

#endif

#endif
