// One pass through a program as two streams (Split.cl), for devices whose work-items share an instruction stream: such
// work-items lose time when they run different instructions at the same time. So a step of a stream is one path of code,
// whatever its instruction, and changes between results by selection. Each work-item is at its own place.
#ifndef NIGHTJAR_RANDOMX_STREAMS_CL
#define NIGHTJAR_RANDOMX_STREAMS_CL

#include "RandomX/Item.cl"
#include "RandomX/Machine.cl"
#include "RandomX/Split.cl"

// Words that the integer stream may leave for the float stream before that one must take them. A program of version 1
// leaves 15 on average in a pass, and very rarely more than 32; one of version 2 leaves 23, and has room for 48.
#define NJ_RX_VALUES (NJ_RX_PROGRAM_SIZE / 8)
// The first of them, in the rows of r. Without a dataset, the next iteration's item is in rows before them.
#define NJ_RX_ROW_VALUES (NJ_RX_ZERO_REGISTER + 1 + (NJ_RX_LIGHT ? NJ_RX_ITEM_REGISTERS : 0))

// Quotients and roots are rare and long. A work-item that is at one waits, so that others may reach theirs: for at most
// so many steps. With 32 work-items, four take the least time in all: 123 short steps and 30 long ones.
#define NJ_RX_SHORT_STEPS 4

// A work-item's integer stream.
typedef struct {
    uint at, length;
    uint left;    // words that it left for the float stream
    ulong jumps;  // of the float stream, up to two in their order, 32 bits each: see Split.cl
} nj_rx_integers;

// A work-item's float stream.
typedef struct {
    uint at;         // its place
    uint stop, end;  // where something is to be done: a jump, or else what `end` says: all that is known so far has run
    uint taken;      // words of the integer stream that it took
    ulong jumps;
    uint next;  // the instruction at `at`, read early
} nj_rx_floats;

// The high half of a product. Some compilers make a long sequence of mul_hi.
NJ_INLINE ulong nj_rx_high_product(const ulong a, const ulong b) {
#if NJ_USES_PTX
    ulong high;
    __asm__("mul.hi.u64 %0, %1, %2;" : "=l"(high) : "l"(a), "l"(b));
    return high;
#else
    return mul_hi(a, b);
#endif
}

// A hint that the word at an address is read soon, where a device takes one.
#if NJ_USES_PTX
#define NJ_RX_HINT(address) __asm__ volatile("prefetch.global.L2 [%0];" : : "l"(address))
#else
#define NJ_RX_HINT(address)
#endif

// Begins a step's load. extra: the step's extra word.
NJ_INLINE void nj_rx_load(const nj_rx_machine *m, const uint2 step, __global const ulong *extra, ulong *word) {
    const uint address = (uint)NJ_RX_R(step.x >> 4 & 15) + step.y;
    const uint place = (address & (NJ_RX_SCRATCHPAD_L3 - 1) >> (step.x >> NJ_RX_PLACE_AT & 31)) >> 3;
    __global const ulong *from = (step.x & NJ_STEP_EXTRA ? extra : m->pad) + place;
    if (step.x & (NJ_STEP_LOAD | NJ_STEP_EXTRA)) *word = *from;
}

// What the integer stream reads early: the next step, the one after it, and what the former loads. The latter two may still
// be on their way.
typedef struct {
    uint2 step, next;
    ulong word;
} nj_rx_early;

// Reads what is needed to begin at `at`.
NJ_INLINE void nj_rx_enter(
    const nj_rx_machine *m, nj_rx_early *early, __global const uint2 *integers, __global const ulong *extras,
    const uint at) {
    early->step = integers[at * NJ_GROUP_LOOP];
    early->next = integers[(at + 1) * NJ_GROUP_LOOP];
    nj_rx_load(m, early->step, extras + at * NJ_GROUP_LOOP, &early->word);
}

// Runs the integer stream until it ends, or has to wait for the float stream. Returns how far that one may run then, if
// it has `float_length` instructions.
NJ_INLINE uint nj_rx_run_integers(
    nj_rx_machine *m, nj_rx_integers *s, __global const uint2 *integers, __global const ulong *extras,
    const uint float_length) {
    uint stop = s->length, end = float_length;
    s->left = 0;
    s->jumps = 0;
    nj_rx_early early = {NJ_RX_NO_STEP, NJ_RX_NO_STEP, 0};
    nj_rx_enter(m, &early, integers, extras, s->at);
    while (s->at < stop) {
        __global const uint2 *row = integers + s->at * NJ_GROUP_LOOP;
        __global const ulong *extra = extras + s->at * NJ_GROUP_LOOP;
        const uint x = early.step.x;
        const ulong immediate = (ulong)(long)(int)early.step.y;
        early.step = early.next;
        early.next = row[2 * NJ_GROUP_LOOP];
        NJ_RX_HINT(row + NJ_RX_SPARE_ROWS * NJ_GROUP_LOOP);
        ++s->at;
        const uint dst = x & 15, src = x >> 4 & 15, place = x >> NJ_RX_PLACE_AT & 31;
        const ulong old = NJ_RX_R(dst), from = NJ_RX_R(src);
        ulong b = (from << (x >> NJ_RX_SHIFT_AT & 3)) + immediate;
        if (x & NJ_STEP_STORE) b = 0;
        if (x & (NJ_STEP_LOAD | NJ_STEP_EXTRA)) b = early.word;
        // Now that this step's word is taken out of its place, the next one's load may begin.
        nj_rx_load(m, early.step, extra + NJ_GROUP_LOOP, &early.word);
        if (x & NJ_STEP_STORE) m->pad[((uint)(from + immediate) & (NJ_RX_SCRATCHPAD_L3 - 1) >> place) >> 3] = old;
        const ulong a = x & NJ_STEP_CLEAR ? 0 : old;
        const ulong negate = x & NJ_STEP_NEGATE ? ~0UL : 0, invert = x & NJ_STEP_INVERT ? ~0UL : 0;
        ulong y = ((a ^ negate) + b) ^ invert;
        if (x & NJ_STEP_XOR) y = a ^ b;
        if (x & NJ_STEP_ROTATE) y = rotate(a, ((b ^ negate) - negate) & 63);
        // The signed product's high half is the unsigned one's, less each factor whose fellow is negative.
        const ulong sign = x & NJ_STEP_SIGNED ? ~0UL : 0;
        const ulong less = (((ulong)((long)a >> 63) & b) + ((ulong)((long)b >> 63) & a)) & sign;
        if (x & NJ_STEP_MULTIPLY) y = x & NJ_STEP_HIGH ? nj_rx_high_product(a, b) - less : a * b;
        NJ_RX_R(x & NJ_STEP_VALUE ? NJ_RX_ROW_VALUES + s->left : dst) = y;
        if (x & NJ_STEP_SWAP) NJ_RX_R(src) = old;
        if (x & NJ_STEP_VALUE && ++s->left == NJ_RX_VALUES && s->at < s->length) {
            end = (uint)*extra;
            stop = 0;
        }
        if (x & NJ_STEP_BRANCH && ((uint)y & ((1u << NJ_RX_JUMP_BITS) - 1) << place) == 0) {
            const uint jump = (uint)(*extra >> 32);
            s->at = (uint)*extra;
            if (s->jumps != 0 && jump != 0) {
                end = jump >> 16;
                stop = 0;
            }
            s->jumps |= s->jumps != 0 ? (ulong)jump << 32 : jump;
            nj_rx_enter(m, &early, integers, extras, s->at);
        }
    }
    return end;
}

// Jumps, if the float stream is where it must.
NJ_INLINE void nj_rx_jump(nj_rx_floats *s, __global const uint *floats) {
    if (s->at != s->stop || s->jumps == 0) return;
    s->at = (uint)s->jumps >> 16;
    s->jumps >>= 32;
    s->stop = s->jumps != 0 ? (uint)s->jumps & 0xFFFF : s->end;
    s->next = floats[s->at * NJ_GROUP_LOOP];
}

// Takes the next instruction.
NJ_INLINE uint nj_rx_float_next(nj_rx_floats *s, __global const uint *floats) {
    const uint x = s->next;
    ++s->at;
    s->next = floats[s->at * NJ_GROUP_LOOP];
    NJ_RX_HINT(floats + (s->at + NJ_RX_SPARE_ROWS - 1) * NJ_GROUP_LOOP);
    return x;
}

// The next word that the integer stream left.
NJ_INLINE ulong nj_rx_value(nj_rx_machine *m, nj_rx_floats *s) {
    const ulong value = NJ_RX_R(NJ_RX_ROW_VALUES + s->taken);
    ++s->taken;
    return value;
}

// An instruction but for a quotient or a root.
NJ_INLINE void nj_rx_short_step(nj_rx_machine *m, nj_rx_floats *s, const uint x) {
    __local double2 *dst = (__local double2 *)m->f + NJ_GROUP_LOOP * (x & 15);
    const double2 a = *dst;
    double2 b = *((__local const double2 *)m->f + NJ_GROUP_LOOP * (x >> 4 & 15));
    uint mode = 0;
    if (x & NJ_FLOAT_VALUE) {
        const ulong value = nj_rx_value(m, s);
        b = (double2)(nj_rx_low(value), nj_rx_high(value));
        mode = (uint)value;
    }
    // A difference is the sum with the negative, in every mode.
    const ulong sign = (ulong)(x & NJ_FLOAT_NEGATE) << 32;
    b = as_double2(as_ulong2(b) ^ sign);
    const bool multiplies = (x & NJ_FLOAT_MULTIPLY) != 0;
    double2 y =
        (double2)(nj_round_sum_or_product(a.x, b.x, multiplies, m->mode), nj_round_sum_or_product(a.y, b.y, multiplies, m->mode));
    if (x & NJ_FLOAT_SWAP) y = a.yx;
    if (x & NJ_FLOAT_SCALE) y = as_double2(as_ulong2(a) ^ 0x80F0000000000000UL);
    if (!(x & NJ_FLOAT_ROUND))
        *dst = y;
    else if ((mode & NJ_RX_ROUNDING_GUARD) == 0)
        m->mode = mode & 3;
}

// A quotient or a root.
NJ_INLINE void nj_rx_long_step(nj_rx_machine *m, nj_rx_floats *s, const uint x) {
    __local double2 *dst = (__local double2 *)m->f + NJ_GROUP_LOOP * (x & 15);
    double2 y = *dst;
    if (x & NJ_FLOAT_DIVIDE) {
        const ulong value = nj_rx_value(m, s);
        y.x = nj_round_divide(y.x, nj_rx_masked(nj_rx_low(value), m->e_mask0), m->mode);
        y.y = nj_round_divide(y.y, nj_rx_masked(nj_rx_high(value), m->e_mask1), m->mode);
    } else {
        y.x = nj_round_sqrt(y.x, m->mode);
        y.y = nj_round_sqrt(y.y, m->mode);
    }
    *dst = y;
}

// Runs the float stream up to `end`.
NJ_INLINE void nj_rx_run_floats(nj_rx_machine *m, nj_rx_floats *s, __global const uint *floats) {
    s->taken = 0;
    s->stop = s->jumps != 0 ? (uint)s->jumps & 0xFFFF : s->end;
    s->next = floats[s->at * NJ_GROUP_LOOP];
    nj_rx_jump(s, floats);
    const uint rare = NJ_FLOAT_DIVIDE | NJ_FLOAT_ROOT;
    while (s->at != s->stop) {
#pragma unroll 1
        for (uint i = 0; i < NJ_RX_SHORT_STEPS && s->at != s->stop && !(s->next & rare); ++i) {
            nj_rx_short_step(m, s, nj_rx_float_next(s, floats));
            nj_rx_jump(s, floats);
        }
        if (s->at != s->stop && s->next & rare) {
            nj_rx_long_step(m, s, nj_rx_float_next(s, floats));
            nj_rx_jump(s, floats);
        }
    }
}

// One pass through the program. lengths: of the streams, as rx_split has them.
NJ_INLINE void nj_rx_run(
    nj_rx_machine *m, __global const uint2 *integers, __global const ulong *extras, __global const uint *floats,
    const ulong lengths) {
    const uint float_length = (uint)(lengths >> 32);
    nj_rx_integers i = {0, (uint)lengths, 0, 0};
    nj_rx_floats f = {0, 0, 0, 0, 0, 0};
    // Once, but for a pass that leaves very many words or takes several branches.
    do {
        f.end = nj_rx_run_integers(m, &i, integers, extras, float_length);
        f.jumps = i.jumps;
        nj_rx_run_floats(m, &f, floats);
    } while (i.at < i.length);
}

#endif
