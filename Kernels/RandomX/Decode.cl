// RandomX's instructions (doc/specs.md, 5) as execute runs them: eight bytes each.
//
// Programs of a group's hashes alternate in memory, so that work-items that are at the same instruction read neighbours.
// An IMUL_RCP finds its multiplier at its own place among `reciprocals`, which are laid out alike.
#ifndef NIGHTJAR_RANDOMX_DECODE_CL
#define NIGHTJAR_RANDOMX_DECODE_CL

#include "RandomX/Parameters.cl"

// Where a hash's program begins; its instructions are NJ_GROUP_LOOP places apart.
#define NJ_RX_PROGRAM_START(slot) \
    ((size_t)((slot) / NJ_GROUP_LOOP) * (NJ_GROUP_LOOP * NJ_RX_PROGRAM_SIZE) + (slot) % NJ_GROUP_LOOP)

// The instructions in the order of doc/configuration.md: what NJ_RX_OPCODES counts in.
// clang-format off
enum {
    NJ_RX_IADD_RS, NJ_RX_IADD_M, NJ_RX_ISUB_R, NJ_RX_ISUB_M, NJ_RX_IMUL_R, NJ_RX_IMUL_M, NJ_RX_IMULH_R, NJ_RX_IMULH_M,
    NJ_RX_ISMULH_R, NJ_RX_ISMULH_M, NJ_RX_IMUL_RCP, NJ_RX_INEG_R, NJ_RX_IXOR_R, NJ_RX_IXOR_M, NJ_RX_IROR_R, NJ_RX_IROL_R,
    NJ_RX_ISWAP_R, NJ_RX_FSWAP_R, NJ_RX_FADD_R, NJ_RX_FADD_M, NJ_RX_FSUB_R, NJ_RX_FSUB_M, NJ_RX_FSCAL_R, NJ_RX_FMUL_R,
    NJ_RX_FDIV_M, NJ_RX_FSQRT_R, NJ_RX_CBRANCH, NJ_RX_CFROUND, NJ_RX_ISTORE, NJ_RX_NOP
};
// clang-format on

__constant uchar nj_rx_opcodes[256] = {NJ_RX_OPCODES};

// A decoded instruction. Low word, by bits:
//    0 operation (5)  5 operand (2)  7 dst (3)  10 src (4)  14 level (2)  16 shift (2)  18 target (14)
// src: a register, 8 for one that is always zero; of a CBRANCH the place of its condition. level: of an address in the
// scratchpad, from 1 to 3. High word: the immediate.
enum {
    NJ_OP_NONE,
    NJ_OP_ADD,  // dst += (operand << shift) + immediate, the latter of a register operand only
    NJ_OP_SUB,
    NJ_OP_MUL,
    NJ_OP_MULH,
    NJ_OP_SMULH,
    NJ_OP_RECIPROCAL,
    NJ_OP_NEG,
    NJ_OP_XOR,
    NJ_OP_ROR,
    NJ_OP_ROL,
    NJ_OP_SWAP,
    NJ_OP_FSWAP_F,
    NJ_OP_FSWAP_E,
    NJ_OP_FADD,
    NJ_OP_FSUB,
    NJ_OP_FSCAL,
    NJ_OP_FMUL,
    NJ_OP_FDIV,
    NJ_OP_FSQRT,
    NJ_OP_BRANCH,  // dst += immediate; if the condition's bits of it are zero, go on at target
    NJ_OP_ROUND,   // src >>> immediate becomes the rounding mode
    NJ_OP_STORE    // the word at dst + immediate = src
};
enum { NJ_OPERAND_REGISTER, NJ_OPERAND_IMMEDIATE, NJ_OPERAND_MEMORY };

#define NJ_RX_ZERO_REGISTER 8u

NJ_INLINE uint nj_rx_fields(const uint operation, const uint operand, const uint dst, const uint src) {
    return operation | operand << 5 | dst << 7 | src << 10;
}

// IMUL_RCP's multiplier (5.2.6): 2^x / divisor for the largest x that keeps it below 2^64. The divisor is neither zero nor
// a power of two.
NJ_INLINE ulong nj_rx_reciprocal(const uint divisor) {
    // 2^64 times the divisor's highest power of two, divided bit by bit.
    ulong remainder = 0x80000000UL >> clz(divisor), quotient = 0;
    for (uint bit = 0; bit < 64; ++bit) {
        remainder <<= 1;
        quotient <<= 1;
        if (remainder >= divisor) {
            remainder -= divisor;
            quotient |= 1;
        }
    }
    return quotient;
}

// words: a program's instructions as they were generated.
NJ_INLINE void nj_rx_decode(__global const ulong *words, __global uint2 *program, __global ulong *reciprocals) {
    // For each integer register, the place after the instruction that last changed it: where a CBRANCH goes (5.4.2).
    uint resume[8];
    for (uint i = 0; i < 8; ++i) resume[i] = 0;
    for (uint at = 0; at < NJ_RX_PROGRAM_SIZE; ++at) {
        const ulong word = words[at];
        const uint dst = (uint)(word >> 8) & 7, src = (uint)(word >> 16) & 7;
        const uint level = (uint)(word >> 24) & 3 ? 1 : 2, shift = (uint)(word >> 26) & 3,
                   condition = (uint)(word >> 28) & 15;
        uint immediate = (uint)(word >> 32);
        // Most instructions, and where dst is src: an immediate, or the third level at a fixed address.
        const bool same = src == dst;
        const uint by_register =
            same ? nj_rx_fields(0, NJ_OPERAND_IMMEDIATE, dst, src) : nj_rx_fields(0, NJ_OPERAND_REGISTER, dst, src);
        const uint by_memory = same ? nj_rx_fields(0, NJ_OPERAND_MEMORY, dst, NJ_RX_ZERO_REGISTER) | 3u << 14
                                    : nj_rx_fields(0, NJ_OPERAND_MEMORY, dst, src) | level << 14;
        const uint of_registers = nj_rx_fields(0, NJ_OPERAND_REGISTER, dst, src);
        const uint of_floats = nj_rx_fields(0, NJ_OPERAND_REGISTER, dst & 3, src & 3);
        const uint of_float_memory = nj_rx_fields(0, NJ_OPERAND_MEMORY, dst & 3, src) | level << 14;
        uint fields = NJ_OP_NONE;
        bool changes = false;
        switch (nj_rx_opcodes[(uint)word & 255]) {
        case NJ_RX_IADD_RS:
            fields = NJ_OP_ADD | of_registers | shift << 16;
            // The register that x86 cannot address without a displacement gets one.
            if (dst != 5) immediate = 0;
            changes = true;
            break;
        case NJ_RX_IADD_M:
            fields = NJ_OP_ADD | by_memory;
            changes = true;
            break;
        case NJ_RX_ISUB_R:
            fields = NJ_OP_SUB | by_register;
            changes = true;
            break;
        case NJ_RX_ISUB_M:
            fields = NJ_OP_SUB | by_memory;
            changes = true;
            break;
        case NJ_RX_IMUL_R:
            fields = NJ_OP_MUL | by_register;
            changes = true;
            break;
        case NJ_RX_IMUL_M:
            fields = NJ_OP_MUL | by_memory;
            changes = true;
            break;
        case NJ_RX_IMULH_R:
            fields = NJ_OP_MULH | of_registers;
            changes = true;
            break;
        case NJ_RX_IMULH_M:
            fields = NJ_OP_MULH | by_memory;
            changes = true;
            break;
        case NJ_RX_ISMULH_R:
            fields = NJ_OP_SMULH | of_registers;
            changes = true;
            break;
        case NJ_RX_ISMULH_M:
            fields = NJ_OP_SMULH | by_memory;
            changes = true;
            break;
        case NJ_RX_IMUL_RCP:
            // Zero and powers of two do nothing.
            if (immediate == 0 || immediate == 0x80000000u >> clz(immediate)) break;
            fields = NJ_OP_RECIPROCAL | of_registers;
            reciprocals[at * NJ_GROUP_LOOP] = nj_rx_reciprocal(immediate);
            changes = true;
            break;
        case NJ_RX_INEG_R:
            fields = NJ_OP_NEG | of_registers;
            changes = true;
            break;
        case NJ_RX_IXOR_R:
            fields = NJ_OP_XOR | by_register;
            changes = true;
            break;
        case NJ_RX_IXOR_M:
            fields = NJ_OP_XOR | by_memory;
            changes = true;
            break;
        case NJ_RX_IROR_R:
            fields = NJ_OP_ROR | by_register;
            changes = true;
            break;
        case NJ_RX_IROL_R:
            fields = NJ_OP_ROL | by_register;
            changes = true;
            break;
        case NJ_RX_ISWAP_R:
            if (same) break;
            fields = NJ_OP_SWAP | of_registers;
            changes = true;
            resume[src] = at + 1;
            break;
        case NJ_RX_FSWAP_R: fields = (dst < 4 ? NJ_OP_FSWAP_F : NJ_OP_FSWAP_E) | of_floats; break;
        case NJ_RX_FADD_R: fields = NJ_OP_FADD | of_floats; break;
        case NJ_RX_FADD_M: fields = NJ_OP_FADD | of_float_memory; break;
        case NJ_RX_FSUB_R: fields = NJ_OP_FSUB | of_floats; break;
        case NJ_RX_FSUB_M: fields = NJ_OP_FSUB | of_float_memory; break;
        case NJ_RX_FSCAL_R: fields = NJ_OP_FSCAL | of_floats; break;
        case NJ_RX_FMUL_R: fields = NJ_OP_FMUL | of_floats; break;
        case NJ_RX_FDIV_M: fields = NJ_OP_FDIV | of_float_memory; break;
        case NJ_RX_FSQRT_R: fields = NJ_OP_FSQRT | of_floats; break;
        case NJ_RX_CBRANCH: {
            const uint bit = condition + NJ_RX_JUMP_OFFSET;
            immediate |= 1u << bit;
            // A cleared bit below the condition's keeps a jump from being taken more than twice in a row.
            if (bit > 0) immediate &= ~(1u << (bit - 1));
            fields = nj_rx_fields(NJ_OP_BRANCH, NJ_OPERAND_REGISTER, dst, condition) | resume[dst] << 18;
            // It counts as changing every register, so that jumps never nest.
            for (uint i = 0; i < 8; ++i) resume[i] = at + 1;
            break;
        }
        case NJ_RX_CFROUND: fields = NJ_OP_ROUND | of_registers; break;
        case NJ_RX_ISTORE:
            // Conditions 14 and 15 reach the third level (5.1.4).
            fields = NJ_OP_STORE | of_registers | (condition >= 14 ? 3u : level) << 14;
            break;
        default: break;
        }
        if (changes) resume[dst] = at + 1;
        program[at * NJ_GROUP_LOOP] = (uint2)(fields, immediate);
    }
}

#endif
