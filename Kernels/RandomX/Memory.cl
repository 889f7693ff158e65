// The places of scratchpads, cache and dataset. Each is in up to four buffers, because a device may limit one buffer to
// a quarter of its memory. Every kernel that uses them has all four as arguments; if there are fewer, the first is
// repeated.
#ifndef NIGHTJAR_RANDOMX_MEMORY_CL
#define NIGHTJAR_RANDOMX_MEMORY_CL

#include "RandomX/Parameters.cl"

#define NJ_PAD_ARGUMENTS                                                                        \
    __global ulong *pads0, __global ulong *pads1, __global ulong *pads2, __global ulong *pads3, \
        const uint pads_per_buffer

// The scratchpad of the hash at `slot`, as words.
#define NJ_PAD_OF(slot) nj_rx_pad(pads0, pads1, pads2, pads3, pads_per_buffer, slot)

NJ_INLINE __global ulong *nj_rx_pad(
    __global ulong *pads0, __global ulong *pads1, __global ulong *pads2, __global ulong *pads3,
    const uint pads_per_buffer, const uint slot) {
    const uint buffer = slot / pads_per_buffer;
    __global ulong *pads = buffer == 0 ? pads0 : buffer == 1 ? pads1 : buffer == 2 ? pads2 : pads3;
    return pads + (size_t)(slot % pads_per_buffer) * (NJ_RX_SCRATCHPAD_L3 / 8);
}

// Lines of 64 bytes, 2^lines_shift of them in each buffer but the last.
#define NJ_LINE_ARGUMENTS                                                                     \
    __global const ulong *lines0, __global const ulong *lines1, __global const ulong *lines2, \
        __global const ulong *lines3, const uint lines_shift

#define NJ_LINES lines0, lines1, lines2, lines3, lines_shift

NJ_INLINE __global const ulong2 *nj_rx_line(NJ_LINE_ARGUMENTS, const uint number) {
    const uint buffer = number >> lines_shift;
    __global const ulong *lines = buffer == 0 ? lines0 : buffer == 1 ? lines1 : buffer == 2 ? lines2 : lines3;
    return (__global const ulong2 *)(lines + (size_t)(number & ((1u << lines_shift) - 1)) * 8);
}

#endif
