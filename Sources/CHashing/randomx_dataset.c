// RandomX's SuperscalarHash and dataset items (doc/specs.md, 6 and 7.3) in portable C.
#include "nj_bytes.h"
#include "nj_randomx.h"

static void superscalar_hash(const nj_rx_superscalar *program, uint64_t r[8]) {
    const nj_rx_superscalar_op *end = program->ops + program->count;
    for (const nj_rx_superscalar_op *op = program->ops; op < end; op++) {
        uint64_t src = r[op->src], *dst = &r[op->dst];
        switch (op->opcode) {
        case NJ_RX_SS_SUB: *dst -= src; break;
        case NJ_RX_SS_XOR: *dst ^= src; break;
        case NJ_RX_SS_ADD_SHIFT: *dst += src << op->immediate; break;
        case NJ_RX_SS_MUL: *dst *= src; break;
        case NJ_RX_SS_ROR_C: *dst = nj_rotr64(*dst, (unsigned)op->immediate); break;
        case NJ_RX_SS_ADD_C: *dst += op->immediate; break;
        case NJ_RX_SS_XOR_C: *dst ^= op->immediate; break;
        case NJ_RX_SS_MULH: *dst = nj_mulh(*dst, src); break;
        case NJ_RX_SS_SMULH: *dst = nj_smulh(*dst, src); break;
        case NJ_RX_SS_MUL_C: *dst *= op->immediate; break;
        }
    }
}

void nj_rx_dataset_item(const nj_rx_cache *cache, uint64_t number, uint64_t item[8]) {
    // Section 7.3: r0 is a linear generator's step, the others are r0 XOR a constant each.
    static const uint64_t initial[8] = {
        0,
        9298411001130361340u,
        12065312585734608966u,
        9306329213124626780u,
        5281919268842080866u,
        10536153434571861004u,
        3398623926847679864u,
        9549104520008361294u,
    };
    uint64_t r[8];
    for (int i = 0; i < 8; i++) r[i] = (number + 1) * 6364136223846793005u ^ initial[i];
    uint64_t line = number;
    for (uint32_t i = 0; i < cache->program_count; i++) {
        const uint8_t *mix = cache->memory + (line & cache->line_mask) * 64;
        __builtin_prefetch(mix);
        superscalar_hash(&cache->programs[i], r);
        for (int j = 0; j < 8; j++) r[j] ^= nj_load64(mix + 8 * j);
        line = r[cache->programs[i].address_register];
    }
    memcpy(item, r, sizeof r);
}

static void read_from_cache(const void *source, uint64_t number, uint64_t item[8]) {
    nj_rx_dataset_item(source, number, item);
}

nj_rx_dataset nj_rx_dataset_from_cache(const nj_rx_cache *cache) {
    return (nj_rx_dataset){.read = read_from_cache, .source = cache};
}
