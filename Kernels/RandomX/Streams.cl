// One pass through a program as two streams (Split.cl), for devices whose work-items share an instruction stream: such
// work-items lose time when they run different instructions at the same time. So a step of a stream is one path of code,
// whatever its instruction, and changes between results by selection. Each work-item is at its own place.
//
// NJ_RX_STREAMS is 1 or 2: how many work-items a hash has. One runs a pass of the integer stream, then one of the float
// stream. Two have a stream each. OpenCL lets a work-item wait for another at barriers only, so they run in phases between
// barriers: the integer stream some steps, beside it the float stream those that the phases before allow.
#ifndef NIGHTJAR_RANDOMX_STREAMS_CL
#define NIGHTJAR_RANDOMX_STREAMS_CL

#include "RandomX/Item.cl"
#include "RandomX/Machine.cl"
#include "RandomX/Split.cl"

// Words that the integer stream may leave for the float stream before that one must take them. A program of version 1
// leaves 15 on average in a pass, and very rarely more than 32; one of version 2 leaves 23, and has room for 48. With a
// work-item each, room for two phases' words is enough: rows are used again.
#if NJ_RX_STREAMS == 2
#define NJ_RX_VALUES (NJ_RX_PROGRAM_SIZE > 256 ? 32u : 16u)
#define NJ_RX_VALUE_ROW(i) (NJ_RX_ROW_VALUES + ((i) & (NJ_RX_VALUES - 1)))
#else
#define NJ_RX_VALUES (NJ_RX_PROGRAM_SIZE / 8)
#define NJ_RX_VALUE_ROW(i) (NJ_RX_ROW_VALUES + (i))
#endif
// The same for jumps, which a row has room for.
#define NJ_RX_JUMPS 2u
#define NJ_RX_JUMP(i) ((__local uint *)(m->r + NJ_GROUP_LOOP * NJ_RX_ROW_JUMPS))[(i) & (NJ_RX_JUMPS - 1)]

// Rows of local memory after those of Execute.cl: jumps; what each of two work-items tells the other, in even phases and in
// odd ones; values. Without a dataset, items are between them. The one that is used at once may have the place of values
// that are all taken by then, which is so with one work-item a hash.
#define NJ_RX_ROW_JUMPS (NJ_RX_ROW_MIX + 1)
#define NJ_RX_ROW_TOLD (NJ_RX_ROW_JUMPS + 1)
#define NJ_RX_ROW_TAKEN (NJ_RX_ROW_TOLD + 2)
#define NJ_RX_ROW_ITEMS (NJ_RX_ROW_TOLD + (NJ_RX_STREAMS == 2 ? 4 : 0))
#define NJ_RX_ROW_VALUES \
    (NJ_RX_ROW_ITEMS + (NJ_RX_LIGHT ? NJ_RX_STREAMS == 2 ? NJ_RX_FILE_WORDS : NJ_RX_ITEM_REGISTERS : 0))

#if NJ_RX_STREAMS == 2
// Phases of a pass, unless a work-item has more steps: then there are more.
#define NJ_RX_PHASES 4u
// Steps of the integer stream in a phase: of 32 programs of version 1, the longest takes 203 in a pass.
#define NJ_RX_PHASE_STEPS (NJ_RX_PROGRAM_SIZE * 13 / 64)
// Rounds of the float stream's loop in a phase; what is left runs in the next one. In a phase one work-item has more to do, in
// the next one another: without a bound, a group would take 163 short steps in a pass, and takes 130.
#define NJ_RX_PHASE_ROUNDS (NJ_RX_PROGRAM_SIZE / 32)
#endif

// Quotients and roots are rare and long. A work-item that is at one waits, so that others may reach theirs: for at most
// so many steps. With 32 work-items, four take the least time in all: 123 short steps and 30 long ones.
#define NJ_RX_SHORT_STEPS 4

// What a test counts: it defines NJ_RX_COUNT. A turn is a phase, or with one work-item a hash, what is done for one filling of
// the room for words and jumps.
enum { NJ_RX_INTEGER_TURN, NJ_RX_INTEGER_STEP, NJ_RX_FLOAT_TURN, NJ_RX_ROUND, NJ_RX_SHORT_STEP, NJ_RX_LONG_STEP };
#ifndef NJ_RX_COUNT
#define NJ_RX_COUNT(m, what)
#endif

// A hash's integer stream.
typedef struct {
    uint at, length;
    uint left, jumps;            // words, and jumps, that it left for the float stream
    uint most_left, most_jumps;  // how many there is room for
} nj_rx_integers;

// A hash's float stream.
typedef struct {
    uint at;         // its place
    uint stop, end;  // where something is to be done: a jump, or else what `end` says: all that is known so far has run
    uint taken, jumps;  // words, and jumps, that it took
    uint left_jumps;    // jumps that the integer stream left
    uint next;          // the instruction at `at`, read early
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

// Runs the integer stream until its end, or the phase's, or until it has to wait for the float stream.
NJ_INLINE void nj_rx_run_integers(
    nj_rx_machine *m, nj_rx_integers *s, nj_rx_early *early, __global const uint2 *integers,
    __global const ulong *extras) {
    NJ_RX_COUNT(m, NJ_RX_INTEGER_TURN);
    uint stop = s->left == s->most_left || s->jumps == s->most_jumps ? 0 : s->length;
#if NJ_RX_STREAMS == 2
    uint steps = NJ_RX_PHASE_STEPS;
#endif
    while (s->at < stop) {
        __global const uint2 *row = integers + s->at * NJ_GROUP_LOOP;
        __global const ulong *extra = extras + s->at * NJ_GROUP_LOOP;
        const uint x = early->step.x;
        const ulong immediate = (ulong)(long)(int)early->step.y;
        early->step = early->next;
        early->next = row[2 * NJ_GROUP_LOOP];
        NJ_RX_HINT(row + NJ_RX_SPARE_ROWS * NJ_GROUP_LOOP);
        ++s->at;
        NJ_RX_COUNT(m, NJ_RX_INTEGER_STEP);
#if NJ_RX_STREAMS == 2
        if (--steps == 0) stop = 0;
#endif
        const uint dst = x & 15, src = x >> 4 & 15, place = x >> NJ_RX_PLACE_AT & 31;
        const ulong old = NJ_RX_R(dst), from = NJ_RX_R(src);
        ulong b = (from << (x >> NJ_RX_SHIFT_AT & 3)) + immediate;
        if (x & NJ_STEP_STORE) b = 0;
        if (x & (NJ_STEP_LOAD | NJ_STEP_EXTRA)) b = early->word;
        // Now that this step's word is taken out of its place, the next one's load may begin.
        nj_rx_load(m, early->step, extra + NJ_GROUP_LOOP, &early->word);
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
        NJ_RX_R(x & NJ_STEP_VALUE ? NJ_RX_VALUE_ROW(s->left) : dst) = y;
        if (x & NJ_STEP_SWAP) NJ_RX_R(src) = old;
        if (x & NJ_STEP_VALUE && ++s->left == s->most_left) stop = 0;
        if (x & NJ_STEP_BRANCH && ((uint)y & ((1u << NJ_RX_JUMP_BITS) - 1) << place) == 0) {
            const uint after = (uint)*extra, targets = (uint)(*extra >> 32);
            s->at = targets & 0xFFFF;
            if (targets >> 16 != after) {
                NJ_RX_JUMP(s->jumps) = (targets & 0xFFFF0000) | after;
                if (++s->jumps == s->most_jumps) stop = 0;
            }
            nj_rx_enter(m, early, integers, extras, s->at);
        }
    }
}

// How far the float stream may run when the integer stream is at `at`.
NJ_INLINE uint nj_rx_known(__global const uint2 *integers, __global const ulong *extras, const uint at) {
    const uint2 step = integers[at * NJ_GROUP_LOOP];
    return step.x & NJ_STEP_EXTRA ? step.y : (uint)extras[at * NJ_GROUP_LOOP];
}

// Where the float stream must do something next.
NJ_INLINE void nj_rx_find_stop(const nj_rx_machine *m, nj_rx_floats *s) {
    s->stop = s->jumps != s->left_jumps ? NJ_RX_JUMP(s->jumps) & 0xFFFF : s->end;
}

// Jumps, if the float stream is where it must.
NJ_INLINE void nj_rx_jump(const nj_rx_machine *m, nj_rx_floats *s, __global const uint *floats) {
    if (s->at != s->stop || s->jumps == s->left_jumps) return;
    s->at = NJ_RX_JUMP(s->jumps) >> 16;
    ++s->jumps;
    nj_rx_find_stop(m, s);
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
    const ulong value = NJ_RX_R(NJ_RX_VALUE_ROW(s->taken));
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

// Runs the float stream up to `end`, or for some rounds.
NJ_INLINE void nj_rx_run_floats(nj_rx_machine *m, nj_rx_floats *s, __global const uint *floats, const uint rounds) {
    NJ_RX_COUNT(m, NJ_RX_FLOAT_TURN);
    nj_rx_find_stop(m, s);
    s->next = floats[s->at * NJ_GROUP_LOOP];
    nj_rx_jump(m, s, floats);
    const uint rare = NJ_FLOAT_DIVIDE | NJ_FLOAT_ROOT;
    for (uint round = 0; s->at != s->stop && round < rounds; ++round) {
        NJ_RX_COUNT(m, NJ_RX_ROUND);
#pragma unroll 1
        for (uint i = 0; i < NJ_RX_SHORT_STEPS && s->at != s->stop && !(s->next & rare); ++i) {
            NJ_RX_COUNT(m, NJ_RX_SHORT_STEP);
            nj_rx_short_step(m, s, nj_rx_float_next(s, floats));
            nj_rx_jump(m, s, floats);
        }
        if (s->at != s->stop && s->next & rare) {
            NJ_RX_COUNT(m, NJ_RX_LONG_STEP);
            nj_rx_long_step(m, s, nj_rx_float_next(s, floats));
            nj_rx_jump(m, s, floats);
        }
    }
}

#if NJ_RX_STREAMS == 2
// One pass through the program, for all work-items of the group, also for those without a stream. lengths: of the streams, as
// rx_split has them. goes_on: three words of the group, for every third phase each: whether there is another one.
NJ_INLINE void nj_rx_run(
    nj_rx_machine *m, const bool is_integer, const bool is_float, __global const uint2 *integers,
    __global const ulong *extras, __global const uint *floats, const ulong lengths, __local uint *goes_on) {
    nj_rx_integers i = {0, (uint)lengths, 0, 0, NJ_RX_VALUES, NJ_RX_JUMPS};
    nj_rx_floats f = {0, 0, 0, 0, 0, 0, 0};
    nj_rx_early early = {NJ_RX_NO_STEP, NJ_RX_NO_STEP, 0};
    if (is_integer) nj_rx_enter(m, &early, integers, extras, 0);
    bool is_last = false;
    for (uint phase = 0;; ++phase) {
        // Told in this phase, and in the one before.
        const uint now = phase & 1, before = now ^ 1;
        if (is_integer && !is_last) {
            if (phase > 1) {
                const ulong taken = NJ_RX_R(NJ_RX_ROW_TAKEN + before);
                i.most_left = (uint)taken + NJ_RX_VALUES;
                i.most_jumps = (uint)(taken >> 32) + NJ_RX_JUMPS;
            }
            nj_rx_run_integers(m, &i, &early, integers, extras);
            NJ_RX_R(NJ_RX_ROW_TOLD + now) = (ulong)i.at | (ulong)i.jumps << 32;
            if (phase + 1 >= NJ_RX_PHASES && i.at < i.length) atomic_or(goes_on + phase % 3, 1u);
        }
        if (is_float && phase > 0) {
            const ulong told = NJ_RX_R(NJ_RX_ROW_TOLD + before);
            f.end = nj_rx_known(integers, extras, (uint)told);
            f.left_jumps = (uint)(told >> 32);
            nj_rx_run_floats(m, &f, floats, is_last ? ~0u : NJ_RX_PHASE_ROUNDS);
            NJ_RX_R(NJ_RX_ROW_TAKEN + now) = (ulong)f.taken | (ulong)f.jumps << 32;
        }
        if (is_last) break;
        // The next phase's word. It was read last two phases ago.
        if (get_local_id(0) == 0) goes_on[(phase + 1) % 3] = 0;
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
        is_last = phase + 1 >= NJ_RX_PHASES && goes_on[phase % 3] == 0;
    }
}
#else
// One pass through the program. lengths: of the streams, as rx_split has them.
NJ_INLINE void nj_rx_run(
    nj_rx_machine *m, __global const uint2 *integers, __global const ulong *extras, __global const uint *floats,
    const ulong lengths) {
    nj_rx_integers i = {0, (uint)lengths, 0, 0, NJ_RX_VALUES, NJ_RX_JUMPS};
    nj_rx_floats f = {0, 0, 0, 0, 0, 0, 0};
    // Once, but for a pass that leaves very many words or takes several branches.
    do {
        nj_rx_early early = {NJ_RX_NO_STEP, NJ_RX_NO_STEP, 0};
        nj_rx_enter(m, &early, integers, extras, i.at);
        i.left = 0;
        i.jumps = 0;
        nj_rx_run_integers(m, &i, &early, integers, extras);
        f.end = i.at < i.length ? nj_rx_known(integers, extras, i.at) : (uint)(lengths >> 32);
        f.taken = 0;
        f.jumps = 0;
        f.left_jumps = i.jumps;
        nj_rx_run_floats(m, &f, floats, ~0u);
    } while (i.at < i.length);
}
#endif

#endif
