// CryptoNight's three phases, written once. Each instruction set's file defines these and then includes this:
//
//   NJ_TARGET                      the attribute that enables the instruction set, or nothing
//   NJ_UNROLL                      a pragma that unrolls the loop that follows, or nothing
//   NJ_PER_WIDTH                   whether each width gets its own copy, for which NJ_UNROLL must unroll; else one
//                                  copy serves all
//   block                          16 bytes of scratchpad or key
//   block_load, block_store        from and to an address that is a multiple of 16
//   block_make, block_low, block_high   from and to its little-endian 64-bit halves
//   block_xor, block_add           bitwise; per 64-bit half
//   block_aes                      one AES round (ShiftRows, SubBytes, MixColumns, XOR key)
//   block_aes_chained              the round of cn-heavy/tube, see NJ_CRYPTONIGHT_CHAINED
//   divide_unsigned                quotient and remainder; the dividend is random, the divisor has its highest bit
//   quotient_signed                of a division that does not overflow, rounded towards zero
//   or_ends                        ORs 0x80000001
//   root                           floor(2 √(2⁶⁴ + n)) - 2³³
//   run_program                    CryptoNight-R's random program
//   NJ_RUNS_COMPILED, run_compiled whether that program's compiled form can be run, and does so; needs NJ_PER_WIDTH
//   KEEP_SCALAR(x, y)              an empty statement that keeps two 64-bit variables in general registers, or nothing
//   PREFETCH(address)              asks for a cache line, or nothing
//
// and gets `explode_one`, `main_loop` and `implode_one`.

#include "cryptonight_phases.h"
#include "nj_aes.h"
#include "nj_bytes.h"

#define INLINE static inline __attribute__((always_inline)) NJ_TARGET

enum { ROUNDS = 10, BLOCKS = 8, HEAVY_ROUNDS = 16 };

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

// Heavy: each block is XORed with its neighbour.
INLINE void mix(block text[BLOCKS]) {
    block first = text[0];
#pragma clang loop unroll(full)
    for (int i = 0; i < BLOCKS - 1; i++) text[i] = block_xor(text[i], text[i + 1]);
    text[BLOCKS - 1] = block_xor(text[BLOCKS - 1], first);
}

// Fills the scratchpad with the key stream: state bytes 64 to 191, encrypted again and again with bytes 0 to 31 as the
// key.
NJ_TARGET static void explode(const nj_cryptonight *cn, uint8_t *pad, const uint8_t state[200]) {
    block keys[ROUNDS], text[BLOCKS];
    load_keys(keys, state);
    for (int i = 0; i < BLOCKS; i++) text[i] = block_load(state + 64 + 16 * i);
    if (cn->features & NJ_CRYPTONIGHT_HEAVY) {
        for (int round = 0; round < HEAVY_ROUNDS; round++) {
            encrypt(text, keys);
            mix(text);
        }
    }
    for (uint8_t *at = pad, *const end = pad + cn->memory; at < end; at += 16 * BLOCKS) {
        encrypt(text, keys);
        for (int i = 0; i < BLOCKS; i++) block_store(at + 16 * i, text[i]);
    }
}

INLINE void fold(block text[BLOCKS], const block keys[ROUNDS], const uint8_t *pad, size_t memory, const int heavy) {
    for (const uint8_t *at = pad, *const end = pad + memory; at < end; at += 16 * BLOCKS) {
        for (int i = 0; i < BLOCKS; i++) text[i] = block_xor(text[i], block_load(at + 16 * i));
        encrypt(text, keys);
        if (heavy) mix(text);
    }
}

// Folds the scratchpad back into state bytes 64 to 191, with bytes 32 to 63 as the key.
NJ_TARGET static void implode(const nj_cryptonight *cn, const uint8_t *pad, uint8_t state[200]) {
    block keys[ROUNDS], text[BLOCKS];
    load_keys(keys, state + 32);
    for (int i = 0; i < BLOCKS; i++) text[i] = block_load(state + 64 + 16 * i);
    if (cn->features & NJ_CRYPTONIGHT_HEAVY) {
        fold(text, keys, pad, cn->memory, 1);
        fold(text, keys, pad, cn->memory, 1);
        for (int round = 0; round < HEAVY_ROUNDS; round++) {
            encrypt(text, keys);
            mix(text);
        }
    } else {
        fold(text, keys, pad, cn->memory, 0);
    }
    for (int i = 0; i < BLOCKS; i++) block_store(state + 64 + 16 * i, text[i]);
}

#include "cryptonight_gpu.h"
#include "cryptonight_loop.h"

INLINE uint8_t *pad_of(const nj_cryptonight *cn, int number) { return cn->scratchpads + (size_t)number * cn->memory; }

// Explode, for one of several hashes.
NJ_TARGET static void explode_one(const nj_cryptonight *cn, const nj_cryptonight_record *records, int number) {
    if (cn->base == NJ_CRYPTONIGHT_GPU)
        explode_gpu(cn, pad_of(cn, number), records[number].words);
    else
        explode(cn, pad_of(cn, number), (const uint8_t *)records[number].words);
}

// Implode, for one of several hashes.
NJ_TARGET static void implode_one(const nj_cryptonight *cn, nj_cryptonight_record *records, int number) {
    implode(cn, pad_of(cn, number), (uint8_t *)records[number].words);
}
