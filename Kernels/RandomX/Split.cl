// A program as two streams of instructions, for Streams.cl.
//
// Groups F and E depend on the rest of a program only by the words that FADD_M, FSUB_M and FDIV_M load, and by CFROUND's
// modes. So a program is two: the integer stream has all that reads or writes r and the scratchpad, those loads and
// CFROUND's operands among it; the float stream has all that reads or writes f and e. The integer stream leaves what it
// loads for the float stream, in the order of its use. Both streams keep the program's order.
//
// A taken CBRANCH repeats the instructions between its target and itself: its window. A target stands before its
// CBRANCH, and windows do not nest. Where a window has instructions of the float stream, that stream repeats them too.
#ifndef NIGHTJAR_RANDOMX_SPLIT_CL
#define NIGHTJAR_RANDOMX_SPLIT_CL

#include "RandomX/Decode.cl"

// An instruction of the integer stream: what a work-item does in a step. Every step is
//
//     y = a + b, b = (src << shift) + immediate; dst = y
//
// with changes that bits ask for, so that one path through the code serves all instructions. Low word, by bits:
//    0 dst (4)  4 src (4)  8 place (5)  13 shift (2)  from 15 on the changes
// dst and src: a register, 8 for the one that is zero. High word: the immediate. The order below is that of the changes.
#define NJ_RX_PLACE_AT 8
#define NJ_RX_SHIFT_AT 13
#define NJ_STEP_LOAD (1u << 15)      // b is the word at src + immediate, within the scratchpad's size shifted by place
#define NJ_STEP_STORE (1u << 16)     // dst goes there; b is 0
#define NJ_STEP_EXTRA (1u << 17)     // b is the extra word; src is zero, place is NJ_RX_NOWHERE
#define NJ_STEP_CLEAR (1u << 18)     // a is 0
#define NJ_STEP_NEGATE (1u << 19)    // y = ~a + b; with ROTATE, to the right
#define NJ_STEP_INVERT (1u << 20)    // y = ~y
#define NJ_STEP_XOR (1u << 21)       // y = a ^ b
#define NJ_STEP_ROTATE (1u << 22)    // y = a <<< b
#define NJ_STEP_MULTIPLY (1u << 23)  // y = a * b
#define NJ_STEP_HIGH (1u << 24)      // with MULTIPLY: its high half
#define NJ_STEP_SIGNED (1u << 25)    // with HIGH: of signed numbers
#define NJ_STEP_SWAP (1u << 26)      // src = dst
#define NJ_STEP_VALUE (1u << 27)     // y goes to the float stream, and not to dst
#define NJ_STEP_BRANCH (1u << 28)    // if the condition's bits of y, from place on, are zero, the window is repeated

// A place at which every address is zero.
#define NJ_RX_NOWHERE 31u

// Extra words. The low half is a place in the float stream: so many of its instructions stand before this one. The high half
// of a CBRANCH has its targets: in the integer stream (16 bits), and in the float stream (16 bits). An IMUL_RCP's extra word
// is its multiplier, and its immediate is the place.

// An instruction of the float stream, by bits:
//    0 dst (4)  4 operand (4): f, e and a, four registers each
#define NJ_FLOAT_VALUE (1u << 10)     // the operand is the integer stream's next value
#define NJ_FLOAT_MULTIPLY (1u << 11)  // dst *= operand, else dst += operand
#define NJ_FLOAT_SWAP (1u << 12)      // dst's halves change places
#define NJ_FLOAT_SCALE (1u << 13)     // FSCAL
#define NJ_FLOAT_ROUND (1u << 14)     // the operand is CFROUND's
#define NJ_FLOAT_DIVIDE (1u << 15)
#define NJ_FLOAT_ROOT (1u << 16)
#define NJ_FLOAT_NEGATE (1u << 31)  // the operand's negative

// A step of the integer stream begins the next step's load before it changes anything, because a step is shorter than the
// memory's latency. So a step that changes the address of the next one's load, or stores, has one after it that does nothing.
#define NJ_RX_NO_STEP (uint2)(NJ_RX_ZERO_REGISTER | NJ_RX_ZERO_REGISTER << 4, 0)
// Rows after a stream's last, which may be read early, or hinted at. The first two of the integer stream do nothing.
#define NJ_RX_SPARE_ROWS 8
// Rows of an integer stream, and of a float stream.
#define NJ_RX_INTEGER_ROWS (2 * NJ_RX_PROGRAM_SIZE + NJ_RX_SPARE_ROWS)
#define NJ_RX_FLOAT_ROWS (NJ_RX_PROGRAM_SIZE + NJ_RX_SPARE_ROWS)

// Where a hash's stream begins, whose rows are laid out as programs are.
#define NJ_RX_STREAM_START(slot, rows) \
    ((size_t)((slot) / NJ_GROUP_LOOP) * (NJ_GROUP_LOOP * (rows)) + (slot) % NJ_GROUP_LOOP)

// The streams that an instruction is in, as bits: 1 integer, 2 float.
NJ_INLINE uint nj_rx_streams_of(const uint fields) {
    const uint memory = (fields >> 5 & 3) == NJ_OPERAND_MEMORY ? 1 : 0;
    switch (fields & 31) {
    case NJ_OP_NONE: return 0;
    case NJ_OP_FSWAP_F:
    case NJ_OP_FSWAP_E:
    case NJ_OP_FSCAL:
    case NJ_OP_FMUL:
    case NJ_OP_FSQRT: return 2;
    case NJ_OP_FADD:
    case NJ_OP_FSUB:
    case NJ_OP_FDIV: return 2 | memory;
    case NJ_OP_ROUND: return 3;
    default: return 1;
    }
}

// How far the scratchpad's size is shifted for a level.
NJ_INLINE uint nj_rx_level_shift(const uint level) {
    const uint size = level == 3 ? NJ_RX_SCRATCHPAD_L3 : level == 2 ? NJ_RX_SCRATCHPAD_L2 : NJ_RX_SCRATCHPAD_L1;
    return clz(size) - clz((uint)NJ_RX_SCRATCHPAD_L3);
}

// Of an instruction of the integer stream.
NJ_INLINE uint2 nj_rx_integer_step(const uint fields, const uint immediate) {
    const uint operation = fields & 31, kind = fields >> 5 & 3, dst = fields >> 7 & 7, src = fields >> 10 & 15;
    const uint zero = NJ_RX_ZERO_REGISTER << 4, at = dst | src << 4;
    const uint place = nj_rx_level_shift(fields >> 14 & 3) << NJ_RX_PLACE_AT;
    // What most instructions add, multiply by and so on: a register, a word in memory, or an immediate.
    uint2 operand = (uint2)(at, 0);
    if (kind == NJ_OPERAND_MEMORY) operand = (uint2)(at | place | NJ_STEP_LOAD, immediate);
    if (kind == NJ_OPERAND_IMMEDIATE) operand = (uint2)(dst | zero, immediate);
    switch (operation) {
    case NJ_OP_ADD:
        if (kind != NJ_OPERAND_REGISTER) return operand;
        return (uint2)(at | (fields >> 16 & 3) << NJ_RX_SHIFT_AT, immediate);
    case NJ_OP_SUB: return operand | (uint2)(NJ_STEP_NEGATE | NJ_STEP_INVERT, 0);
    case NJ_OP_MUL: return operand | (uint2)(NJ_STEP_MULTIPLY, 0);
    case NJ_OP_MULH: return operand | (uint2)(NJ_STEP_MULTIPLY | NJ_STEP_HIGH, 0);
    case NJ_OP_SMULH: return operand | (uint2)(NJ_STEP_MULTIPLY | NJ_STEP_HIGH | NJ_STEP_SIGNED, 0);
    case NJ_OP_RECIPROCAL:
        return (uint2)(dst | zero | NJ_RX_NOWHERE << NJ_RX_PLACE_AT | NJ_STEP_MULTIPLY | NJ_STEP_EXTRA, immediate);
    case NJ_OP_NEG: return (uint2)(dst | zero | NJ_STEP_NEGATE, 1);
    case NJ_OP_XOR: return operand | (uint2)(NJ_STEP_XOR, 0);
    case NJ_OP_ROR: return operand | (uint2)(NJ_STEP_ROTATE | NJ_STEP_NEGATE, 0);
    case NJ_OP_ROL: return operand | (uint2)(NJ_STEP_ROTATE, 0);
    case NJ_OP_SWAP: return (uint2)(at | NJ_STEP_CLEAR | NJ_STEP_SWAP, 0);
    case NJ_OP_BRANCH:
        return (uint2)(dst | zero | (src + NJ_RX_JUMP_OFFSET) << NJ_RX_PLACE_AT | NJ_STEP_BRANCH, immediate);
    case NJ_OP_STORE: return (uint2)(src | dst << 4 | place | NJ_STEP_STORE, immediate);
    case NJ_OP_ROUND: return (uint2)(src | zero | NJ_STEP_ROTATE | NJ_STEP_NEGATE | NJ_STEP_VALUE, immediate);
    // FADD, FSUB and FDIV
    default: return operand | (uint2)(NJ_STEP_CLEAR | NJ_STEP_VALUE, 0);
    }
}

// Of an instruction of the float stream.
NJ_INLINE uint nj_rx_float_step(const uint fields) {
    const uint kind = fields >> 5 & 3, dst = fields >> 7 & 7, src = fields >> 10 & 15;
    const uint f = dst, e = 4 + dst, a = (8 + (src & 3)) << 4;
    const uint operand = kind == NJ_OPERAND_MEMORY ? NJ_FLOAT_VALUE : a;
    switch (fields & 31) {
    case NJ_OP_FSWAP_F: return f | NJ_FLOAT_SWAP;
    case NJ_OP_FSWAP_E: return e | NJ_FLOAT_SWAP;
    case NJ_OP_FADD: return f | operand;
    case NJ_OP_FSUB: return f | operand | NJ_FLOAT_NEGATE;
    case NJ_OP_FSCAL: return f | NJ_FLOAT_SCALE;
    case NJ_OP_FMUL: return e | a | NJ_FLOAT_MULTIPLY;
    case NJ_OP_FDIV: return e | NJ_FLOAT_VALUE | NJ_FLOAT_DIVIDE;
    case NJ_OP_FSQRT: return e | NJ_FLOAT_ROOT;
    default: return NJ_FLOAT_VALUE | NJ_FLOAT_ROUND;
    }
}

// Whether `step` has a load that must not begin before the step `before` it ends.
NJ_INLINE bool nj_rx_must_wait(const uint step, const uint before) {
    const uint address = step >> 4 & 15;
    if (!(step & NJ_STEP_LOAD)) return false;
    if (before & NJ_STEP_STORE) return true;
    if (before & NJ_STEP_VALUE || address == NJ_RX_ZERO_REGISTER) return false;
    return (before & 15) == address || (before & NJ_STEP_SWAP && (before >> 4 & 15) == address);
}

// programs, reciprocals: as rx_decode made them. integers, extras, floats: the streams; their lengths go into the record.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_LOOP.
__kernel NJ_GROUP_OF(NJ_GROUP_LOOP) void rx_split(
    __global ulong *records, __global const uint2 *programs, __global const ulong *reciprocals,
    __global uint2 *integers, __global ulong *extras, __global uint *floats, const uint count) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    programs += NJ_RX_PROGRAM_START(slot);
    reciprocals += NJ_RX_PROGRAM_START(slot);
    integers += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
    extras += NJ_RX_STREAM_START(slot, NJ_RX_INTEGER_ROWS);
    floats += NJ_RX_STREAM_START(slot, NJ_RX_FLOAT_ROWS);
    // The lengths of the streams so far, and what they were after the last CBRANCH: no window begins before it.
    uint integer = 0, real = 0, free = 0, free_integer = 0, free_real = 0;
    uint2 before = NJ_RX_NO_STEP;
    for (uint at = 0; at < NJ_RX_PROGRAM_SIZE; ++at) {
        const uint2 instruction = programs[at * NJ_GROUP_LOOP];
        const uint fields = instruction.x, streams = nj_rx_streams_of(fields);
        const uint place = real;
        if (streams & 2) floats[real++ * NJ_GROUP_LOOP] = nj_rx_float_step(fields);
        if (!(streams & 1)) continue;
        uint immediate = instruction.y;
        ulong extra = place;
        if ((fields & 31) == NJ_OP_RECIPROCAL) {
            extra = reciprocals[at * NJ_GROUP_LOOP];
            immediate = place;
        }
        if ((fields & 31) == NJ_OP_BRANCH) {
            uint target = free_integer, real_target = free_real;
            for (uint i = free; i < fields >> 18; ++i) {
                const uint passed = nj_rx_streams_of(programs[i * NJ_GROUP_LOOP].x);
                real_target += passed >> 1;
                if (!(passed & 1)) continue;
                while (integers[target * NJ_GROUP_LOOP].x == NJ_RX_NO_STEP.x) ++target;
                ++target;
            }
            extra |= (ulong)target << 32 | (ulong)real_target << 48;
            free = at + 1;
            free_integer = integer + 1;
            free_real = real;
        }
        const uint2 step = nj_rx_integer_step(fields, immediate);
        if (nj_rx_must_wait(step.x, before.x)) {
            integers[integer * NJ_GROUP_LOOP] = NJ_RX_NO_STEP;
            extras[integer * NJ_GROUP_LOOP] = place;
            ++integer;
        }
        before = step;
        integers[integer * NJ_GROUP_LOOP] = step;
        extras[integer * NJ_GROUP_LOOP] = extra;
        ++integer;
    }
    for (uint i = 0; i < 2; ++i) integers[(integer + i) * NJ_GROUP_LOOP] = NJ_RX_NO_STEP;
    extras[integer * NJ_GROUP_LOOP] = real;
    floats[real * NJ_GROUP_LOOP] = 0;
    records[(size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_LENGTHS] = (ulong)integer | (ulong)real << 32;
}

#endif
