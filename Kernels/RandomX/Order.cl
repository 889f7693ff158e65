// A program's run in its own order, instruction by instruction (doc/specs.md, 5): for devices whose work-items run one
// after the other, so that a branch costs only the work-item that takes it.
#ifndef NIGHTJAR_RANDOMX_ORDER_CL
#define NIGHTJAR_RANDOMX_ORDER_CL

#include "RandomX/Decode.cl"
#include "RandomX/Machine.cl"

// An address in a level of the scratchpad, 1 to 3, in words.
NJ_INLINE uint nj_rx_address(const ulong address, const uint level) {
    const uint size = level == 3 ? NJ_RX_SCRATCHPAD_L3 : level == 2 ? NJ_RX_SCRATCHPAD_L2 : NJ_RX_SCRATCHPAD_L1;
    return ((uint)address & (size - 1)) >> 3;
}

// Runs an instruction, decoded as in Decode.cl. extra: the place of an IMUL_RCP's multiplier. Returns whether the
// instruction is a CBRANCH that is taken.
NJ_INLINE bool nj_rx_step(nj_rx_machine *m, const uint2 instruction, __global const ulong *extra) {
    const uint fields = instruction.x;
    const ulong immediate = (ulong)(long)(int)instruction.y;
    const uint kind = fields >> 5 & 3, dst = fields >> 7 & 7, src = fields >> 10 & 15, level = fields >> 14 & 3;
    ulong operand = 0;
    if (kind == NJ_OPERAND_IMMEDIATE)
        operand = immediate;
    else if (src <= NJ_RX_ZERO_REGISTER)  // not a condition
        operand = NJ_RX_R(src);
    if (kind == NJ_OPERAND_MEMORY) operand = m->pad[nj_rx_address(operand + immediate, level)];
    switch (fields & 31) {
    case NJ_OP_ADD:
        NJ_RX_R(dst) += (operand << (fields >> 16 & 3)) + (kind == NJ_OPERAND_REGISTER ? immediate : 0);
        break;
    case NJ_OP_SUB: NJ_RX_R(dst) -= operand; break;
    case NJ_OP_MUL: NJ_RX_R(dst) *= operand; break;
    case NJ_OP_MULH: NJ_RX_R(dst) = mul_hi(NJ_RX_R(dst), operand); break;
    case NJ_OP_SMULH: NJ_RX_R(dst) = (ulong)mul_hi((long)NJ_RX_R(dst), (long)operand); break;
    case NJ_OP_RECIPROCAL: NJ_RX_R(dst) *= *extra; break;
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
        NJ_RX_F(2 * dst) = nj_round_add(NJ_RX_F(2 * dst), as_double(as_ulong(low) ^ sign), m->mode);
        NJ_RX_F(2 * dst + 1) = nj_round_add(NJ_RX_F(2 * dst + 1), as_double(as_ulong(high) ^ sign), m->mode);
        break;
    }
    case NJ_OP_FSCAL:
        for (uint i = 0; i < 2; ++i)
            NJ_RX_F(2 * dst + i) = as_double(as_ulong(NJ_RX_F(2 * dst + i)) ^ 0x80F0000000000000UL);
        break;
    case NJ_OP_FMUL:
        for (uint i = 0; i < 2; ++i)
            NJ_RX_E(2 * dst + i) = nj_round_multiply(NJ_RX_E(2 * dst + i), NJ_RX_A(2 * src + i), m->mode);
        break;
    case NJ_OP_FDIV:
        NJ_RX_E(2 * dst) = nj_round_divide(NJ_RX_E(2 * dst), nj_rx_masked(nj_rx_low(operand), m->e_mask0), m->mode);
        NJ_RX_E(2 * dst + 1) =
            nj_round_divide(NJ_RX_E(2 * dst + 1), nj_rx_masked(nj_rx_high(operand), m->e_mask1), m->mode);
        break;
    case NJ_OP_FSQRT:
        for (uint i = 0; i < 2; ++i) NJ_RX_E(2 * dst + i) = nj_round_sqrt(NJ_RX_E(2 * dst + i), m->mode);
        break;
    case NJ_OP_BRANCH: {
        const ulong sum = NJ_RX_R(dst) + immediate;
        NJ_RX_R(dst) = sum;
        const uint condition = ((1u << NJ_RX_JUMP_BITS) - 1) << (src + NJ_RX_JUMP_OFFSET);
        return ((uint)sum & condition) == 0;
    }
    case NJ_OP_ROUND: {
        const uint turned = (uint)rotate(operand, (0 - immediate) & 63);
        if ((turned & NJ_RX_ROUNDING_GUARD) == 0) m->mode = turned & 3;
        break;
    }
    case NJ_OP_STORE: m->pad[nj_rx_address(NJ_RX_R(dst) + immediate, level)] = operand; break;
    default: break;
    }
    return false;
}

// One pass through the program. The next instruction is read early: a step is shorter than the memory's latency.
NJ_INLINE void nj_rx_run(nj_rx_machine *m, __global const uint2 *program, __global const ulong *reciprocals) {
    uint2 next = program[0];
    for (uint at = 0; at < NJ_RX_PROGRAM_SIZE;) {
        const uint2 instruction = next;
        next = program[min(at + 1, NJ_RX_PROGRAM_SIZE - 1u) * NJ_GROUP_LOOP];
        const bool taken = nj_rx_step(m, instruction, reciprocals + at * NJ_GROUP_LOOP);
        at = taken ? instruction.x >> 18 : at + 1;
        if (taken) next = program[at * NJ_GROUP_LOOP];
    }
}

#endif
