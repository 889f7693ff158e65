// RandomX, a program's run (doc/specs.md, 2, step 8; 4.6).
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_LOOP. It runs the iterations from `first`
// on, `iterations` of them: a program's may be spread over several launches, so that none is long. The lines are the
// dataset's, or, with NJ_RX_LIGHT, the cache's, and then an item is computed whenever one is read, by the programs of
// `superscalar`, as in Item.cl.
#include "RandomX/Decode.cl"
#include "RandomX/Item.cl"
#include "Primitives/AES.cl"
#include "Primitives/DirectedRounding.cl"

#ifndef NJ_RX_LIGHT
#error "NJ_RX_LIGHT is not defined"
#endif

// Registers of a work-item, in local memory: the group's stand side by side, so that whichever registers its members use
// in a turn, they never contend for a bank.
#define NJ_RX_R(i) r[(i) * NJ_GROUP_LOOP]
#define NJ_RX_F(i) f[(i) * NJ_GROUP_LOOP]
#define NJ_RX_E(i) e[(i) * NJ_GROUP_LOOP]
#define NJ_RX_A(i) a[(i) * NJ_GROUP_LOOP]

// Bits that stay of a group E operand before the program's mask is set (4.3.2).
#define NJ_RX_E_KEEP 0x00FFFFFFFFFFFFFFUL

// Two 32-bit signed integers in memory (4.3.1).
double nj_rx_low(const ulong word) { return (double)(int)(uint)word; }
double nj_rx_high(const ulong word) { return (double)(int)(uint)(word >> 32); }

double nj_rx_masked(const double x, const ulong mask) { return as_double((as_ulong(x) & NJ_RX_E_KEEP) | mask); }

// An address in the scratchpad, in words, of a level from 1 to 3.
uint nj_rx_address(const ulong address, const uint level) {
    const uint size = level == 3 ? NJ_RX_SCRATCHPAD_L3 : level == 2 ? NJ_RX_SCRATCHPAD_L2 : NJ_RX_SCRATCHPAD_L1;
    return ((uint)address & (size - 1)) >> 3;
}

// Runs the instruction at `at`; gives the place of the next.
uint nj_rx_step(const uint at, __global const uint2 *program, __global const ulong *reciprocals, __global ulong *pad,
                __local ulong *r, __local double *f, __local double *e, __local const double *a, const ulong e_mask0,
                const ulong e_mask1, uint *mode) {
    const uint2 instruction = program[at * NJ_GROUP_LOOP];
    const uint fields = instruction.x;
    const ulong immediate = (ulong)(long)(int)instruction.y;
    const uint kind = fields >> 5 & 3, dst = fields >> 7 & 7, src = fields >> 10 & 15, level = fields >> 14 & 3;
    ulong operand = 0;
    if (kind == NJ_OPERAND_IMMEDIATE)
        operand = immediate;
    else if (src <= NJ_RX_ZERO_REGISTER)  // not a condition
        operand = NJ_RX_R(src);
    if (kind == NJ_OPERAND_MEMORY) operand = pad[nj_rx_address(operand + immediate, level)];
    switch (fields & 31) {
    case NJ_OP_ADD:
        NJ_RX_R(dst) += (operand << (fields >> 16 & 3)) + (kind == NJ_OPERAND_REGISTER ? immediate : 0);
        break;
    case NJ_OP_SUB: NJ_RX_R(dst) -= operand; break;
    case NJ_OP_MUL: NJ_RX_R(dst) *= operand; break;
    case NJ_OP_MULH: NJ_RX_R(dst) = mul_hi(NJ_RX_R(dst), operand); break;
    case NJ_OP_SMULH: NJ_RX_R(dst) = (ulong)mul_hi((long)NJ_RX_R(dst), (long)operand); break;
    case NJ_OP_RECIPROCAL: NJ_RX_R(dst) *= reciprocals[at * NJ_GROUP_LOOP]; break;
    case NJ_OP_NEG: NJ_RX_R(dst) = 0 - NJ_RX_R(dst); break;
    case NJ_OP_XOR: NJ_RX_R(dst) ^= operand; break;
    case NJ_OP_ROR: NJ_RX_R(dst) = rotate(NJ_RX_R(dst), (0 - operand) & 63); break;
    case NJ_OP_ROL: NJ_RX_R(dst) = rotate(NJ_RX_R(dst), operand & 63); break;
    case NJ_OP_SWAP:
        NJ_RX_R(src) = NJ_RX_R(dst);
        NJ_RX_R(dst) = operand;
        break;
    case NJ_OP_FSWAP_F: {
        const double low = NJ_RX_F(2 * dst);
        NJ_RX_F(2 * dst) = NJ_RX_F(2 * dst + 1);
        NJ_RX_F(2 * dst + 1) = low;
        break;
    }
    case NJ_OP_FSWAP_E: {
        const double low = NJ_RX_E(2 * dst);
        NJ_RX_E(2 * dst) = NJ_RX_E(2 * dst + 1);
        NJ_RX_E(2 * dst + 1) = low;
        break;
    }
    case NJ_OP_FADD:
    case NJ_OP_FSUB: {
        const bool memory = kind == NJ_OPERAND_MEMORY;
        // A difference is the sum with the negative, in every mode.
        const ulong sign = (fields & 31) == NJ_OP_FSUB ? 0x8000000000000000UL : 0;
        const double low = memory ? nj_rx_low(operand) : NJ_RX_A(2 * (src & 3));
        const double high = memory ? nj_rx_high(operand) : NJ_RX_A(2 * (src & 3) + 1);
        NJ_RX_F(2 * dst) = nj_round_add(NJ_RX_F(2 * dst), as_double(as_ulong(low) ^ sign), *mode);
        NJ_RX_F(2 * dst + 1) = nj_round_add(NJ_RX_F(2 * dst + 1), as_double(as_ulong(high) ^ sign), *mode);
        break;
    }
    case NJ_OP_FSCAL:
        for (uint i = 0; i < 2; ++i)
            NJ_RX_F(2 * dst + i) = as_double(as_ulong(NJ_RX_F(2 * dst + i)) ^ 0x80F0000000000000UL);
        break;
    case NJ_OP_FMUL:
        for (uint i = 0; i < 2; ++i)
            NJ_RX_E(2 * dst + i) = nj_round_multiply(NJ_RX_E(2 * dst + i), NJ_RX_A(2 * src + i), *mode);
        break;
    case NJ_OP_FDIV:
        NJ_RX_E(2 * dst) = nj_round_divide(NJ_RX_E(2 * dst), nj_rx_masked(nj_rx_low(operand), e_mask0), *mode);
        NJ_RX_E(2 * dst + 1) = nj_round_divide(NJ_RX_E(2 * dst + 1), nj_rx_masked(nj_rx_high(operand), e_mask1), *mode);
        break;
    case NJ_OP_FSQRT:
        for (uint i = 0; i < 2; ++i)
            NJ_RX_E(2 * dst + i) = nj_round_sqrt(NJ_RX_E(2 * dst + i), *mode);
        break;
    case NJ_OP_BRANCH: {
        const ulong sum = NJ_RX_R(dst) + immediate;
        NJ_RX_R(dst) = sum;
        const uint condition = ((1u << NJ_RX_JUMP_BITS) - 1) << (src + NJ_RX_JUMP_OFFSET);
        if (((uint)sum & condition) == 0) return fields >> 18;
        break;
    }
    case NJ_OP_ROUND: {
        const uint turned = (uint)rotate(operand, (0 - immediate) & 63);
        if ((turned & NJ_RX_ROUNDING_GUARD) == 0) *mode = turned & 3;
        break;
    }
    case NJ_OP_STORE: pad[nj_rx_address(NJ_RX_R(dst) + immediate, level)] = operand; break;
    default: break;
    }
    return at + 1;
}

__kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void rx_execute(__global ulong *records, __global const uint2 *programs,
                                                    __global const ulong *reciprocals, NJ_PAD_ARGUMENTS,
                                                    NJ_LINE_ARGUMENTS, const uint first, const uint iterations,
                                                    const uint count
#if NJ_RX_LIGHT
                                                    , __global const uint *superscalar
#endif
) {
    __local ulong registers[(NJ_RX_ZERO_REGISTER + 1) * NJ_GROUP_LOOP];
    __local double floats[3 * 8 * NJ_GROUP_LOOP];
#if NJ_RX_LIGHT
    __local ulong files[NJ_RX_FILE_WORDS * NJ_GROUP_LOOP];
    __local ulong *file = files + get_local_id(0);
    const uint stride = NJ_GROUP_LOOP;
#endif
#if NJ_RX_MIX_AES
    __local uint table[NJ_AES_TABLE_WORDS], inverse[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    nj_aes_load_inverse(inverse);
#endif
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __local ulong *r = registers + get_local_id(0);
    __local double *f = floats + get_local_id(0);
    __local double *e = f + 8 * NJ_GROUP_LOOP;
    __local double *a = e + 8 * NJ_GROUP_LOOP;
    __global ulong *record = records + (size_t)slot * NJ_RX_RECORD_WORDS;
    __global const uint2 *program = programs + NJ_RX_PROGRAM_START(slot);
    __global const ulong *reciprocal = reciprocals + NJ_RX_PROGRAM_START(slot);
    __global ulong *pad = NJ_PAD_OF(slot);

    // A program begins with r of zeroes; f and e are loaded at each iteration's beginning.
    for (uint i = 0; i < 8; ++i) NJ_RX_R(i) = first == 0 ? 0 : record[NJ_RX_REGISTERS + i];
    NJ_RX_R(NJ_RX_ZERO_REGISTER) = 0;
    for (uint i = 0; i < 8; ++i) NJ_RX_A(i) = as_double(record[NJ_RX_GROUP_A + i]);
    const ulong e_mask0 = record[NJ_RX_E_MASKS], e_mask1 = record[NJ_RX_E_MASKS + 1];
    uint ma = (uint)record[NJ_RX_MEMORY], mx = (uint)(record[NJ_RX_MEMORY] >> 32);
    const uint offset = (uint)record[NJ_RX_SELECTION];
    const uchar4 address = as_uchar4((uint)(record[NJ_RX_SELECTION] >> 32));
    uint mode = (uint)record[NJ_RX_ROUNDING];
    uint address0 = first == 0 ? mx : 0, address1 = first == 0 ? ma : 0;

    for (uint iteration = 0; iteration < iterations; ++iteration) {
        // 4.6.2, steps 1 to 3
        const ulong mix = NJ_RX_R(address.s0) ^ NJ_RX_R(address.s1);
        __global ulong *line0 = pad + ((address0 ^ (uint)mix) & (NJ_RX_SCRATCHPAD_L3 - 64)) / 8;
        __global ulong *line1 = pad + ((address1 ^ (uint)(mix >> 32)) & (NJ_RX_SCRATCHPAD_L3 - 64)) / 8;
        for (uint i = 0; i < 8; ++i) NJ_RX_R(i) ^= line0[i];
        for (uint i = 0; i < 4; ++i) {
            NJ_RX_F(2 * i) = nj_rx_low(line1[i]);
            NJ_RX_F(2 * i + 1) = nj_rx_high(line1[i]);
            NJ_RX_E(2 * i) = nj_rx_masked(nj_rx_low(line1[4 + i]), e_mask0);
            NJ_RX_E(2 * i + 1) = nj_rx_masked(nj_rx_high(line1[4 + i]), e_mask1);
        }
        // Step 4
        for (uint at = 0; at < NJ_RX_PROGRAM_SIZE;)
            at = nj_rx_step(at, program, reciprocal, pad, r, f, e, a, e_mask0, e_mask1, &mode);
        // Steps 5 to 8
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
        // When an item is needed, the next iteration's is known as well: they are computed in pairs.
        if ((iteration & 1) == 0) {
            const uint numbers[NJ_RX_ITEMS] = {number, offset + (ma & NJ_RX_DATASET_MASK) / 64};
            nj_rx_items(NJ_LINES, superscalar, numbers, file, stride);
        }
        for (uint i = 0; i < 8; ++i) NJ_RX_R(i) ^= NJ_RX_FILE(iteration & 1, i);
#else
        __global const ulong *item = nj_rx_line(NJ_LINES, number);
        for (uint i = 0; i < 8; ++i) NJ_RX_R(i) ^= item[i];
#endif
        // Steps 9 to 12
        for (uint i = 0; i < 8; ++i) line1[i] = NJ_RX_R(i);
#if NJ_RX_MIX_AES
        // Rows alternate between encryption and decryption; the keys are group E's, one after the other.
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
#else
        for (uint i = 0; i < 8; ++i) NJ_RX_F(i) = as_double(as_ulong(NJ_RX_F(i)) ^ as_ulong(NJ_RX_E(i)));
#endif
        for (uint i = 0; i < 8; ++i) line0[i] = as_ulong(NJ_RX_F(i));
        address0 = 0;
        address1 = 0;
    }

    for (uint i = 0; i < 8; ++i) {
        record[NJ_RX_REGISTERS + i] = NJ_RX_R(i);
        record[NJ_RX_GROUP_F + i] = as_ulong(NJ_RX_F(i));
        record[NJ_RX_GROUP_E + i] = as_ulong(NJ_RX_E(i));
    }
    record[NJ_RX_MEMORY] = (ulong)ma | (ulong)mx << 32;
    record[NJ_RX_ROUNDING] = mode;
}
