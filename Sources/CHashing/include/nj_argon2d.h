#pragma once
// Argon2d's memory fill, version 0x13 (RFC 9106), with an empty tag, no secret and no associated data: what RandomX
// makes its cache with (doc/specs.md, 7.1). The finalizer that Argon2 ends with is left out, as there.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Which code makes the passes. The same memory, always.
typedef enum {
    /// Plain C, on any processor.
    NJ_ARGON2D_PORTABLE = 0,
    NJ_ARGON2D_AVX2 = 1,
    NJ_ARGON2D_AVX512 = 2,
} nj_argon2d_code;

/// Whether this processor runs `code`.
bool nj_argon2d_available(nj_argon2d_code code);
/// The fastest that this processor runs.
nj_argon2d_code nj_argon2d_best(void);

/// Argon2's inputs. `lanes` are Argon2's own parallelism, filled here one after the other.
typedef struct nj_argon2d {
    const uint8_t *password;
    size_t password_length;
    const uint8_t *salt;
    size_t salt_length;
    /// Blocks of 1 KiB; a multiple of 4 × lanes, at least 8 × lanes.
    uint32_t blocks;
    uint32_t passes;
    uint32_t lanes;
} nj_argon2d;

/// The 64-byte prehash H0.
void nj_argon2d_prehash(const nj_argon2d *parameters, uint8_t prehash[64]);
/// Writes the two blocks that each lane starts with into `memory`; the others are left as they are.
void nj_argon2d_start(const nj_argon2d *parameters, const uint8_t prehash[64], void *memory);
/// Runs all passes over `memory` (blocks × 1024 bytes, 64-byte aligned), whose lanes have been started, by a `code` that is
/// available.
void nj_argon2d_passes(nj_argon2d_code code, const nj_argon2d *parameters, void *memory);
/// All of it: prehash, start, passes.
void nj_argon2d_fill(nj_argon2d_code code, const nj_argon2d *parameters, void *memory);
