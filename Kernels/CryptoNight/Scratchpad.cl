// The places of scratchpads. They are in up to four buffers, because a device may limit one buffer to a quarter of its
// memory. Every kernel that uses scratchpads has all four as arguments; if there are fewer, the first is repeated.
#ifndef NIGHTJAR_CRYPTONIGHT_SCRATCHPAD_CL
#define NIGHTJAR_CRYPTONIGHT_SCRATCHPAD_CL

#include "CryptoNight/Parameters.cl"

#define NJ_PAD_ARGUMENTS                                                                            \
    __global ulong2 *pads0, __global ulong2 *pads1, __global ulong2 *pads2, __global ulong2 *pads3, \
        const uint pads_per_buffer

// The scratchpad of the hash at `slot`; for NJ_PAD_BLOCK. pads_per_buffer is a multiple of NJ_PAD_INTERLEAVE.
#define NJ_PAD_OF(slot) nj_pad(pads0, pads1, pads2, pads3, pads_per_buffer, slot)

// The place of a 16-byte block, counted from the scratchpad's start, in what NJ_PAD_OF gives.
#define NJ_PAD_BLOCK(block) (((block) >> 2) * (4 * NJ_PAD_INTERLEAVE) + (3 & (block)))

NJ_INLINE __global ulong2 *nj_pad(
    __global ulong2 *pads0, __global ulong2 *pads1, __global ulong2 *pads2, __global ulong2 *pads3,
    const uint pads_per_buffer, const uint slot) {
    const uint buffer = slot / pads_per_buffer;
    const uint pad = slot % pads_per_buffer;
    __global ulong2 *pads = buffer == 0 ? pads0 : buffer == 1 ? pads1 : buffer == 2 ? pads2 : pads3;
    const uint team = pad / NJ_PAD_INTERLEAVE;
    const uint member = pad % NJ_PAD_INTERLEAVE;
    return pads + (size_t)team * NJ_PAD_INTERLEAVE * (NJ_CN_MEMORY / 16) + 4 * member;
}

#endif
