// CryptoNight's three phases, written once. Each instruction set's file defines these and then includes this:
//
//   NJ_TARGET                      the attribute that turns the instruction set on, or nothing
//   block                          16 bytes of scratchpad or key
//   block_load, block_store        from and to an address that is a multiple of 16
//   block_make, block_low, block_high   from and to its little-endian 64-bit halves
//   block_xor, block_add           bitwise; per 64-bit half
//   block_aes                      one AES round (ShiftRows, SubBytes, MixColumns, XOR key)
//   root                           floor(2 √(2⁶⁴ + n)) - 2³³
//   run_program                    CryptoNight-R's random program
//   KEEP_SCALAR(x, y)              an empty statement that keeps two 64-bit variables in general registers, or nothing
//
// and gets `explode`, `main_loop` and `implode`.

#include "nj_aes.h"
#include "nj_bytes.h"
#include "nj_cryptonight.h"

#define INLINE static inline __attribute__((always_inline)) NJ_TARGET

enum { ROUNDS = 10, BLOCKS = 8 };

INLINE void load_keys(block keys[ROUNDS], const uint8_t key[32]) {
    _Alignas(16) uint8_t round_keys[16 * ROUNDS];
    nj_aes_expand10(key, round_keys);
    for (int i = 0; i < ROUNDS; i++) keys[i] = block_load(round_keys + 16 * i);
}

INLINE void encrypt(block text[BLOCKS], const block keys[ROUNDS]) {
#pragma clang loop unroll(full)
    for (int round = 0; round < ROUNDS; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < BLOCKS; i++) text[i] = block_aes(text[i], keys[round]);
    }
}

// Fills the scratchpad with the key stream: state bytes 64 to 191 encrypted over and over under bytes 0 to 31.
NJ_TARGET static void explode(const nj_cryptonight *cn, const uint8_t state[200]) {
    block keys[ROUNDS], text[BLOCKS];
    load_keys(keys, state);
    for (int i = 0; i < BLOCKS; i++) text[i] = block_load(state + 64 + 16 * i);
    uint8_t *const pad = cn->scratchpad, *const end = pad + cn->memory;
    for (uint8_t *at = pad; at < end; at += 16 * BLOCKS) {
        encrypt(text, keys);
        for (int i = 0; i < BLOCKS; i++) block_store(at + 16 * i, text[i]);
    }
}

// Folds the scratchpad back into state bytes 64 to 191, under bytes 32 to 63.
NJ_TARGET static void implode(const nj_cryptonight *cn, uint8_t state[200]) {
    block keys[ROUNDS], text[BLOCKS];
    load_keys(keys, state + 32);
    for (int i = 0; i < BLOCKS; i++) text[i] = block_load(state + 64 + 16 * i);
    const uint8_t *const pad = cn->scratchpad, *const end = pad + cn->memory;
    for (const uint8_t *at = pad; at < end; at += 16 * BLOCKS) {
        for (int i = 0; i < BLOCKS; i++) text[i] = block_xor(text[i], block_load(at + 16 * i));
        encrypt(text, keys);
    }
    for (int i = 0; i < BLOCKS; i++) block_store(state + 64 + 16 * i, text[i]);
}

// v1: bits 4 and 5 of byte 11 of the first store change by a table of 16 two-bit entries, chosen by bits 0, 4 and 5.
INLINE uint64_t tweak_high(uint64_t high) {
    uint32_t byte = (uint32_t)(high >> 24);
    uint32_t index = ((byte >> 3 & 6) | (byte & 1)) << 1;
    return high ^ (uint64_t)(0x75310u >> index & 0x30) << 24;
}

// `base` is a constant wherever this is called, so that each call compiles to its own variant's loop.
INLINE void loop(const nj_cryptonight *cn, const nj_cryptonight_base base, const uint8_t state[200], uint64_t tweak) {
    const int shuffles = base == NJ_CRYPTONIGHT_V2 || base == NJ_CRYPTONIGHT_R;
    uint8_t *const pad = cn->scratchpad;
    const uint64_t mask = cn->mask, turns = cn->iterations;

    uint64_t al = nj_load64(state) ^ nj_load64(state + 32), ah = nj_load64(state + 8) ^ nj_load64(state + 40);
    block b = block_xor(block_load(state + 16), block_load(state + 48));
    block b1 = block_xor(block_load(state + 64), block_load(state + 80));
    uint64_t quotient = nj_load64(state + 96), square_root = nj_load64(state + 104);
    nj_random_math_registers registers;
    for (int i = 0; i < 4; i++) registers.r[i] = nj_load32(state + 96 + 4 * i);

    for (uint64_t turn = 0; turn < turns; turn++) {
        // First half: an AES round with a as key on the block that a points to.
        uint64_t at = al & mask;
        const block a = block_make(al, ah);
        block c = block_aes(block_load(pad + at), a);
        if (shuffles) {
            block one = block_load(pad + (at ^ 0x10)), two = block_load(pad + (at ^ 0x20));
            block three = block_load(pad + (at ^ 0x30));
            block_store(pad + (at ^ 0x10), block_add(three, b1));
            block_store(pad + (at ^ 0x20), block_add(one, b));
            block_store(pad + (at ^ 0x30), block_add(two, a));
            if (base == NJ_CRYPTONIGHT_R) c = block_xor(block_xor(c, one), block_xor(two, three));
        }
        block stored = block_xor(b, c);
        if (base == NJ_CRYPTONIGHT_V1) {
            nj_store64(pad + at, block_low(stored));
            nj_store64(pad + at + 8, tweak_high(block_high(stored)));
        } else {
            block_store(pad + at, stored);
        }

        // Second half: a 64-bit multiplication with the block that the result points to.
        uint64_t cl = block_low(c);
        at = cl & mask;
        uint64_t dl = nj_load64(pad + at), dh = nj_load64(pad + at + 8);
        if (base == NJ_CRYPTONIGHT_V2) {
            // The results of this turn's division and root are used in the next, which hides what they take.
            dl ^= quotient ^ square_root << 32;
            uint64_t dividend = block_high(c);
            uint32_t divisor = (uint32_t)(cl + (square_root << 1)) | 0x80000001u;
            quotient = (uint32_t)(dividend / divisor) + ((dividend % divisor) << 32);
            square_root = root(cl + quotient);
        }
        if (base == NJ_CRYPTONIGHT_R) {
            uint32_t *r = registers.r;
            dl ^= (r[0] + r[1]) | (uint64_t)(r[2] + r[3]) << 32;
            r[4] = (uint32_t)al;
            r[5] = (uint32_t)ah;
            r[6] = (uint32_t)block_low(b);
            r[7] = (uint32_t)block_low(b1);
            r[8] = (uint32_t)block_high(b1);
            run_program(cn->program, &registers);
            al ^= r[2] | (uint64_t)r[3] << 32;
            ah ^= r[0] | (uint64_t)r[1] << 32;
        }
        unsigned __int128 product = (unsigned __int128)cl * dl;
        uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
        if (shuffles) {
            block one = block_load(pad + (at ^ 0x10)), two = block_load(pad + (at ^ 0x20));
            block three = block_load(pad + (at ^ 0x30));
            if (base == NJ_CRYPTONIGHT_V2) {
                one = block_xor(one, block_make(high, low));
                high ^= block_low(two);
                low ^= block_high(two);
            }
            block_store(pad + (at ^ 0x10), block_add(three, b1));
            block_store(pad + (at ^ 0x20), block_add(one, b));
            block_store(pad + (at ^ 0x30), block_add(two, a));
            if (base == NJ_CRYPTONIGHT_R) c = block_xor(block_xor(c, one), block_xor(two, three));
        }
        al += high;
        ah += low;
        KEEP_SCALAR(al, ah);
        nj_store64(pad + at, al);
        nj_store64(pad + at + 8, base == NJ_CRYPTONIGHT_V1 ? ah ^ tweak : ah);
        al ^= dl;
        ah ^= dh;
        KEEP_SCALAR(al, ah);
        b1 = b;
        b = c;
    }
}

// `tweak` is v1's; others ignore it.
NJ_TARGET static void main_loop(const nj_cryptonight *cn, const uint8_t state[200], uint64_t tweak) {
    switch (cn->base) {
    case NJ_CRYPTONIGHT_V0: loop(cn, NJ_CRYPTONIGHT_V0, state, tweak); break;
    case NJ_CRYPTONIGHT_V1: loop(cn, NJ_CRYPTONIGHT_V1, state, tweak); break;
    case NJ_CRYPTONIGHT_V2: loop(cn, NJ_CRYPTONIGHT_V2, state, tweak); break;
    case NJ_CRYPTONIGHT_R: loop(cn, NJ_CRYPTONIGHT_R, state, tweak); break;
    }
}
