// A search for nonces of Bitcoin's proof of work: SHA-256 of SHA-256 of an 80-byte header, with the nonce in its last
// four bytes, little-endian.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /// Bytes of a header.
    NJ_SHA256D_HEADER = 80,
    /// The most headers of a job.
    NJ_SHA256D_WORKS = 4,
    /// The most candidates of one step of any code.
    NJ_SHA256D_STEP = 64,
};

/// The code that searches. Every code finds the same nonces.
typedef enum {
    /// Plain C, one hash at a time, on any processor.
    NJ_SHA256D_PORTABLE = 0,
    /// 8 hashes at a time.
    NJ_SHA256D_AVX2,
    /// The processor's SHA instructions, 2 to 6 hashes at a time.
    NJ_SHA256D_SHA_2,
    NJ_SHA256D_SHA_3,
    NJ_SHA256D_SHA_4,
    NJ_SHA256D_SHA_6,
    /// 32 hashes at a time.
    NJ_SHA256D_AVX512,
    /// The same in a short loop, with more operations.
    NJ_SHA256D_AVX512_LOOP,
    /// 16 hashes at a time: AVX-512 for their message schedules, and SHA instructions for their rounds.
    NJ_SHA256D_MIXED,
    /// The number of codes.
    NJ_SHA256D_CODES,
} nj_sha256d_code;

/// Whether this processor can run `code`.
bool nj_sha256d_available(nj_sha256d_code code);

/// How many of `count` headers that differ only in their first 64 bytes `code` hashes together, because their message
/// schedules are the same and need to be computed only once: `count` or fewer, at least 1.
size_t nj_sha256d_works(nj_sha256d_code code, size_t count);

/// A header's part of a job: what depends on its first 64 bytes.
typedef struct {
    /// The state after the first block.
    uint32_t midstate[8];
    /// The state after the second block's first two rounds, and after three.
    uint32_t state2[8], state3[8];
    /// Round 3 makes a and e of these and the nonce.
    uint32_t a, e;
    /// The sums of h, constant and schedule word of rounds 4, 5 and 6.
    uint32_t sums[3];
} nj_sha256d_work;

/// Everything about headers that does not depend on the nonce. nj_sha256d_prepare fills it.
typedef struct {
    uint32_t works;
    /// Words of the second block's schedule: the parts that do not depend on the nonce. The first three are words 0 to 2.
    uint32_t tail[3], w16, w17, w18, w19, w31, w32;
    nj_sha256d_work work[NJ_SHA256D_WORKS];
} nj_sha256d_job;

/// Prepares `count` headers, which stand one after the other and differ only in their first 64 bytes. Their nonces are
/// ignored.
///
/// - Parameter count: a number that nj_sha256d_works gives for the code that will search.
void nj_sha256d_prepare(nj_sha256d_job *job, const uint8_t *headers, size_t count);

typedef struct {
    uint32_t nonce;
    /// The header's index.
    uint32_t work;
    /// As little-endian words.
    uint64_t digest[4];
} nj_sha256d_candidate;

/// Hashes `count` nonces from `first` on, with each header of the job, and writes those whose digest's last word is at
/// most `top`.
///
/// It stops early when `candidates` may not have room for another step. `room` is at least NJ_SHA256D_STEP.
///
/// - Returns: how many nonces were hashed; `*found` becomes the number of candidates.
uint64_t nj_sha256d_search(
    nj_sha256d_code code, const nj_sha256d_job *job, uint32_t first, uint64_t count, uint64_t top,
    nj_sha256d_candidate *candidates, size_t room, size_t *found);

/// The XOR of the last words of the digests of `count` nonces from `first` on, with the job's only header.
uint64_t nj_sha256d_checksum(nj_sha256d_code code, const nj_sha256d_job *job, uint32_t first, uint64_t count);

/// One nonce and its digest with one of the job's headers, in portable code.
nj_sha256d_candidate nj_sha256d_hash(const nj_sha256d_job *job, uint32_t work, uint32_t nonce);

/// The digests of some of `count` inputs, one after the other, 32 bytes each: from the first input on, and no further than
/// to the next one of another size or without an address. Any code but the portable one hashes several at once where the
/// processor has SHA instructions. Inputs that follow each other and have the same first 64 bytes are faster.
///
/// - Parameter longest: the largest size. A larger one is not hashed.
/// - Returns: how many it has hashed: none only where the first input has no address, or is too long.
size_t nj_sha256d_inputs(
    nj_sha256d_code code, const uint8_t *const *inputs, const size_t *sizes, size_t count, size_t longest,
    uint8_t *digests);
