// RandomX's virtual machine (doc/specs.md, 4 and 5): a work-item's registers, its instructions, and one pass through a
// program.
#ifndef NIGHTJAR_RANDOMX_MACHINE_CL
#define NIGHTJAR_RANDOMX_MACHINE_CL

#include "RandomX/Decode.cl"
#include "RandomX/Memory.cl"
#include "Primitives/DirectedRounding.cl"

// Whether the group takes the turns of Schedule.cl: 0 or 1.
#ifndef NJ_RX_TAKES_TURNS
#error "NJ_RX_TAKES_TURNS is not defined"
#endif
#if NJ_RX_TAKES_TURNS
#include "RandomX/Schedule.cl"
#endif

// Registers are in local memory, those of the group side by side. So work-items never contend for a bank, even when
// they use different registers at the same time.
typedef struct {
    __local ulong *r;
    __local double *f, *e, *a;
    __global ulong *pad;
    ulong e_mask0, e_mask1;
    uint mode;
} nj_rx_machine;

// The registers of the machine `m`. f, e and a have two halves each: the low half, then the high half.
#define NJ_RX_R(i) m->r[NJ_GROUP_LOOP * (i)]
#define NJ_RX_F(i) m->f[NJ_GROUP_LOOP * (i)]
#define NJ_RX_E(i) m->e[NJ_GROUP_LOOP * (i)]
#define NJ_RX_A(i) m->a[NJ_GROUP_LOOP * (i)]

// The bits of a group E operand that are kept when the program's mask is set (4.3.2).
#define NJ_RX_E_KEEP 0x00FFFFFFFFFFFFFFUL

// Two 32-bit signed integers in memory (4.3.1).
NJ_INLINE double nj_rx_low(const ulong word) { return (double)(int)(uint)word; }
NJ_INLINE double nj_rx_high(const ulong word) { return (double)(int)(uint)(word >> 32); }

NJ_INLINE double nj_rx_masked(const double x, const ulong mask) {
    return as_double((as_ulong(x) & NJ_RX_E_KEEP) | mask);
}

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

#if NJ_RX_TAKES_TURNS

// What a work-item keeps while the instructions in the window of a taken CBRANCH run again.
typedef struct {
    bool taken;
    uint target, branch;  // places in the program; the window is between them
    uint turn, place;     // of the first instruction in the window
} nj_rx_repetition;

// One pass through the program, by turns. ordered, extras, turns: as rx_schedule made them, for this work-item and for
// its group. votes: two words for the group, ~0 before and after. All work-items of the group must call it; those
// without a hash take part in no turn.
NJ_INLINE void nj_rx_run(
    nj_rx_machine *m, __global const uint2 *ordered, __global const ulong *extras, __global const uint2 *turns,
    __local uint *votes) {
    const uint member = (uint)get_local_id(0), count = turns[0].x;
    nj_rx_repetition again = {false, 0, 0, 0, 0};
    uint place = 0, vote = 0;
    // What comes next is read one turn early: a turn is shorter than the memory's latency.
    uint2 next_members = turns[1], next_instruction = ordered[0];
    // For the whole group: whether the turns before that of the CBRANCH at `until` are repeated.
    bool repeats = false;
    uint until = 0;
    for (uint turn = 0; turn < count;) {
        const uint2 members = next_members;
        next_members = turns[min(2 + turn, count)];
        bool taken = false;
        if ((members.x >> member & 1) && (!repeats || (again.taken && turn >= again.turn))) {
            const uint2 instruction = next_instruction;
            __global const ulong *extra = extras + place * NJ_GROUP_LOOP;
            next_instruction = ordered[min(place + 1, NJ_RX_PROGRAM_SIZE - 1u) * NJ_GROUP_LOOP];
            const bool branch = (instruction.x & 31) == NJ_OP_BRANCH;
            const uint at = instruction.x >> 18;
            if (!repeats || (branch ? turn == until : at >= again.target && at < again.branch))
                taken = nj_rx_step(m, instruction, extra);
            if (taken) {
                again.target = at;
                again.branch = (uint)*extra & 0xFFFF;
                again.turn = (uint)(*extra >> 16) & 0xFFFF;
                again.place = (uint)(*extra >> 32);
            }
            ++place;
        }
        // Windows do not nest: only the last of the repeated turns decides again.
        if (members.y && (!repeats || turn == until)) {
            if (taken) atomic_min(&votes[vote], again.turn);
            barrier(CLK_LOCAL_MEM_FENCE);
            const uint from = votes[vote];
            if (from != ~0u) {
                barrier(CLK_LOCAL_MEM_FENCE);
                if (member == 0) votes[vote] = ~0u;
                repeats = true;
                until = turn;
                again.taken = taken;
                if (taken) {
                    place = again.place;
                    next_instruction = ordered[place * NJ_GROUP_LOOP];
                }
                turn = from;
                next_members = turns[1 + turn];
            } else {
                repeats = false;
                ++turn;
            }
            // Next time the other word is used: some work-items may still read this one.
            vote ^= 1;
        } else {
            ++turn;
        }
    }
    // No work-item may begin the next pass, with the first word, before all have ended this one.
    barrier(CLK_LOCAL_MEM_FENCE);
}

#else

// One pass through the program, in its own order. As above, the next instruction is read early.
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

#endif
