// Dataset items, computed from the cache (doc/specs.md of tevador/RandomX, 6 and 7.3), NJ_RX_ITEMS at once: while one
// waits for memory, another is computed, and an instruction is unpacked once for all.
//
// Superscalar programs come as bundles of up to five instructions, the same for all work-items. A slot without an
// instruction changes registers that nothing else uses. So only the rare wide multiplication needs a branch.
#ifndef NIGHTJAR_RANDOMX_ITEM_CL
#define NIGHTJAR_RANDOMX_ITEM_CL

#include "RandomX/Memory.cl"
#include "Shared/RandomXItem.h"

#define NJ_RX_ITEMS 2

// Of an item: eight registers, one that is always zero, four for idle slots.
#define NJ_RX_ITEM_REGISTERS 13
#define NJ_RX_FILE_WORDS (NJ_RX_ITEMS * NJ_RX_ITEM_REGISTERS)

// The table `superscalar`, in 32-bit words: for each program its first bundle, the one after its last, and the register
// that names the next cache line; a word to spare. Then the bundles, eight words each:
//   0, 1  multiply_constant     r[multiply_dst] *= r[multiply_src] + multiply_constant
//   2     add_constant          r[add_dst] += r[add_src] * add_factor + add_constant, both signed
//   3     xor_constant          r[xor_dst] ^= r[xor_src] + xor_constant, signed
//   4     bytes: multiply_dst, multiply_src, add_dst, add_src
//   5     bytes: add_factor, xor_dst, xor_src, rotate_dst
//   6     bytes: rotate_count   r[rotate_dst] >>>= rotate_count
//         wide, wide_dst, wide_src: 1 or 2: r[wide_dst] = high half of r[wide_dst] * r[wide_src], unsigned or signed
//   7     nothing
#define NJ_RX_BUNDLES_AT (4 * NJ_RX_CACHE_ACCESSES)

// The register i of the item k: group local, `stride` work-items' side by side.
#define NJ_RX_FILE(k, i) file[(NJ_RX_ITEM_REGISTERS * (k) + (i)) * stride]
#define NJ_RX_EACH_ITEM _Pragma("unroll") for (uint k = 0; k < NJ_RX_ITEMS; ++k)

// The parts of a line that wait until the program has run. On CPUs, which run programs in their own order, Intel's compiler
// makes a worse loop of pairs: 0.79 of the speed.
#if defined(NJ_RX_STREAMS) && NJ_RX_STREAMS == 0
#define NJ_RX_LINE_PARTS 8
typedef ulong nj_rx_line_part;
#define NJ_RX_XOR_PART(k, j, part) NJ_RX_FILE(k, j) ^= (part)
#else
#define NJ_RX_LINE_PARTS 4
typedef ulong2 nj_rx_line_part;
#define NJ_RX_XOR_PART(k, j, part) NJ_RX_FILE(k, 2 * (j)) ^= (part).x, NJ_RX_FILE(k, 2 * (j) + 1) ^= (part).y
#endif

// Leaves each of the items `numbers` in the first eight of its registers in `file`.
NJ_INLINE void nj_rx_items(
    NJ_LINE_ARGUMENTS, __global const uint *superscalar, const uint *numbers, __local ulong *file, const uint stride) {
    uint lines[NJ_RX_ITEMS];
    NJ_RX_EACH_ITEM {
        const ulong start = ((ulong)numbers[k] + 1) * NJ_RX_ITEM_MULTIPLIER;
        for (uint i = 0; i < NJ_RX_ITEM_REGISTERS; ++i) NJ_RX_FILE(k, i) = i < 8 ? start ^ nj_rx_table_item[i] : 0;
        lines[k] = numbers[k];
    }
    for (uint i = 0; i < NJ_RX_CACHE_ACCESSES; ++i) {
        // Read early: the program runs while memory answers.
        nj_rx_line_part parts[NJ_RX_ITEMS][NJ_RX_LINE_PARTS];
        NJ_RX_EACH_ITEM {
            __global const nj_rx_line_part *mix =
                (__global const nj_rx_line_part *)nj_rx_line(NJ_LINES, lines[k] & (NJ_RX_CACHE_LINES - 1));
#pragma unroll
            for (uint j = 0; j < NJ_RX_LINE_PARTS; ++j) parts[k][j] = mix[j];
        }
        const uint end = superscalar[4 * i + 1];
        for (uint at = superscalar[4 * i]; at < end; ++at) {
            const uint8 b = vload8(at, superscalar + NJ_RX_BUNDLES_AT);
            const uchar4 x = as_uchar4(b.s4), y = as_uchar4(b.s5), z = as_uchar4(b.s6);
            const ulong multiply = (ulong)b.s0 | (ulong)b.s1 << 32;
            const ulong factor = (ulong)(long)(char)y.s0, add = (ulong)(long)(int)b.s2, xor = (ulong)(long)(int)b.s3;
            const ulong left = (ulong)(64 - z.s0) & 63;
            NJ_RX_EACH_ITEM NJ_RX_FILE(k, x.s0) *= NJ_RX_FILE(k, x.s1) + multiply;
            NJ_RX_EACH_ITEM NJ_RX_FILE(k, x.s2) += NJ_RX_FILE(k, x.s3) * factor + add;
            NJ_RX_EACH_ITEM NJ_RX_FILE(k, y.s1) ^= NJ_RX_FILE(k, y.s2) + xor;
            NJ_RX_EACH_ITEM NJ_RX_FILE(k, y.s3) = rotate(NJ_RX_FILE(k, y.s3), left);
            if (z.s1 == 1)
                NJ_RX_EACH_ITEM NJ_RX_FILE(k, z.s2) = mul_hi(NJ_RX_FILE(k, z.s2), NJ_RX_FILE(k, z.s3));
            else if (z.s1 == 2)
                NJ_RX_EACH_ITEM NJ_RX_FILE(k, z.s2) =
                    (ulong)mul_hi((long)NJ_RX_FILE(k, z.s2), (long)NJ_RX_FILE(k, z.s3));
        }
        const uint address = superscalar[4 * i + 2];
        NJ_RX_EACH_ITEM {
#pragma unroll
            for (uint j = 0; j < NJ_RX_LINE_PARTS; ++j) NJ_RX_XOR_PART(k, j, parts[k][j]);
            lines[k] = (uint)NJ_RX_FILE(k, address);
        }
    }
}

#endif
