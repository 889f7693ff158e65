// Argon2d's memory fill, RFC 9106 section 3: everything except the passes' inner loop, and the choice of instruction
// set for that loop.
#include "nj_argon2d.h"

#include "argon2d_segment.h"
#include "nj_blake2b.h"

enum { version = 0x13, type_d = 0 };

static void update32(nj_blake2b *hash, uint32_t word) { nj_blake2b_update(hash, &word, sizeof word); }

void nj_argon2d_prehash(const nj_argon2d *parameters, uint8_t prehash[64]) {
    nj_blake2b hash;
    nj_blake2b_init(&hash, 64);
    update32(&hash, parameters->lanes);
    update32(&hash, 0);  // tag length
    update32(&hash, parameters->blocks);
    update32(&hash, parameters->passes);
    update32(&hash, version);
    update32(&hash, type_d);
    update32(&hash, (uint32_t)parameters->password_length);
    nj_blake2b_update(&hash, parameters->password, parameters->password_length);
    update32(&hash, (uint32_t)parameters->salt_length);
    nj_blake2b_update(&hash, parameters->salt, parameters->salt_length);
    update32(&hash, 0);  // secret length
    update32(&hash, 0);  // associated data length
    nj_blake2b_final(&hash, prehash);
}

// RFC 9106's H' for one block: a chain of 64-byte hashes. Each gives its first half, and the last gives all 64 bytes.
static void first_hash(uint8_t output[1024], const uint8_t prehash[64], uint32_t index, uint32_t lane) {
    uint8_t link[64];
    nj_blake2b hash;
    nj_blake2b_init(&hash, 64);
    update32(&hash, 1024);
    nj_blake2b_update(&hash, prehash, 64);
    update32(&hash, index);
    update32(&hash, lane);
    nj_blake2b_final(&hash, link);
    memcpy(output, link, 32);
    for (size_t at = 32; at < 1024 - 64; at += 32) {
        nj_blake2b_hash(link, 64, link, 64);
        memcpy(output + at, link, 32);
    }
    nj_blake2b_hash(output + 1024 - 64, 64, link, 64);
}

void nj_argon2d_start(const nj_argon2d *parameters, const uint8_t prehash[64], void *memory) {
    size_t lane_length = parameters->blocks / parameters->lanes;
    for (uint32_t lane = 0; lane < parameters->lanes; lane++)
        for (uint32_t index = 0; index < 2; index++)
            first_hash((uint8_t *)memory + (lane * lane_length + index) * sizeof(block), prehash, index, lane);
}

// The function that fills a segment; null when this processor cannot run it.
static nj_argon2d_segment *segment(nj_argon2d_code code) {
    switch (code) {
    case NJ_ARGON2D_PORTABLE: return nj_argon2d_segment_portable;
#if defined(__x86_64__)
    case NJ_ARGON2D_AVX2: return __builtin_cpu_supports("avx2") ? nj_argon2d_segment_avx2 : NULL;
    case NJ_ARGON2D_AVX512: return __builtin_cpu_supports("avx512f") ? nj_argon2d_segment_avx512 : NULL;
#endif
    default: return NULL;
    }
}

bool nj_argon2d_available(nj_argon2d_code code) { return segment(code) != NULL; }

nj_argon2d_code nj_argon2d_best(void) {
    if (nj_argon2d_available(NJ_ARGON2D_AVX512)) return NJ_ARGON2D_AVX512;
    return nj_argon2d_available(NJ_ARGON2D_AVX2) ? NJ_ARGON2D_AVX2 : NJ_ARGON2D_PORTABLE;
}

void nj_argon2d_passes(nj_argon2d_code code, const nj_argon2d *parameters, void *memory) {
    nj_argon2d_segment *fill = segment(code);
    for (uint32_t pass = 0; pass < parameters->passes; pass++)
        for (uint32_t slice = 0; slice < slices; slice++)
            for (uint32_t lane = 0; lane < parameters->lanes; lane++)
                fill(parameters, memory, (position){.pass = pass, .slice = slice, .lane = lane});
}

void nj_argon2d_fill(nj_argon2d_code code, const nj_argon2d *parameters, void *memory) {
    uint8_t prehash[64];
    nj_argon2d_prehash(parameters, prehash);
    nj_argon2d_start(parameters, prehash, memory);
    nj_argon2d_passes(code, parameters, memory);
}
