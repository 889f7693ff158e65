// RandomX's SuperscalarHash and dataset items (doc/specs.md, 6 and 7.3) in portable C.
#include "Shared/RandomXItem.h"
#include "nj_bytes.h"
#include "nj_randomx.h"

// Eight registers, the zero register and the idle ones.
enum { register_count = NJ_RX_IDLE_REGISTER + 4 };

// The functions below work on `n` items at once. They are inlined with a constant `n`, which unrolls the inner loops.
// Work on one item hides the other item's waits for memory and multiplications.
#define FOR_EACH_ITEM for (size_t k = 0; k < n; k++)

__attribute__((always_inline)) static inline void superscalar_hash(
    const nj_rx_superscalar *program, uint64_t (*r)[register_count], size_t n) {
    const nj_rx_bundle *end = program->bundles + program->count;
    for (const nj_rx_bundle *next = program->bundles; next < end; next++) {
        // A copy: otherwise the compiler must assume that every store to a register may change the bundle.
        const nj_rx_bundle b = *next;
        FOR_EACH_ITEM r[k][b.multiply_dst] *= r[k][b.multiply_src] + b.multiply_constant;
        FOR_EACH_ITEM r[k][b.add_dst] +=
            r[k][b.add_src] * (uint64_t)(int64_t)b.add_factor + (uint64_t)(int64_t)b.add_constant;
        FOR_EACH_ITEM r[k][b.xor_dst] ^= r[k][b.xor_src] + (uint64_t)(int64_t)b.xor_constant;
        FOR_EACH_ITEM r[k][b.rotate_dst] = nj_rotr64(r[k][b.rotate_dst], b.rotate_count);
        if (b.wide == NJ_RX_WIDE_UNSIGNED)
            FOR_EACH_ITEM r[k][b.wide_dst] = nj_mulh(r[k][b.wide_dst], r[k][b.wide_src]);
        else if (b.wide == NJ_RX_WIDE_SIGNED)
            FOR_EACH_ITEM r[k][b.wide_dst] = nj_smulh(r[k][b.wide_dst], r[k][b.wide_src]);
    }
}

__attribute__((always_inline)) static inline void compute(
    const nj_rx_cache *cache, const uint64_t *numbers, uint64_t (*items)[8], size_t n) {
    uint64_t r[2][register_count] = {0};
    uint64_t line[2];
    FOR_EACH_ITEM {
        for (int i = 0; i < 8; i++) r[k][i] = (numbers[k] + 1) * NJ_RX_ITEM_MULTIPLIER ^ nj_rx_table_item[i];
        line[k] = numbers[k];
    }
    for (uint32_t i = 0; i < cache->program_count; i++) {
        const nj_rx_superscalar *program = &cache->programs[i];
        const uint8_t *mix[2];
        FOR_EACH_ITEM {
            mix[k] = cache->memory + (line[k] & cache->line_mask) * 64;
            __builtin_prefetch(mix[k]);
        }
        superscalar_hash(program, r, n);
        FOR_EACH_ITEM {
            for (int j = 0; j < 8; j++) r[k][j] ^= nj_load64(mix[k] + 8 * j);
            line[k] = r[k][program->address_register];
        }
    }
    FOR_EACH_ITEM memcpy(items[k], r[k], sizeof items[k]);
}

void nj_rx_dataset_items(const nj_rx_cache *cache, const uint64_t *numbers, size_t count, uint64_t (*items)[8]) {
    size_t at = 0;
    for (; at + 2 <= count; at += 2) compute(cache, numbers + at, items + at, 2);
    if (at < count) compute(cache, numbers + at, items + at, 1);
}

static void read_from_cache(const void *source, const uint64_t *numbers, size_t count, uint64_t (*items)[8]) {
    nj_rx_dataset_items(source, numbers, count, items);
}

nj_rx_dataset nj_rx_dataset_from_cache(const nj_rx_cache *cache) {
    return (nj_rx_dataset){.read = read_from_cache, .source = cache};
}
