#pragma once
// Argon2d's memory fill, version 0x13 (RFC 9106), with an empty tag, no secret and no associated data: as RandomX uses
// it for its cache (doc/specs.md, 7.1). Argon2's finalizer is left out, as RandomX does.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The code that makes the passes. Every code gives the same memory.
typedef enum {
    /// Plain C, on any processor.
    NJ_ARGON2D_PORTABLE = 0,
    NJ_ARGON2D_AVX2 = 1,
    NJ_ARGON2D_AVX512 = 2,
} nj_argon2d_code;

/// Whether this processor can run `code`.
bool nj_argon2d_available(nj_argon2d_code code);
/// The fastest code that this processor can run.
nj_argon2d_code nj_argon2d_best(void);

/// Argon2's inputs. `lanes` are Argon lanes, Argon2's own parallelism; they are filled one after the other.
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
/// Writes the first two blocks of each Argon lane into `memory`; the other blocks do not change.
void nj_argon2d_start(const nj_argon2d *parameters, const uint8_t prehash[64], void *memory);
/// Runs all passes over `memory` (blocks × 1024 bytes, 64-byte aligned) after nj_argon2d_start. `code` must be
/// available.
void nj_argon2d_passes(nj_argon2d_code code, const nj_argon2d *parameters, void *memory);
/// The whole fill: prehash, start, passes.
void nj_argon2d_fill(nj_argon2d_code code, const nj_argon2d *parameters, void *memory);
