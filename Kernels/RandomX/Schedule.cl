// The order in which a group runs its hashes' programs.
//
// A program runs for thousands of iterations, so it pays to order its instructions once. Work-items that share an
// instruction stream lose time when they run different instructions at the same time. Therefore the group takes turns:
// in each turn its members run instructions of one class, the class that most members can run next. A member that has
// no such instruction waits.
//
// Two instructions keep their order if one writes what the other reads or writes: a register, the rounding mode, or the
// scratchpad, which counts as one place. A taken CBRANCH runs the instructions between its target and itself again: its
// window. So all of its window comes before it, and no later instruction that depends on its window comes before it.
#ifndef NIGHTJAR_RANDOMX_SCHEDULE_CL
#define NIGHTJAR_RANDOMX_SCHEDULE_CL

#include "RandomX/Decode.cl"

// The most turns by class. After them, the remaining instructions follow in the programs' own order.
#define NJ_RX_VOTED_TURNS (4 * NJ_RX_PROGRAM_SIZE)
// A group's table: the number of turns; then, for each turn, the members that take part, as bits, and whether one of
// them runs a CBRANCH.
#define NJ_RX_TURNS (NJ_RX_VOTED_TURNS + NJ_RX_PROGRAM_SIZE)
#define NJ_RX_TURN_START(slot) ((size_t)((slot) / NJ_GROUP_LOOP) * (NJ_RX_TURNS + 1))

// How far ahead a member looks: the number of instructions from its first one without a turn, and the number of those
// without a turn.
#define NJ_RX_REACH 32
#define NJ_RX_CHOICE 16

// clang-format off
enum {
    NJ_CLASS_INTEGER, NJ_CLASS_MULTIPLY, NJ_CLASS_MEMORY, NJ_CLASS_ADD, NJ_CLASS_ADD_MEMORY, NJ_CLASS_BITS,
    NJ_CLASS_FMUL, NJ_CLASS_FDIV, NJ_CLASS_FSQRT, NJ_CLASS_BRANCH, NJ_CLASS_STORE, NJ_CLASSES
};
// clang-format on

NJ_INLINE uint nj_rx_class(const uint fields) {
    const bool memory = (fields >> 5 & 3) == NJ_OPERAND_MEMORY;
    switch (fields & 31) {
    case NJ_OP_MUL:
    case NJ_OP_MULH:
    case NJ_OP_SMULH: return memory ? NJ_CLASS_MEMORY : NJ_CLASS_MULTIPLY;
    case NJ_OP_RECIPROCAL: return NJ_CLASS_MULTIPLY;
    case NJ_OP_FSWAP_F:
    case NJ_OP_FSWAP_E:
    case NJ_OP_FSCAL: return NJ_CLASS_BITS;
    case NJ_OP_FADD:
    case NJ_OP_FSUB: return memory ? NJ_CLASS_ADD_MEMORY : NJ_CLASS_ADD;
    case NJ_OP_FMUL: return NJ_CLASS_FMUL;
    case NJ_OP_FDIV: return NJ_CLASS_FDIV;
    case NJ_OP_FSQRT: return NJ_CLASS_FSQRT;
    case NJ_OP_BRANCH: return NJ_CLASS_BRANCH;
    case NJ_OP_STORE: return NJ_CLASS_STORE;
    default: return memory ? NJ_CLASS_MEMORY : NJ_CLASS_INTEGER;
    }
}

// What an instruction reads, and what it writes: bits 0 to 7 r, 8 to 11 f, 12 to 15 e, 16 the scratchpad, 17 the mode.
NJ_INLINE uint2 nj_rx_uses(const uint fields) {
    const uint scratchpad = 1u << 16, mode = 1u << 17;
    const uint kind = fields >> 5 & 3, dst = fields >> 7 & 7, src = fields >> 10 & 15;
    const uint r = 1u << dst, f = 1u << (8 + (dst & 3)), e = 1u << (12 + (dst & 3));
    // Of a register operand, and of an address's.
    const uint from = kind == NJ_OPERAND_IMMEDIATE || src >= NJ_RX_ZERO_REGISTER ? 0 : 1u << src;
    const uint memory = kind == NJ_OPERAND_MEMORY ? from | scratchpad : 0;
    switch (fields & 31) {
    case NJ_OP_NONE: return (uint2)(0, 0);
    case NJ_OP_SWAP: return (uint2)(r | from, r | from);
    case NJ_OP_FSWAP_F:
    case NJ_OP_FSCAL: return (uint2)(f, f);
    case NJ_OP_FSWAP_E: return (uint2)(e, e);
    case NJ_OP_FADD:
    case NJ_OP_FSUB: return (uint2)(f | memory | mode, f);
    case NJ_OP_FMUL:
    case NJ_OP_FDIV:
    case NJ_OP_FSQRT: return (uint2)(e | memory | mode, e);
    case NJ_OP_BRANCH: return (uint2)(r, r);
    case NJ_OP_ROUND: return (uint2)(from | mode, mode);
    case NJ_OP_STORE: return (uint2)(r | from, scratchpad);
    default: return (uint2)(r | from | memory, r);
    }
}

// A bit of a decoded instruction that only this ordering uses: the instruction is in the window of a CBRANCH.
#define NJ_RX_IN_WINDOW (1u << 18)

// Marks the instructions in windows. A target stands before its CBRANCH, and windows do not nest: each instruction is
// in one window at most.
NJ_INLINE void nj_rx_mark_windows(__global uint2 *program) {
    for (uint at = 0; at < NJ_RX_PROGRAM_SIZE; ++at) {
        const uint fields = program[at * NJ_GROUP_LOOP].x;
        if ((fields & 31) != NJ_OP_BRANCH) continue;
        for (uint i = fields >> 18; i < at; ++i) program[i * NJ_GROUP_LOOP].x |= NJ_RX_IN_WINDOW;
    }
}

// For each class, the first instruction that could run now: its distance from `head`, in five bits a class. ready: the
// classes that have such an instruction.
//
// taken: the instructions from head on that have a turn already, as bits. window: the uses of the instructions before
// head that are in the window of a CBRANCH at or after head.
NJ_INLINE ulong
nj_rx_choices(__global const uint2 *program, const uint head, const uint taken, const uint2 window, uint *ready) {
    ulong choices = 0;
    uint classes = 0, found = 0;
    uint2 before = (uint2)(0, 0), inside = window;
    for (uint i = 0; i < NJ_RX_REACH && head + i < NJ_RX_PROGRAM_SIZE && found < NJ_RX_CHOICE; ++i) {
        const uint fields = program[(head + i) * NJ_GROUP_LOOP].x;
        const bool branch = (fields & 31) == NJ_OP_BRANCH;
        const uint2 uses = nj_rx_uses(fields);
        if (taken >> i & 1) {
            if (branch)
                inside = (uint2)(0, 0);
            else if (fields & NJ_RX_IN_WINDOW)
                inside |= uses;
            continue;
        }
        ++found;
        bool free = (uses.x & before.y) == 0 && (uses.y & (before.x | before.y)) == 0;
        if (branch) {
            // The part of its window that is not before head must have had its turns already.
            const int start = (int)(fields >> 18) - (int)head;
            const uint part = ((1u << i) - 1) & (start > 0 ? ~((1u << start) - 1) : ~0u);
            if ((taken & part) != part) free = false;
            before |= inside;
            inside = (uint2)(0, 0);
        } else if (fields & NJ_RX_IN_WINDOW) {
            // Instructions after the CBRANCH wait for the CBRANCH, and then for its window.
            inside |= uses;
        }
        before |= uses;
        const uint class = nj_rx_class(fields);
        if (free && !(classes >> class & 1)) {
            classes |= 1u << class;
            choices |= (ulong)i << (5 * class);
        }
    }
    *ready = classes;
    return choices;
}

// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_LOOP, at most 32.
//
// programs, reciprocals: as rx_decode made them. The kernel changes `programs`.
// ordered: the instructions by turn, each member's at its own places. An instruction that is no CBRANCH needs no target:
// it has its place in the program there.
// extras: of an IMUL_RCP the multiplier; of a CBRANCH its place in the program (16 bits), the turn of the first
// instruction of its window (16 bits), and the place of that instruction in `ordered`.
// turns: the group's table, at NJ_RX_TURN_START.
__kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void rx_schedule(
    __global uint2 *programs, __global const ulong *reciprocals, __global uint2 *ordered, __global ulong *extras,
    __global uint2 *turns, const uint count) {
    __local uint votes[NJ_CLASSES], members[2];
    const uint slot = (uint)get_global_id(0), member = (uint)get_local_id(0);
    const size_t start = NJ_RX_PROGRAM_START(slot);
    __global uint2 *table = turns + NJ_RX_TURN_START(slot);
    uint head = NJ_RX_PROGRAM_SIZE, taken = 0, place = 0;
    uint2 window = (uint2)(0, 0);
    if (slot < count) {
        head = 0;
        nj_rx_mark_windows(programs + start);
    }
    uint turn = 0;
    for (; turn < NJ_RX_TURNS; ++turn) {
        const bool voted = turn < NJ_RX_VOTED_TURNS;
        uint ready = 0;
        ulong choices = 0;
        if (head < NJ_RX_PROGRAM_SIZE) choices = nj_rx_choices(programs + start, head, taken, window, &ready);
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint i = member; i < NJ_CLASSES; i += NJ_GROUP_LOOP) votes[i] = 0;
        if (member < 2) members[member] = 0;
        if (NJ_GROUP_LOOP == 1) members[1] = 0;
        barrier(CLK_LOCAL_MEM_FENCE);
        for (uint i = 0; i < NJ_CLASSES; ++i)
            if (ready >> i & 1) atomic_inc(&votes[i]);
        barrier(CLK_LOCAL_MEM_FENCE);
        uint class = 0;
        for (uint i = 1; i < NJ_CLASSES; ++i)
            if (votes[i] > votes[class]) class = i;
        // A member with instructions left can always run one: its first.
        if (votes[class] == 0) break;
        if (voted ? ready >> class & 1 : ready != 0) {
            const uint offset = voted ? (uint)(choices >> (5 * class)) & 31 : 0;
            const uint at = head + offset;
            const uint2 instruction = programs[start + (size_t)at * NJ_GROUP_LOOP];
            const uint operation = instruction.x & 31;
            uint fields = instruction.x;
            ulong extra = 0;
            if (operation == NJ_OP_BRANCH) {
                uint first = turn | place << 16;
                for (uint i = fields >> 18; i < at; ++i)
                    first = min(first, programs[start + (size_t)i * NJ_GROUP_LOOP].y);
                extra = (ulong)at | (ulong)(first & 0xFFFF) << 16 | (ulong)(first >> 16) << 32;
            } else {
                fields = (fields & (NJ_RX_IN_WINDOW - 1)) | at << 18;
                if (operation == NJ_OP_RECIPROCAL) extra = reciprocals[start + (size_t)at * NJ_GROUP_LOOP];
            }
            ordered[start + (size_t)place * NJ_GROUP_LOOP] = (uint2)(fields, instruction.y);
            extras[start + (size_t)place * NJ_GROUP_LOOP] = extra;
            // If a CBRANCH has this instruction in its window, it will need the number of this turn.
            programs[start + (size_t)at * NJ_GROUP_LOOP].y = turn | place << 16;
            ++place;
            taken |= 1u << offset;
            for (; taken & 1; taken >>= 1, ++head) {
                const uint passed = programs[start + (size_t)head * NJ_GROUP_LOOP].x;
                if ((passed & 31) == NJ_OP_BRANCH)
                    window = (uint2)(0, 0);
                else if (passed & NJ_RX_IN_WINDOW)
                    window |= nj_rx_uses(passed);
            }
            atomic_or(&members[0], 1u << member);
            if (operation == NJ_OP_BRANCH) atomic_or(&members[1], 1u);
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        if (member == 0) table[1 + turn] = (uint2)(members[0], members[1]);
    }
    if (member == 0) table[0].x = turn;
}

#endif
