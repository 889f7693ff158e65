#pragma once
// Words in memory, and the word operations that C lacks. Private to CHashing.
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// RandomX and CryptoNight read words of their scratchpads as bytes, and bytes as words. On a little-endian machine
// these are plain copies. A big-endian port starts here.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words in memory are taken to be little-endian");

static inline uint32_t nj_load32(const void *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint64_t nj_load64(const void *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline void nj_store32(void *bytes, uint32_t word) { memcpy(bytes, &word, sizeof word); }
static inline void nj_store64(void *bytes, uint64_t word) { memcpy(bytes, &word, sizeof word); }

static inline uint32_t nj_load32_big(const void *bytes) { return __builtin_bswap32(nj_load32(bytes)); }
static inline void nj_store32_big(void *bytes, uint32_t word) { nj_store32(bytes, __builtin_bswap32(word)); }
static inline void nj_store64_big(void *bytes, uint64_t word) { nj_store64(bytes, __builtin_bswap64(word)); }

// Any count is valid; it counts modulo the word's width.
static inline uint32_t nj_rotl32(uint32_t word, unsigned count) { return word << (count & 31) | word >> (-count & 31); }
static inline uint32_t nj_rotr32(uint32_t word, unsigned count) { return word >> (count & 31) | word << (-count & 31); }
static inline uint64_t nj_rotl64(uint64_t word, unsigned count) { return word << (count & 63) | word >> (-count & 63); }
static inline uint64_t nj_rotr64(uint64_t word, unsigned count) { return word >> (count & 63) | word << (-count & 63); }

// The high half of the 128-bit product, unsigned and signed.
static inline uint64_t nj_mulh(uint64_t a, uint64_t b) { return (uint64_t)((unsigned __int128)a * b >> 64); }

static inline uint64_t nj_smulh(uint64_t a, uint64_t b) { return (uint64_t)((__int128)(int64_t)a * (int64_t)b >> 64); }
