// CryptoNight's main loop, for one or more hashes that take turns. Part of cryptonight_template.h.
#pragma STDC FP_CONTRACT OFF

typedef float floats __attribute__((vector_size(16)));
typedef int32_t ints __attribute__((vector_size(16)));

// One hash in the main loop.
typedef struct {
    uint8_t *pad;
    // The offset of the next access in it.
    uint64_t at;
    uint64_t al, ah;
    // The block a at the turn's start, and the result of the AES round.
    block a, c;
    block b, b1;
    uint64_t tweak;
    uint64_t quotient, square_root;
    nj_random_math_registers registers;
    floats accumulator;
} hash_state;

INLINE void hash_begin(hash_state *l, const nj_cryptonight *cn, const nj_cryptonight_record *record, uint8_t *pad) {
    const uint8_t *state = (const uint8_t *)record->words;
    l->pad = pad;
    l->al = nj_load64(state) ^ nj_load64(state + 32);
    l->ah = nj_load64(state + 8) ^ nj_load64(state + 40);
    l->at = l->al & cn->mask;
    l->b = block_xor(block_load(state + 16), block_load(state + 48));
    l->b1 = block_xor(block_load(state + 64), block_load(state + 80));
    l->tweak = record->tweak;
    l->quotient = nj_load64(state + 96);
    l->square_root = nj_load64(state + 104);
    for (int i = 0; i < 4; i++) l->registers.r[i] = nj_load32(state + 96 + 4 * i);
    l->accumulator = (floats){0};
}

// v1: a table of 16 two-bit entries changes bits 4 and 5 of byte 11 of the first store; bits 0, 4 and 5 choose the
// entry.
INLINE uint64_t tweak_high(uint64_t high) {
    uint32_t byte = (uint32_t)(high >> 24);
    uint32_t index = ((byte >> 3 & 6) | (byte & 1)) << 1;
    return high ^ (uint64_t)(0x75310u >> index & 0x30) << 24;
}

// The float whose sign and fraction are x's and whose exponent is 2's.
INLINE floats with_exponent_of_two(floats x) {
    ints bits = ((ints)x & (int32_t)0x807FFFFF) | 0x40000000;
    return (floats)bits;
}

INLINE block conceal(block x, floats *accumulator) {
    ints integers;
    memcpy(&integers, &x, sizeof x);
    floats old = *accumulator;
    floats r = __builtin_convertvector(integers, floats) + old;
    r = r * r * r;
    *accumulator = old + with_exponent_of_two(r);
    integers ^= __builtin_convertvector(with_exponent_of_two(old) * 536870880.0f, ints);
    memcpy(&x, &integers, sizeof x);
    return x;
}

// The 64-byte shuffle of v2 and R around `at`. The three neighbour blocks, named by their distance, change places, and
// a, b and the older b are added to them.
INLINE void shuffle(const hash_state *l, const uint32_t features, uint64_t at, block at10, block at20, block at30) {
    const int reversed = features & NJ_CRYPTONIGHT_REVERSED;
    block_store(l->pad + (at ^ 0x10), block_add(reversed ? at10 : at30, l->b1));
    block_store(l->pad + (at ^ 0x20), block_add(reversed ? at30 : at10, l->b));
    block_store(l->pad + (at ^ 0x30), block_add(at20, l->a));
}

// An AES round on the block to which a points, with a as the key.
INLINE void first_half(hash_state *l, const nj_cryptonight_base base, const uint32_t features, uint64_t mask) {
    const int shuffles = base == NJ_CRYPTONIGHT_V2 || base == NJ_CRYPTONIGHT_R;
    const uint64_t at = l->at;
    l->a = block_make(l->al, l->ah);
    block x = block_load(l->pad + at);
    if (features & NJ_CRYPTONIGHT_CONCEAL) x = conceal(x, &l->accumulator);
    block c = features & NJ_CRYPTONIGHT_CHAINED ? block_aes_chained(x, l->a) : block_aes(x, l->a);
    if (shuffles) {
        block at10 = block_load(l->pad + (at ^ 0x10)), at20 = block_load(l->pad + (at ^ 0x20));
        block at30 = block_load(l->pad + (at ^ 0x30));
        shuffle(l, features, at, at10, at20, at30);
        if (base == NJ_CRYPTONIGHT_R) c = block_xor(block_xor(c, at10), block_xor(at20, at30));
    }
    l->c = c;
    l->at = block_low(c) & mask;
    PREFETCH(l->pad + l->at);
    block stored = block_xor(l->b, c);
    if (base == NJ_CRYPTONIGHT_V1) {
        nj_store64(l->pad + at, block_low(stored));
        nj_store64(l->pad + at + 8, tweak_high(block_high(stored)));
    } else {
        block_store(l->pad + at, stored);
    }
}

// A 64-bit multiplication with the block to which the round's result points.
INLINE void second_half(
    hash_state *l, const nj_cryptonight_base base, const uint32_t features, uint64_t mask,
    const nj_random_math_program *program) {
    const int shuffles = base == NJ_CRYPTONIGHT_V2 || base == NJ_CRYPTONIGHT_R;
    const uint64_t at = l->at;
    block c = l->c;
    uint64_t cl = block_low(c), dl = nj_load64(l->pad + at), dh = nj_load64(l->pad + at + 8);
    if (base == NJ_CRYPTONIGHT_V2) {
        // The next turn uses the results of this turn's division and root, which hides their latency.
        dl ^= l->quotient ^ l->square_root << 32;
        nj_division division = divide_unsigned(block_high(c), or_ends((uint32_t)(cl + (l->square_root << 1))));
        l->quotient = (uint32_t)division.quotient + (division.remainder << 32);
        l->square_root = root(cl + l->quotient);
    }
    if (base == NJ_CRYPTONIGHT_R) {
        uint32_t *r = l->registers.r;
        dl ^= (r[0] + r[1]) | (uint64_t)(r[2] + r[3]) << 32;
        r[4] = (uint32_t)l->al;
        r[5] = (uint32_t)l->ah;
        r[6] = (uint32_t)block_low(l->b);
        r[7] = (uint32_t)block_low(l->b1);
        r[8] = (uint32_t)block_high(l->b1);
        run_program(program, &l->registers);
        l->al ^= r[2] | (uint64_t)r[3] << 32;
        l->ah ^= r[0] | (uint64_t)r[1] << 32;
    }
    unsigned __int128 product = (unsigned __int128)cl * dl;
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if (shuffles) {
        block at10 = block_load(l->pad + (at ^ 0x10)), at20 = block_load(l->pad + (at ^ 0x20));
        block at30 = block_load(l->pad + (at ^ 0x30));
        if (base == NJ_CRYPTONIGHT_V2) {
            at10 = block_xor(at10, block_make(high, low));
            // Load from memory: moving it out of a vector register would lengthen the critical path.
            high ^= nj_load64(l->pad + (at ^ 0x20));
            low ^= nj_load64(l->pad + (at ^ 0x20) + 8);
        }
        shuffle(l, features, at, at10, at20, at30);
        if (base == NJ_CRYPTONIGHT_R) c = block_xor(block_xor(c, at10), block_xor(at20, at30));
    }
    l->al += high;
    l->ah += low;
    KEEP_SCALAR(l->al, l->ah);
    nj_store64(l->pad + at, l->al);
    uint64_t stored = l->ah;
    if (base == NJ_CRYPTONIGHT_V1) stored ^= l->tweak;
    if (features & NJ_CRYPTONIGHT_LINKED) stored ^= l->al;
    nj_store64(l->pad + at + 8, stored);
    l->al ^= dl;
    l->ah ^= dh;
    KEEP_SCALAR(l->al, l->ah);
    l->at = l->al & mask;
    PREFETCH(l->pad + l->at);
    l->b1 = l->b;
    l->b = c;
}

// Heavy: a division with the words to which a points. It gives the next address.
INLINE void divide(hash_state *l, const uint32_t features, uint64_t mask) {
    uint64_t n = nj_load64(l->pad + l->at);
    uint32_t word = nj_load32(l->pad + l->at + 8);
    int32_t divisor = (int32_t)(word | 5);
    // A division by -1 would trap for the smallest number, so negate instead.
    uint64_t quotient = divisor == -1 ? -n : quotient_signed(n, divisor);
    nj_store64(l->pad + l->at, n ^ quotient);
    if (features & NJ_CRYPTONIGHT_COMPLEMENTED) word = ~word;
    l->at = (word ^ quotient) & mask;
    PREFETCH(l->pad + l->at);
}

// Every caller passes constants for all but `cn` and `records`, so that each call compiles to its own loop.
INLINE void loop(
    const nj_cryptonight *cn, nj_cryptonight_record *records, const nj_cryptonight_base base, const uint32_t features,
    const int width) {
    const uint64_t mask = cn->mask, turns = cn->iterations;
    hash_state hashes[NJ_CRYPTONIGHT_WIDEST];
    NJ_UNROLL
    for (int i = 0; i < width; i++) hash_begin(&hashes[i], cn, &records[i], cn->scratchpads + (size_t)i * cn->memory);
    for (uint64_t turn = 0; turn < turns; turn++) {
        NJ_UNROLL
        for (int i = 0; i < width; i++) first_half(&hashes[i], base, features, mask);
        NJ_UNROLL
        for (int i = 0; i < width; i++) second_half(&hashes[i], base, features, mask, cn->program);
        if (features & NJ_CRYPTONIGHT_HEAVY) {
            NJ_UNROLL
            for (int i = 0; i < width; i++) divide(&hashes[i], features, mask);
        }
    }
}

#if NJ_PER_WIDTH
#define LOOP_WITH(name, loop, ...)                                                                           \
    NJ_TARGET static void loop_##name(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) { \
        switch (width) {                                                                                     \
        case 1: loop(cn, records, __VA_ARGS__, 1); break;                                                    \
        case 2: loop(cn, records, __VA_ARGS__, 2); break;                                                    \
        case 3: loop(cn, records, __VA_ARGS__, 3); break;                                                    \
        case 4: loop(cn, records, __VA_ARGS__, 4); break;                                                    \
        case 5: loop(cn, records, __VA_ARGS__, 5); break;                                                    \
        case 6: loop(cn, records, __VA_ARGS__, 6); break;                                                    \
        case 7: loop(cn, records, __VA_ARGS__, 7); break;                                                    \
        case 8: loop(cn, records, __VA_ARGS__, 8); break;                                                    \
        }                                                                                                    \
    }
_Static_assert(NJ_CRYPTONIGHT_WIDEST == 8, "each width has its case");
#else
#define LOOP_WITH(name, loop, ...)                                                                           \
    NJ_TARGET static void loop_##name(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) { \
        loop(cn, records, __VA_ARGS__, width);                                                               \
    }
#endif
#define LOOP(name, base, features) LOOP_WITH(name, loop, base, features)

enum {
    XHV = NJ_CRYPTONIGHT_HEAVY | NJ_CRYPTONIGHT_COMPLEMENTED,
    TUBE = NJ_CRYPTONIGHT_HEAVY | NJ_CRYPTONIGHT_LINKED | NJ_CRYPTONIGHT_CHAINED,
};

LOOP(v0, NJ_CRYPTONIGHT_V0, 0)
LOOP(conceal, NJ_CRYPTONIGHT_V0, NJ_CRYPTONIGHT_CONCEAL)
LOOP(heavy, NJ_CRYPTONIGHT_V0, NJ_CRYPTONIGHT_HEAVY)
LOOP(xhv, NJ_CRYPTONIGHT_V0, XHV)
LOOP(v1, NJ_CRYPTONIGHT_V1, 0)
LOOP(linked, NJ_CRYPTONIGHT_V1, NJ_CRYPTONIGHT_LINKED)
LOOP(tube, NJ_CRYPTONIGHT_V1, TUBE)
LOOP(v2, NJ_CRYPTONIGHT_V2, 0)
LOOP(reversed, NJ_CRYPTONIGHT_V2, NJ_CRYPTONIGHT_REVERSED)
LOOP(r, NJ_CRYPTONIGHT_R, 0)
#if NJ_RUNS_COMPILED
#include "cryptonight_loop_r.h"
#endif

NJ_TARGET static void main_loop(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) {
#define SHAPE(base, features) ((uint32_t)(base) << 8 | (features))
    switch (SHAPE(cn->base, cn->features)) {
    case SHAPE(NJ_CRYPTONIGHT_V0, 0): loop_v0(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V0, NJ_CRYPTONIGHT_CONCEAL): loop_conceal(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V0, NJ_CRYPTONIGHT_HEAVY): loop_heavy(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V0, XHV): loop_xhv(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V1, 0): loop_v1(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V1, NJ_CRYPTONIGHT_LINKED): loop_linked(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V1, TUBE): loop_tube(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V2, 0): loop_v2(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_V2, NJ_CRYPTONIGHT_REVERSED): loop_reversed(cn, records, width); break;
    case SHAPE(NJ_CRYPTONIGHT_R, 0):
#if NJ_RUNS_COMPILED
        if (cn->program->compiled[0]) {
            loop_r_compiled(cn, records, width);
            break;
        }
#endif
        loop_r(cn, records, width);
        break;
    case SHAPE(NJ_CRYPTONIGHT_GPU, NJ_CRYPTONIGHT_HEAVY):
        // Arithmetic limits the speed, so taking turns gains nothing.
        for (int i = 0; i < width; i++) loop_gpu(cn, cn->scratchpads + (size_t)i * cn->memory, &records[i]);
        break;
    default: __builtin_trap();
    }
#undef SHAPE
}
