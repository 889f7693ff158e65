// Argon2d's memory fill, RFC 9106 section 3, in portable C.
#include "nj_argon2d.h"

#include "nj_blake2b.h"
#include "nj_bytes.h"

enum { block_words = 128, slices = 4, version = 0x13, type_d = 0 };

typedef struct {
    _Alignas(64) uint64_t words[block_words];
} block;

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

// RFC 9106's H' for one block: a chain of 64-byte hashes, of which each but the last gives its first half.
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

// Blake2b's mixing function with a multiplication in each addition. Four columns at a time, so that the compiler can
// keep them in vector registers.
static inline void add_multiply(uint64_t a[4], const uint64_t b[4]) {
    for (int i = 0; i < 4; i++) a[i] += b[i] + 2 * (uint64_t)(uint32_t)a[i] * (uint32_t)b[i];
}

static inline void xor_rotate(uint64_t a[4], const uint64_t b[4], unsigned count) {
    for (int i = 0; i < 4; i++) a[i] = nj_rotr64(a[i] ^ b[i], count);
}

static inline void mix(uint64_t a[4], uint64_t b[4], uint64_t c[4], uint64_t d[4]) {
    add_multiply(a, b);
    xor_rotate(d, a, 32);
    add_multiply(c, d);
    xor_rotate(b, c, 24);
    add_multiply(a, b);
    xor_rotate(d, a, 16);
    add_multiply(c, d);
    xor_rotate(b, c, 63);
}

// Makes the diagonals of the 4 × 4 matrix its columns, by turning each row by its number; turning on by the rest
// undoes it.
static inline void turn(uint64_t row[4], unsigned by) {
    uint64_t old[4] = {row[0], row[1], row[2], row[3]};
    for (unsigned i = 0; i < 4; i++) row[i] = old[(i + by) & 3];
}

// The permutation P on sixteen words: eight pairs, `stride` words apart.
static inline void permute(uint64_t *words, size_t stride) {
    uint64_t v[4][4];
    for (size_t pair = 0; pair < 8; pair++) memcpy(&v[pair / 2][pair % 2 * 2], words + pair * stride, 16);
    mix(v[0], v[1], v[2], v[3]);
    turn(v[1], 1), turn(v[2], 2), turn(v[3], 3);
    mix(v[0], v[1], v[2], v[3]);
    turn(v[1], 3), turn(v[2], 2), turn(v[3], 1);
    for (size_t pair = 0; pair < 8; pair++) memcpy(words + pair * stride, &v[pair / 2][pair % 2 * 2], 16);
}

// The compression function G; in later passes the result is XORed over what the block held.
static void compress(block *next, const block *previous, const block *reference, bool over) {
    block mixed, result;
    for (int i = 0; i < block_words; i++) mixed.words[i] = previous->words[i] ^ reference->words[i];
    for (int i = 0; i < block_words; i++) result.words[i] = mixed.words[i] ^ (over ? next->words[i] : 0);
    for (size_t row = 0; row < 8; row++) permute(mixed.words + 16 * row, 2);
    for (size_t column = 0; column < 8; column++) permute(mixed.words + 2 * column, 16);
    for (int i = 0; i < block_words; i++) next->words[i] = result.words[i] ^ mixed.words[i];
}

// Where the fill stands: RFC 9106 section 3.4.
typedef struct {
    uint32_t pass, slice, lane, index;  // index: within the segment
} position;

// The block of `lane` that the word `pseudorandom` names, counted from the lane's first.
static uint32_t reference_index(
    position at, uint32_t lane, uint32_t pseudorandom, uint32_t segment_length, uint32_t lane_length) {
    bool same = lane == at.lane;
    // Finished segments: those before this one in the first pass, all but this one later.
    uint32_t area = (at.pass == 0 ? at.slice : slices - 1) * segment_length;
    if (same)
        area += at.index - 1;  // and this segment up to the previous block
    else if (at.index == 0)
        area -= 1;  // another lane's newest block may be unfinished when ours begins
    uint64_t square = (uint64_t)pseudorandom * pseudorandom >> 32;
    uint32_t relative = area - 1 - (uint32_t)(area * square >> 32);
    uint32_t start = at.pass == 0 ? 0 : (at.slice + 1) % slices * segment_length;
    return (start + relative) % lane_length;
}

static void fill_segment(const nj_argon2d *parameters, block *memory, position at) {
    uint32_t lane_length = parameters->blocks / parameters->lanes;
    uint32_t segment_length = lane_length / slices;
    block *lane = memory + (size_t)at.lane * lane_length;
    for (at.index = at.pass == 0 && at.slice == 0 ? 2 : 0; at.index < segment_length; at.index++) {
        uint32_t current = at.slice * segment_length + at.index;
        const block *previous = lane + (current == 0 ? lane_length : current) - 1;
        uint64_t pseudorandom = previous->words[0];
        // Nothing of the other lanes is finished in the very first slice.
        uint32_t other = at.pass == 0 && at.slice == 0 ? at.lane : (uint32_t)(pseudorandom >> 32) % parameters->lanes;
        uint32_t index = reference_index(at, other, (uint32_t)pseudorandom, segment_length, lane_length);
        compress(lane + current, previous, memory + (size_t)other * lane_length + index, at.pass > 0);
    }
}

void nj_argon2d_passes(const nj_argon2d *parameters, void *memory) {
    for (uint32_t pass = 0; pass < parameters->passes; pass++)
        for (uint32_t slice = 0; slice < slices; slice++)
            for (uint32_t lane = 0; lane < parameters->lanes; lane++)
                fill_segment(parameters, memory, (position){.pass = pass, .slice = slice, .lane = lane});
}

void nj_argon2d_fill(const nj_argon2d *parameters, void *memory) {
    uint8_t prehash[64];
    nj_argon2d_prehash(parameters, prehash);
    nj_argon2d_start(parameters, prehash, memory);
    nj_argon2d_passes(parameters, memory);
}
