// The places of scratchpads. They are in up to four buffers, because a device may limit one buffer to a quarter of its
// memory. Every kernel that uses scratchpads has all four as arguments; if there are fewer, the first is repeated.
#ifndef NIGHTJAR_SCRYPT_MEMORY_CL
#define NIGHTJAR_SCRYPT_MEMORY_CL

#include "Scrypt/Parameters.cl"

// A row is a block of 128 bytes: eight vectors.
#define NJ_SCRYPT_ROW 8
#define NJ_SCRYPT_ROWS (NJ_SCRYPT_N / NJ_SCRYPT_GAP)

#define NJ_PAD_ARGUMENTS                                                                        \
    __global uint4 *pads0, __global uint4 *pads1, __global uint4 *pads2, __global uint4 *pads3, \
        const uint pads_per_buffer

// The scratchpad of the hash at `slot`, for NJ_PAD_ROW. pads_per_buffer is a multiple of NJ_PAD_INTERLEAVE.
#define NJ_PAD_OF(slot) nj_scrypt_pad(pads0, pads1, pads2, pads3, pads_per_buffer, slot)

// The place of a row, counted from the scratchpad's start, in what NJ_PAD_OF gives. The rows of one number of all
// scratchpads that alternate are together: when neighbours store them, the memory is written without gaps. A row is
// whole: a hash reads one from a place of its own.
#define NJ_PAD_ROW(row) ((row) * (NJ_SCRYPT_ROW * NJ_PAD_INTERLEAVE))

NJ_INLINE __global uint4 *nj_scrypt_pad(
    __global uint4 *pads0, __global uint4 *pads1, __global uint4 *pads2, __global uint4 *pads3,
    const uint pads_per_buffer, const uint slot) {
    const uint buffer = slot / pads_per_buffer;
    const uint pad = slot % pads_per_buffer;
    __global uint4 *pads = buffer == 0 ? pads0 : buffer == 1 ? pads1 : buffer == 2 ? pads2 : pads3;
    const uint team = pad / NJ_PAD_INTERLEAVE;
    const uint member = pad % NJ_PAD_INTERLEAVE;
    return pads + (size_t)team * NJ_PAD_INTERLEAVE * (NJ_SCRYPT_ROWS * NJ_SCRYPT_ROW) + NJ_SCRYPT_ROW * member;
}

#endif
