#pragma once
// What each code of the SHA-256d search provides, and what they share. Private to CHashing.
#include "nj_bytes.h"
#include "nj_sha256d.h"
#include "Shared/SHA256.h"

// A code works in steps.
typedef struct {
    // The nonces of a step, at most 32.
    uint32_t nonces;
    // Makes at most `steps` steps with the only header of a job. It stops at a step with a digest whose last word, as
    // little-endian, is at most `limit`; bit i of hits[0] tells it for nonce i of that step. Returns the number of steps
    // before it.
    size_t (*search)(const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits);
    // The XOR of the last two words of all digests, the last one the upper.
    uint64_t (*checksum)(const nj_sha256d_job *job, uint32_t first, size_t steps);
    // For several headers, whose number is a multiple of shared_works: the nonces of a step, and the search. It writes
    // hits[i] for header i. A code whose shared_works is 0 has no such search.
    uint32_t shared_works, shared_nonces;
    size_t (*search_shared)(const nj_sha256d_job *job, uint32_t first, size_t steps, uint32_t limit, uint32_t *hits);
} nj_sha256d_kernel;

extern const nj_sha256d_kernel nj_sha256d_portable;
#if defined(__x86_64__)
extern const nj_sha256d_kernel nj_sha256d_avx2, nj_sha256d_avx512, nj_sha256d_avx512_loop;
extern const nj_sha256d_kernel nj_sha256d_mixed;
extern const nj_sha256d_kernel nj_sha256d_sha_2, nj_sha256d_sha_3, nj_sha256d_sha_4, nj_sha256d_sha_6;

// As nj_sha256d_inputs, for as many groups of 16 inputs as there are. Returns how many inputs have been hashed. It needs
// what NJ_SHA256D_MIXED needs.
size_t nj_sha256d_inputs_mixed(const uint8_t *const *inputs, size_t length, size_t count, uint8_t *digests);

// The same for headers of one job, which differ in their last four bytes alone; the first input is one. It ends before the
// first group of 16 in which another input is: of another size, without an address, or another header.
size_t nj_sha256d_nonces_mixed(const uint8_t *const *headers, const size_t *sizes, size_t count, uint8_t *digests);

// The same in groups of 32. It needs what NJ_SHA256D_AVX512 needs.
size_t nj_sha256d_nonces_avx512(const uint8_t *const *headers, const size_t *sizes, size_t count, uint8_t *digests);

// As nj_sha256d_inputs, for headers. It needs what NJ_SHA256D_SHA_2 needs.
void nj_sha256d_headers(const uint8_t *const *headers, size_t count, uint8_t *digests);
#endif

// SHA-256's functions, FIPS 180-4 section 4.1.2, as macros: they serve words, vectors and constants.
#define ROTR(x, n) ((x) >> (n) | (x) << (32 - (n)))
#define SUM0(x) (ROTR(x, 2) ^ ROTR(x, 13) ^ ROTR(x, 22))
#define SUM1(x) (ROTR(x, 6) ^ ROTR(x, 11) ^ ROTR(x, 25))
#define SIGMA0(x) (ROTR(x, 7) ^ ROTR(x, 18) ^ (x) >> 3)
#define SIGMA1(x) (ROTR(x, 17) ^ ROTR(x, 19) ^ (x) >> 10)
#define CHOICE(e, f, g) ((g) ^ ((e) & ((f) ^ (g))))
// a ^ b is the next round's b ^ c.
#define MAJORITY(a, b, c) ((b) ^ (((a) ^ (b)) & ((b) ^ (c))))

// The words of a padded block that are not zero: the bit behind the message, and the message's length in bits.
#define END_BIT 0x80000000U
#define HEADER_BITS 640U
#define DIGEST_BITS 256U

#define K nj_sha256_constants
#define IV nj_sha256_iv

// A function of a file that compiles for the instruction set TARGET, and a loop without jumps.
#define WIDE TARGET __attribute__((always_inline)) static inline
#define UNROLL _Pragma("clang loop unroll(full)")
