/*
 * nightjar.h: proof-of-work hashing, verifying and searching.
 *
 * Copyright 2026 Nightjar contributors. SPDX-License-Identifier: Apache-2.0
 *
 * Conventions
 * -----------
 * Status. Every function but the texts and the counts returns a status: 0, or a
 *   negative NJ_ERROR_ number. After an error the outputs are not changed,
 *   unless a function says otherwise.
 * Arguments. Outputs come first, then inputs; a size stands directly behind its
 *   array. No pointer may be NULL unless the function says so; a NULL that may
 *   not be is NJ_ERROR_ARGUMENT. NULL with a size of 0 is the empty string. A
 *   count of 0 does nothing and returns 0.
 * Structures. Each begins with `size`, which the caller sets to sizeof of the
 *   structure. This is how a structure can grow: a program that was compiled
 *   with an older header has a smaller one, and nothing beyond it is touched. A
 *   size below that of the first version is NJ_ERROR_ARGUMENT. In a structure
 *   that the library reads, bytes that it does not know must be 0. Clear a
 *   structure before filling it: nj_job job = {0}; job.size = sizeof job;
 * Memory. What the library makes, it frees: each create and start has one
 *   destroy or stop. Inputs are read during the call only, or copied. Outputs
 *   are written into the caller's memory. Texts that are returned are static.
 * Threads. A function that takes `const nj_...*` may be called by several
 *   threads at once, and beside each other. All others need the object for
 *   themselves. Calls block; none needs an event loop. The library has threads
 *   of its own, which it starts when they are needed.
 * Processes. Objects do not survive a fork: make them in the child.
 * Manners. No function aborts, prints, installs a signal handler, or changes
 *   the calling thread's rounding mode, exception masks or signal mask.
 *   Floating-point exception flags may be raised. One residual risk: when the
 *   system has no memory for a small object at all, the process ends.
 *
 * Digests and targets. A digest is 32 bytes in the order in which its algorithm
 *   makes them (Bitcoin's explorers show them reversed). A target is a 256-bit
 *   number, little-endian, and is met by a digest, read in the same way, that is
 *   not greater.
 *
 * An example:
 *
 *   nj_engine *engine;
 *   nj_hasher *hasher;
 *   uint8_t digest[32];
 *   int32_t status = nj_engine_create(&engine, NULL);
 *   if (status == 0)
 *       status = nj_hasher_create(&hasher, engine, "rx/0", NULL, seed, 32,
 *                                 NJ_MODE_AUTO);
 *   if (status == 0)
 *       status = nj_hash(hasher, digest, input, input_size, 0);
 *   if (status != 0)
 *       puts(nj_status_text(status));
 */
#ifndef NIGHTJAR_H
#define NIGHTJAR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* major << 16 | minor << 8 | patch */
#define NJ_VERSION_NUMBER 0x000100

/* What the library exports. */
#if defined(__GNUC__)
#define NJ_API __attribute__((visibility("default")))
#else
#define NJ_API
#endif

/* The call contradicts itself or the algorithm, or a pointer is NULL. */
#define NJ_ERROR_ARGUMENT (-1)
/* This build has no algorithm of that name. */
#define NJ_ERROR_ALGORITHM (-2)
/* There is no such device, or it failed. */
#define NJ_ERROR_DEVICE (-3)
/* The input or the seed is shorter or longer than the algorithm takes. */
#define NJ_ERROR_INPUT (-4)
/* The system, or memory_limit, grants too little memory or too few threads. */
#define NJ_ERROR_MEMORY (-5)
/* A device gave a wrong hash for a known answer: nothing of it is used. */
#define NJ_ERROR_SELFTEST (-6)
/* The call was ended from elsewhere. Nothing in this version does that. */
#define NJ_ERROR_CANCELLED (-7)
/* Something else that is under way must end first. */
#define NJ_ERROR_BUSY (-8)
/* The device cannot run the algorithm in this mode. */
#define NJ_ERROR_UNSUPPORTED (-9)

/*
 * The version of the library, as NJ_VERSION_NUMBER is that of the header. A
 * program may run with a newer library of the same major version; before 1.0,
 * of the same minor version.
 */
NJ_API int32_t nj_version(void);

/* A status in English words, static, never NULL. For people: it may change. */
NJ_API const char *nj_status_text(int32_t status);

/* ------------------------------------------------------------------ engine */

/* Devices, memory and threads; the owner of hashers and searches. */
typedef struct nj_engine nj_engine;

/* How an engine works. 0 in a field is the library's choice. */
typedef struct {
    size_t size;
    /* CPU threads that hash, and CPU lanes of a search. */
    size_t threads;
    /*
     * The most memory for caches, datasets and scratchpads of all hashers on
     * the CPU, in bytes. A hasher that needs more is NJ_ERROR_MEMORY.
     */
    uint64_t memory_limit;
    /* 1: on, where the system allows it. -1: off. */
    int32_t huge_pages;
    /*
     * Machine code that is made at run time. Without it RandomX is many times
     * slower, and has no full mode. Where the system forbids it, the library
     * does without it by itself.
     */
    int32_t jit;
    /*
     * 0: OpenCL's loader is opened when devices are listed, or one of them is
     * named. 1: it is opened at once. -1: never. Its absence is no error. The
     * loader loads every driver that the system has into the process.
     */
    int32_t opencl;
} nj_options;

/*
 * Makes an engine. Cheap: nothing is hashed before a hasher or a search needs
 * it.
 *
 * options: may be NULL, for the library's choice in everything.
 * Errors: ARGUMENT (a number that is none of those above), DEVICE.
 */
NJ_API int32_t nj_engine_create(nj_engine **engine, const nj_options *options);

/* Frees an engine. NULL: does nothing. Errors: BUSY while hashers or searches live. */
NJ_API int32_t nj_engine_destroy(nj_engine *engine);

/* ----------------------------------------------------------------- devices */

enum { NJ_DEVICE_CPU, NJ_DEVICE_GPU, NJ_DEVICE_ACCELERATOR, NJ_DEVICE_OTHER };

typedef struct {
    size_t size;
    /* "cpu", or "opencl:P.D" with the platform's and the device's index. */
    char id[32];
    /* As the system or the driver names it, cut. */
    char name[128];
    /* NJ_DEVICE_... */
    int32_t kind;
    /* The CPU's processing units, or OpenCL's compute units. */
    uint32_t units;
    /* Bytes of memory that the device can use. */
    uint64_t memory;
} nj_device;

/* How many devices there are: at least 1, the CPU, which is the first. */
NJ_API size_t nj_device_count(const nj_engine *engine);

/* Tells of a device. Errors: ARGUMENT (index not below the count). */
NJ_API int32_t nj_device_info(const nj_engine *engine, nj_device *device, size_t index);

/* -------------------------------------------------------------- algorithms */

typedef struct {
    size_t size;
    /* "rx/0". The name is the key; an index may change between versions. */
    char name[32];
    /* 1: the block height must be given; 0: it is ignored. */
    int32_t needs_height;
    /* 1: the seed must be given, RandomX's key of 0 to 60 bytes. */
    int32_t needs_seed;
    /* The numbers of input bytes that the algorithm is defined for. */
    size_t minimum_input, maximum_input;
    /* Where a header has its 32-bit nonce, as a rule. */
    size_t nonce_offset;
    /* Bytes of scratchpad for each hash at once. */
    uint64_t memory;
} nj_algorithm;

NJ_API size_t nj_algorithm_count(void);

/* Tells of an algorithm. Errors: ARGUMENT (index not below the count). */
NJ_API int32_t nj_algorithm_info(nj_algorithm *algorithm, size_t index);

/* The algorithm of that name or alias, in any case. Errors: ALGORITHM. */
NJ_API int32_t nj_algorithm_named(nj_algorithm *algorithm, const char *name);

/* ----------------------------------------------------------------- hashing */

/*
 * Hashes with one algorithm and seed, on one device. The CPU uses all of the
 * engine's threads.
 */
typedef struct nj_hasher nj_hasher;

/*
 * RandomX alone has modes; others ignore them. The digests are the same.
 * LIGHT: 256 MiB for most variants, shared by all hashers with this seed.
 * FULL: 2080 MiB more for most variants, the dataset, which takes some ten
 *   seconds of all threads to make; several times as fast. An engine has one
 *   dataset: a second seed in this mode is BUSY.
 * AUTO: begins in light mode. A batch that comes when so many hashes were wanted
 *   that a dataset pays (2080 for most variants) makes the dataset first, if
 *   memory and memory_limit allow it and no other hasher has it.
 */
enum { NJ_MODE_AUTO, NJ_MODE_LIGHT, NJ_MODE_FULL };

/*
 * Makes a hasher. This checks known answers and prepares the seed: milliseconds
 * for most algorithms, a second or so for RandomX, FULL as said above, and more
 * where an OpenCL program must be compiled.
 *
 * algorithm: a name or alias.
 * device: "cpu" or "opencl:P.D"; NULL is "cpu".
 * seed, seed_size: for algorithms that need one, 0 to 60 bytes; else 0 bytes.
 * mode: NJ_MODE_...
 * Errors: ARGUMENT (mode, a seed for an algorithm that takes none), ALGORITHM,
 *   DEVICE, INPUT (seed), MEMORY, SELFTEST, BUSY, UNSUPPORTED.
 */
NJ_API int32_t nj_hasher_create(
    nj_hasher **hasher, nj_engine *engine, const char *algorithm, const char *device, const uint8_t *seed,
    size_t seed_size, int32_t mode);

/*
 * Gives a hasher another seed. After an error it has the old one. The caches of
 * the eight seeds used last are kept, memory permitting, so that going back is
 * cheap. To have a coming seed ready, make a second hasher with it.
 *
 * Errors: as nj_hasher_create; ARGUMENT for an algorithm without seeds.
 */
NJ_API int32_t nj_hasher_reseed(nj_hasher *hasher, const uint8_t *seed, size_t seed_size);

/* Frees a hasher. NULL: does nothing. */
NJ_API int32_t nj_hasher_destroy(nj_hasher *hasher);

/*
 * Hashes an input, on the calling thread if the device is the CPU. As many
 * threads as the engine has may hash at once; others wait.
 *
 * height: the block height, for algorithms that need one; else ignored.
 * Errors: INPUT (length), MEMORY, DEVICE, SELFTEST.
 */
NJ_API int32_t
nj_hash(const nj_hasher *hasher, uint8_t digest[32], const uint8_t *input, size_t input_size, uint64_t height);

/*
 * Hashes many inputs: on the CPU, on all of the engine's threads. Digests come
 * in the order of the inputs. Inputs of one size and height that follow each
 * other are hashed together; on an OpenCL device, wherever they stand, as many
 * as the device gains from. Give a GPU thousands.
 *
 * digests: 32 * count bytes.
 * statuses: one for each input: 0 or its error. May be NULL.
 * heights: one for each input. May be NULL for algorithms that need none.
 * Errors: INPUT when an input is too short or too long; the others have been
 *   hashed, and that one's digest is zeroed. Any other error: all are zeroed
 *   that have not been hashed.
 */
NJ_API int32_t nj_hash_batch(
    const nj_hasher *hasher, uint8_t *digests, int32_t *statuses, const uint8_t *const *inputs,
    const size_t *input_sizes, const uint64_t *heights, size_t count);

/*
 * What rx/2 holds against a target: Blake2b-256 of input and digest. Cheap.
 */
NJ_API int32_t nj_commitment(uint8_t commitment[32], const uint8_t *input, size_t input_size, const uint8_t digest[32]);

/* --------------------------------------------------------------- verifying */

enum {
    NJ_VERDICT_OK,
    /* Hashing the input gives another result. */
    NJ_VERDICT_WRONG_RESULT,
    /* The claimed result does not meet the target. Nothing was hashed. */
    NJ_VERDICT_ABOVE_TARGET,
    /* rx/2: the result is not the commitment to the hash. Nothing was hashed. */
    NJ_VERDICT_WRONG_COMMITMENT
};

/* A share as a miner claims it. */
typedef struct {
    size_t size;
    /* With the nonce in it. */
    const uint8_t *input;
    size_t input_size;
    /* The block height, for algorithms that need one; else ignored. */
    uint64_t height;
    /* As on the wire: what is held against the target. For rx/2 the commitment. */
    uint8_t result[32];
    /* As on the wire: for rx/2 the hash itself; else ignored. */
    uint8_t commitment[32];
    /* All bytes 255: every result meets it. */
    uint8_t target[32];
} nj_share;

/*
 * Checks a share, the cheap things first: the target, then the commitment, then
 * the hash. It runs where nj_hash runs.
 *
 * verdict: NJ_VERDICT_...
 * Errors: as nj_hash. A share that is not ok is no error.
 */
NJ_API int32_t nj_verify(const nj_hasher *hasher, int32_t *verdict, const nj_share *share);

/*
 * Checks many shares, where nj_hash_batch hashes, and as many at once.
 *
 * verdicts: one for each share, in their order. A share with an error has
 *   WRONG_RESULT.
 * statuses: one for each share: 0 or its error. May be NULL.
 * shares: an array; all have the size of the first one.
 * Errors: INPUT when an input is too short or too long; the others have been
 *   checked.
 */
NJ_API int32_t
nj_verify_batch(const nj_hasher *hasher, int32_t *verdicts, int32_t *statuses, const nj_share *shares, size_t count);

/* --------------------------------------------------------------- searching */

/* One running job, on one device or several. */
typedef struct nj_search nj_search;

typedef struct {
    size_t size;
    /* A name or alias. */
    const char *algorithm;
    const uint8_t *input;
    size_t input_size;
    /* Where the nonce stands in the input: 4 bytes, little-endian. */
    size_t nonce_offset;
    /* The nonces to try; together at most 2 to the power of 32. */
    uint64_t first_nonce, nonce_count;
    /* For algorithms that need them; else ignored, or 0 bytes. */
    uint64_t height;
    const uint8_t *seed;
    size_t seed_size;
    /* What a digest, or rx/2's commitment, must not exceed. */
    uint8_t target[32];
} nj_job;

/*
 * Told of a nonce whose digest meets the target. The CPU has hashed it again.
 * It is called on a thread of the library, one call at a time; the pointers
 * are valid during the call. It may not stop or update its own search: that is
 * BUSY.
 *
 * digest: for rx/2 too, the hash itself.
 */
typedef void (*nj_found)(void *user, uint32_t nonce, const uint8_t digest[32], const char *device);

/*
 * Begins a search, and returns at once. It ends by itself when all nonces have
 * been tried, and must be stopped even then.
 *
 * devices: names with commas between them: "cpu", "opencl:0.0", or "opencl" for
 *   all of OpenCL's; NULL is every device.
 * user: passed to found.
 * Errors: ARGUMENT (no nonces, nonces beyond 2 to the power of 32, a nonce
 *   outside the input), ALGORITHM, DEVICE, INPUT, MEMORY, UNSUPPORTED (no
 *   device can run the algorithm).
 */
NJ_API int32_t nj_search_start(
    nj_search **search, nj_engine *engine, const nj_job *job, const char *devices, nj_found found, void *user);

/*
 * Replaces the job. After this returns, nothing of the old job is reported. No
 * nonce of the same input is tried twice. After an error the old job goes on.
 *
 * Errors: as nj_search_start; BUSY when called from found.
 */
NJ_API int32_t nj_search_update(nj_search *search, const nj_job *job);

/* How many hashes have been made since the start. */
NJ_API int32_t nj_search_hashes(const nj_search *search, uint64_t *hashes);

/*
 * Ends a search and frees it. After this returns, found is not called any more.
 * NULL: does nothing. Errors: BUSY when called from found.
 */
NJ_API int32_t nj_search_stop(nj_search *search);

#ifdef __cplusplus
}
#endif

#endif
