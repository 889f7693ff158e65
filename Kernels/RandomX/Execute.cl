// RandomX, a program's run (doc/specs.md, 2, step 8; 4.6).
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_LOOP; with NJ_RX_STREAMS of 2 as many groups,
// of NJ_RX_FLOAT_SIDE + NJ_GROUP_LOOP work-items: those from 0 on are the integer side, those from NJ_RX_FLOAT_SIDE on the
// float side of the same hashes, and any between them do nothing. A launch runs `iterations`
// iterations from `first` on: a program may take several launches, so that none is long. programs, extras: the programs
// and reciprocals that rx_decode made, or, with NJ_RX_STREAMS, the integers and extras that rx_split made, together with
// `floats`. The lines are the dataset's. With NJ_RX_LIGHT they are the cache's, and items are computed as they are read,
// by the programs in `superscalar`; see Item.cl.
#include "Primitives/AES.cl"
#include "RandomX/Decode.cl"
#include "RandomX/Item.cl"
#include "RandomX/Machine.cl"

// How a program runs: 0 in its own order (Order.cl); 1 as two streams (Streams.cl), by one work-item; 2 with one for each.
#ifndef NJ_RX_STREAMS
#error "NJ_RX_STREAMS is not defined"
#endif
// Where a group's float side begins, so that no work-item of it shares its instruction stream with one of the integer side.
#if NJ_RX_STREAMS == 2 && !defined(NJ_RX_FLOAT_SIDE)
#error "NJ_RX_FLOAT_SIDE is not defined"
#endif
// Each includes nothing that the other needs: the host resolves includes before conditions.
#if NJ_RX_STREAMS
#include "RandomX/Streams.cl"
#else
#include "RandomX/Order.cl"
#endif

#ifndef NJ_RX_LIGHT
#error "NJ_RX_LIGHT is not defined"
#endif

// Lines are read and written by 16 bytes: a work-item has a line of its own, and each access is one of the memory's.

// r is XORed with a line.
NJ_INLINE void nj_rx_xor_line(nj_rx_machine *m, __global const ulong2 *line) {
    for (uint i = 0; i < 4; ++i) {
        const ulong2 words = line[i];
        NJ_RX_R(2 * i) ^= words.x;
        NJ_RX_R(2 * i + 1) ^= words.y;
    }
}

// f and e are loaded from a line.
NJ_INLINE void nj_rx_load_floats(nj_rx_machine *m, __global const ulong2 *line) {
    for (uint i = 0; i < 2; ++i) {
        const ulong2 f = line[i], e = line[2 + i];
        NJ_RX_F(4 * i) = nj_rx_low(f.x);
        NJ_RX_F(4 * i + 1) = nj_rx_high(f.x);
        NJ_RX_F(4 * i + 2) = nj_rx_low(f.y);
        NJ_RX_F(4 * i + 3) = nj_rx_high(f.y);
        NJ_RX_E(4 * i) = nj_rx_masked(nj_rx_low(e.x), m->e_mask0);
        NJ_RX_E(4 * i + 1) = nj_rx_masked(nj_rx_high(e.x), m->e_mask1);
        NJ_RX_E(4 * i + 2) = nj_rx_masked(nj_rx_low(e.y), m->e_mask0);
        NJ_RX_E(4 * i + 3) = nj_rx_masked(nj_rx_high(e.y), m->e_mask1);
    }
}

#if NJ_RX_MIX_AES
// Group E goes into group F (4.6.2, step 10): the rows of F are encrypted and decrypted by turns, with all of E as
// keys.
NJ_INLINE void nj_rx_mix(nj_rx_machine *m, __local const uint *table, __local const uint *inverse) {
    for (uint i = 0; i < 4; ++i) {
        uint4 x = as_uint4((double2)(NJ_RX_F(2 * i), NJ_RX_F(2 * i + 1)));
        for (uint j = 0; j < 4; ++j) {
            const uint4 key = as_uint4((double2)(NJ_RX_E(2 * j), NJ_RX_E(2 * j + 1)));
            x = i & 1 ? nj_aes_inverse_round(inverse, x, key) : nj_aes_round(table, x, key);
        }
        const double2 mixed = as_double2(x);
        NJ_RX_F(2 * i) = mixed.x;
        NJ_RX_F(2 * i + 1) = mixed.y;
    }
}
#endif

// Rows of local memory, with r in the first. In light mode the next iteration's item and this one's are among them.
#if NJ_RX_STREAMS
#define NJ_RX_VALUE_ROWS (NJ_RX_ROW_VALUES + NJ_RX_VALUES)
#else
#define NJ_RX_ROW_ITEMS (NJ_RX_ROW_MIX + 1)
#define NJ_RX_VALUE_ROWS 0
#endif
#define NJ_RX_ITEM_ROWS (NJ_RX_ROW_ITEMS + (NJ_RX_LIGHT ? NJ_RX_FILE_WORDS : 0))
#define NJ_RX_ROWS (NJ_RX_VALUE_ROWS > NJ_RX_ITEM_ROWS ? NJ_RX_VALUE_ROWS : NJ_RX_ITEM_ROWS)

// The group's work-items, and where both sides of a hash wait for each other.
#if NJ_RX_STREAMS == 2
#define NJ_RX_GROUP (NJ_RX_FLOAT_SIDE + NJ_GROUP_LOOP)
#define NJ_RX_MEET barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#else
#define NJ_RX_GROUP NJ_GROUP_LOOP
#define NJ_RX_MEET
#endif

// clang-format off
__kernel NJ_GROUP_OF(NJ_RX_GROUP) void rx_execute(__global ulong *records, __global const uint2 *programs,
                                                  __global const ulong *extras, NJ_PAD_ARGUMENTS,
                                                  NJ_LINE_ARGUMENTS, const uint first, const uint iterations,
                                                  const uint count
#if NJ_RX_STREAMS
                                                  , __global const uint *floats
#endif
#if NJ_RX_LIGHT
                                                  , __global const uint *superscalar
#endif
) {
    // clang-format on
    __local ulong registers[NJ_RX_ROWS * NJ_GROUP_LOOP];
    __local double2 groups[3 * 4 * NJ_GROUP_LOOP];
#if NJ_RX_MIX_AES
    __local uint table[NJ_AES_TABLE_WORDS], inverse[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    nj_aes_load_inverse(inverse);
#endif
#if NJ_RX_STREAMS == 2
    __local uint goes_on[3];
    const uint item = (uint)get_local_id(0), group = (uint)get_group_id(0) * NJ_GROUP_LOOP;
    if (group >= count) return;
    const uint at = item < NJ_RX_FLOAT_SIDE ? item : item - NJ_RX_FLOAT_SIDE;
    const bool has_hash = at < NJ_GROUP_LOOP && at < count - group;
    const bool is_integer = has_hash && item < NJ_RX_FLOAT_SIDE, is_float = has_hash && item >= NJ_RX_FLOAT_SIDE;
    // A work-item without a hash is at the first one's, and changes nothing.
    const uint place = has_hash ? at : 0, slot = group + place;
#else
    const bool is_integer = true, is_float = true;
    const uint place = (uint)get_local_id(0), slot = (uint)get_global_id(0);
    if (slot >= count) return;
#endif
    nj_rx_machine machine, *m = &machine;
    m->r = registers + place;
    m->f = (__local double *)(groups + place);
    m->e = m->f + 8 * NJ_GROUP_LOOP;
    m->a = m->e + 8 * NJ_GROUP_LOOP;
    m->pad = NJ_PAD_OF(slot);
#if NJ_RX_LIGHT
    __local ulong *file = m->r + NJ_RX_ROW_ITEMS * NJ_GROUP_LOOP;
    const uint stride = NJ_GROUP_LOOP;
#endif
    __global ulong *record = records + (size_t)slot * NJ_RX_RECORD_WORDS;

    m->e_mask0 = record[NJ_RX_E_MASKS];
    m->e_mask1 = record[NJ_RX_E_MASKS + 1];
    m->mode = (uint)record[NJ_RX_ROUNDING];
    const ulong memory = record[NJ_RX_MEMORY], selection = record[NJ_RX_SELECTION];
#if NJ_RX_STREAMS
    const ulong lengths = is_integer || is_float ? record[NJ_RX_LENGTHS] : 0;
    programs += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
    extras += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
    floats += NJ_RX_STREAM_START(slot, NJ_RX_FLOAT_ROWS);
#else
    programs += NJ_RX_PROGRAM_START(slot);
    extras += NJ_RX_PROGRAM_START(slot);
#endif
    uint ma = (uint)memory, mx = (uint)(memory >> 32);
    const uint offset = (uint)selection;
    const uchar4 address = as_uchar4((uint)(selection >> 32));
    uint address0 = first == 0 ? mx : 0, address1 = first == 0 ? ma : 0;
    // A program begins with r of zeroes; f and e are loaded at each iteration's beginning.
    if (is_integer) {
        for (uint i = 0; i < 8; ++i) NJ_RX_R(i) = first != 0 ? record[NJ_RX_REGISTERS + i] : 0;
        NJ_RX_R(NJ_RX_ZERO_REGISTER) = 0;
        NJ_RX_R(NJ_RX_ROW_MIX) = NJ_RX_R(address.s0) ^ NJ_RX_R(address.s1);
    }
    if (is_float)
        for (uint i = 0; i < 8; ++i) NJ_RX_A(i) = as_double(record[NJ_RX_GROUP_A + i]);

    for (uint iteration = 0; iteration < iterations; ++iteration) {
        NJ_RX_MEET;
        // Steps 1 to 3: r is XORed with one line, f and e are loaded from another.
        const ulong mix = NJ_RX_R(NJ_RX_ROW_MIX);
        __global ulong2 *lines = (__global ulong2 *)m->pad;
        __global ulong2 *line0 = lines + ((address0 ^ (uint)mix) & (NJ_RX_SCRATCHPAD_L3 - 64)) / 16;
        __global ulong2 *line1 = lines + ((address1 ^ (uint)(mix >> 32)) & (NJ_RX_SCRATCHPAD_L3 - 64)) / 16;
        address0 = 0;
        address1 = 0;
        if (is_integer) nj_rx_xor_line(m, line0);
        if (is_float) nj_rx_load_floats(m, line1);
        NJ_RX_MEET;
        // Step 4
#if NJ_RX_STREAMS == 2
        nj_rx_run(m, is_integer, is_float, programs, extras, floats, lengths, goes_on);
#elif NJ_RX_STREAMS
        nj_rx_run(m, programs, extras, floats, lengths);
#else
        nj_rx_run(m, programs, extras);
#endif
        if (is_integer) {
            // Steps 5 to 9
            const uint number = offset + (ma & NJ_RX_DATASET_MASK) / 64;
            const uint prefetch = (uint)(NJ_RX_R(address.s2) ^ NJ_RX_R(address.s3));
#if NJ_RX_PREFETCH_MA
            const uint next = mx;
            mx = ma ^ prefetch;
#else
            const uint next = mx ^ prefetch;
            mx = ma;
#endif
            ma = next;
#if NJ_RX_LIGHT
            // When an item is needed, the next iteration's item is known too: they are computed in pairs.
            if ((iteration & 1) == 0) {
                const uint numbers[NJ_RX_ITEMS] = {offset + (ma & NJ_RX_DATASET_MASK) / 64, number};
                nj_rx_items(NJ_LINES, superscalar, numbers, file, stride);
            }
            for (uint i = 0; i < 8; ++i) NJ_RX_R(i) ^= NJ_RX_FILE(~iteration & 1, i);
#else
            nj_rx_xor_line(m, nj_rx_line(NJ_LINES, number));
#endif
            NJ_RX_R(NJ_RX_ROW_MIX) = NJ_RX_R(address.s0) ^ NJ_RX_R(address.s1);
            // Both lines may be the same one, which gets f in the end.
            if (line1 != line0)
                for (uint i = 0; i < 4; ++i) line1[i] = (ulong2)(NJ_RX_R(2 * i), NJ_RX_R(2 * i + 1));
        }
        if (is_float) {
            // Steps 10 to 12
#if NJ_RX_MIX_AES
            nj_rx_mix(m, table, inverse);
#else
            for (uint i = 0; i < 8; ++i) NJ_RX_F(i) = as_double(as_ulong(NJ_RX_F(i)) ^ as_ulong(NJ_RX_E(i)));
#endif
            for (uint i = 0; i < 4; ++i) line0[i] = as_ulong2((double2)(NJ_RX_F(2 * i), NJ_RX_F(2 * i + 1)));
        }
    }

    if (is_integer) {
        for (uint i = 0; i < 8; ++i) record[NJ_RX_REGISTERS + i] = NJ_RX_R(i);
        record[NJ_RX_MEMORY] = (ulong)ma | (ulong)mx << 32;
    }
    if (is_float) {
        for (uint i = 0; i < 8; ++i) {
            record[NJ_RX_GROUP_F + i] = as_ulong(NJ_RX_F(i));
            record[NJ_RX_GROUP_E + i] = as_ulong(NJ_RX_E(i));
        }
        record[NJ_RX_ROUNDING] = m->mode;
    }
}
