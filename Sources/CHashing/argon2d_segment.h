#pragma once
// The choice of reference blocks in Argon2d's memory, and the fill loop, for all instruction sets. Private to CHashing.
#include "nj_argon2d.h"
#include "nj_bytes.h"

enum { block_words = 128, slices = 4 };

typedef struct {
    _Alignas(64) uint64_t words[block_words];
} block;

// A position in the fill: RFC 9106 section 3.4.
typedef struct {
    uint32_t pass, slice, lane, index;  // index: within the segment
} position;

// The index of the block that the word `pseudorandom` chooses, within its Argon lane.
static inline uint32_t reference_index(
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

// The reference block, from which a block is made together with the previous one. The previous block's first word is
// `pseudorandom`.
static inline const block *reference_block(
    const nj_argon2d *parameters, const block *memory, position at, uint64_t pseudorandom) {
    uint32_t lane_length = parameters->blocks / parameters->lanes;
    // In the very first slice, no segment of another Argon lane is finished.
    uint32_t other = at.pass == 0 && at.slice == 0 ? at.lane : (uint32_t)(pseudorandom >> 32) % parameters->lanes;
    return memory + (size_t)other * lane_length
        + reference_index(at, other, (uint32_t)pseudorandom, lane_length / slices, lane_length);
}

// Fills one slice's segment in one Argon lane.
typedef void nj_argon2d_segment(const nj_argon2d *parameters, block *memory, position at);

nj_argon2d_segment nj_argon2d_segment_portable;
#if defined(__x86_64__)
nj_argon2d_segment nj_argon2d_segment_avx2, nj_argon2d_segment_avx512;
#endif

// The compression function G, from `previous` and `reference` to `next`. With `over`, the result is XORed into the old
// contents of `next`. As soon as the first word is ready, it can find the next reference block with `reference_block`;
// `after` is the position after `next`.
typedef void compress_function(
    const nj_argon2d *parameters, const block *memory, position after, block *next, const block *previous,
    const block *reference, bool over);

// The loop that each instruction set has, around its own `compress`.
__attribute__((always_inline)) static inline void fill_segment(
    const nj_argon2d *parameters, block *memory, position at, compress_function *compress) {
    uint32_t lane_length = parameters->blocks / parameters->lanes;
    uint32_t segment_length = lane_length / slices;
    block *lane = memory + (size_t)at.lane * lane_length;
    for (at.index = at.pass == 0 && at.slice == 0 ? 2 : 0; at.index < segment_length; at.index++) {
        uint32_t current = at.slice * segment_length + at.index;
        const block *previous = lane + (current == 0 ? lane_length : current) - 1;
        const block *reference = reference_block(parameters, memory, at, previous->words[0]);
        position after = at;
        after.index++;
        compress(parameters, memory, after, lane + current, previous, reference, at.pass > 0);
    }
}
