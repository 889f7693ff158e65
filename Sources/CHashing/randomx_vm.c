// RandomX's virtual machine (doc/specs.md, 4 and 5): the readable interpreter of decoded instructions.
#include "nj_bytes.h"
#include "nj_randomx.h"
#include "nj_rounding.h"

// The compiler must not move arithmetic across the changes of the rounding mode.
#pragma STDC FENV_ACCESS ON

typedef double pair __attribute__((vector_size(16)));
typedef uint64_t bits __attribute__((vector_size(16)));

// Registers while a program runs; r[8] is the zero register.
typedef struct {
    uint64_t r[NJ_RX_ZERO_REGISTER + 1];
    pair f[4], e[4], a[4];
} machine;

#if defined(__x86_64__)
#include <emmintrin.h>
static inline pair square_root(pair x) { return _mm_sqrt_pd(x); }
#else
#include <math.h>
static inline pair square_root(pair x) { return (pair){sqrt(x[0]), sqrt(x[1])}; }
#endif

// 4.3.1: two 32-bit signed integers; exact.
static inline pair load_f(const uint8_t *at) {
    int32_t words[2];
    memcpy(words, at, sizeof words);
    return (pair){words[0], words[1]};
}

// 4.3.2: as group F, then sign and upper exponent bits cleared and the program's bits set.
static inline pair load_e(const uint8_t *at, bits e_mask) {
    const uint64_t keep = (1ull << 56) - 1;
    return (pair)(((bits)load_f(at) & (bits){keep, keep}) | e_mask);
}

static inline pair swap(pair x) { return (pair){x[1], x[0]}; }

static inline uint8_t *operand(const nj_rx_instruction *i, const machine *m, uint8_t *scratchpad) {
    return scratchpad + ((uint32_t)(m->r[i->src] + i->immediate) & i->mask);
}

// Runs the instructions once (5.2 to 5.5).
static void run(const nj_rx_program *program, machine *m, uint8_t *scratchpad, uint32_t *rounding) {
    const bits e_mask = {program->e_mask[0], program->e_mask[1]};
    const bits scale = {0x80F0000000000000, 0x80F0000000000000};
    for (uint32_t at = 0; at < program->count; at++) {
        const nj_rx_instruction *i = &program->instructions[at];
        uint64_t *dst = &m->r[i->dst];
        switch (i->opcode) {
        case NJ_RX_NOP: break;
        case NJ_RX_IADD_RS: *dst += (m->r[i->src] << i->shift) + i->immediate; break;
        case NJ_RX_IADD_M: *dst += nj_load64(operand(i, m, scratchpad)); break;
        case NJ_RX_ISUB_R: *dst -= m->r[i->src]; break;
        case NJ_RX_ISUB_C: *dst -= i->immediate; break;
        case NJ_RX_ISUB_M: *dst -= nj_load64(operand(i, m, scratchpad)); break;
        case NJ_RX_IMUL_R: *dst *= m->r[i->src]; break;
        case NJ_RX_IMUL_C: *dst *= i->immediate; break;
        case NJ_RX_IMUL_M: *dst *= nj_load64(operand(i, m, scratchpad)); break;
        case NJ_RX_IMULH_R: *dst = nj_mulh(*dst, m->r[i->src]); break;
        case NJ_RX_IMULH_M: *dst = nj_mulh(*dst, nj_load64(operand(i, m, scratchpad))); break;
        case NJ_RX_ISMULH_R: *dst = nj_smulh(*dst, m->r[i->src]); break;
        case NJ_RX_ISMULH_M: *dst = nj_smulh(*dst, nj_load64(operand(i, m, scratchpad))); break;
        case NJ_RX_INEG_R: *dst = -*dst; break;
        case NJ_RX_IXOR_R: *dst ^= m->r[i->src]; break;
        case NJ_RX_IXOR_C: *dst ^= i->immediate; break;
        case NJ_RX_IXOR_M: *dst ^= nj_load64(operand(i, m, scratchpad)); break;
        case NJ_RX_IROR_R: *dst = nj_rotr64(*dst, (unsigned)m->r[i->src]); break;
        case NJ_RX_IROR_C: *dst = nj_rotr64(*dst, (unsigned)i->immediate); break;
        case NJ_RX_IROL_R: *dst = nj_rotr64(*dst, -(unsigned)m->r[i->src]); break;
        case NJ_RX_ISWAP_R: {
            uint64_t old = *dst;
            *dst = m->r[i->src];
            m->r[i->src] = old;
            break;
        }
        case NJ_RX_FSWAP_F: m->f[i->dst] = swap(m->f[i->dst]); break;
        case NJ_RX_FSWAP_E: m->e[i->dst] = swap(m->e[i->dst]); break;
        case NJ_RX_FADD_R: m->f[i->dst] += m->a[i->src]; break;
        case NJ_RX_FADD_M: m->f[i->dst] += load_f(operand(i, m, scratchpad)); break;
        case NJ_RX_FSUB_R: m->f[i->dst] -= m->a[i->src]; break;
        case NJ_RX_FSUB_M: m->f[i->dst] -= load_f(operand(i, m, scratchpad)); break;
        case NJ_RX_FSCAL_R: m->f[i->dst] = (pair)((bits)m->f[i->dst] ^ scale); break;
        case NJ_RX_FMUL_R: m->e[i->dst] *= m->a[i->src]; break;
        case NJ_RX_FDIV_M: m->e[i->dst] /= load_e(operand(i, m, scratchpad), e_mask); break;
        case NJ_RX_FSQRT_R: m->e[i->dst] = square_root(m->e[i->dst]); break;
        case NJ_RX_CBRANCH:
            *dst += i->immediate;
            if ((*dst & i->mask) == 0) at = i->target - 1;  // the loop adds 1; a target of 0 wraps, as it should
            break;
        case NJ_RX_CFROUND: {
            uint32_t x = (uint32_t)nj_rotr64(m->r[i->src], (unsigned)i->immediate);
            if (x & i->mask) break;
            *rounding = x & 3;
            nj_set_rounding(*rounding);
            break;
        }
        case NJ_RX_ISTORE: nj_store64(scratchpad + ((uint32_t)(*dst + i->immediate) & i->mask), m->r[i->src]); break;
        }
    }
}

static void load_machine(machine *m, const nj_rx_registers *registers) {
    memcpy(m->r, registers->r, sizeof registers->r);
    memcpy(m->f, registers->f, sizeof m->f);
    memcpy(m->e, registers->e, sizeof m->e);
    memcpy(m->a, registers->a, sizeof m->a);
    m->r[NJ_RX_ZERO_REGISTER] = 0;
}

static void save_machine(const machine *m, nj_rx_registers *registers) {
    memcpy(registers->r, m->r, sizeof registers->r);
    memcpy(registers->f, m->f, sizeof m->f);
    memcpy(registers->e, m->e, sizeof m->e);
}

void nj_rx_step(const nj_rx_program *program, nj_rx_registers *registers, uint8_t *scratchpad, uint32_t *rounding) {
    machine m;
    load_machine(&m, registers);
    nj_environment caller = nj_enter_environment(*rounding);
    run(program, &m, scratchpad, rounding);
    nj_leave_environment(&caller);
    save_machine(&m, registers);
}

void nj_rx_execute(
    const nj_rx_program *program, nj_rx_registers *registers, uint8_t *scratchpad, const nj_rx_dataset *dataset,
    uint32_t *rounding) {
    const uint8_t *address = program->address_registers;
    const bits e_mask = {program->e_mask[0], program->e_mask[1]};
    machine m;
    load_machine(&m, registers);
    memset(m.r, 0, sizeof m.r);
    uint32_t ma = program->ma, mx = program->mx;
    uint32_t address0 = mx, address1 = ma;
    uint64_t items[2][8];
    nj_environment caller = nj_enter_environment(*rounding);
    for (uint32_t iteration = 0; iteration < program->iterations; iteration++) {
        // 4.6.2, steps 1 to 3
        uint64_t mix = m.r[address[0]] ^ m.r[address[1]];
        uint8_t *line0 = scratchpad + ((address0 ^ (uint32_t)mix) & program->scratchpad_mask);
        uint8_t *line1 = scratchpad + ((address1 ^ (uint32_t)(mix >> 32)) & program->scratchpad_mask);
        for (int i = 0; i < 8; i++) m.r[i] ^= nj_load64(line0 + 8 * i);
        for (int i = 0; i < 4; i++) m.f[i] = load_f(line1 + 8 * i);
        for (int i = 0; i < 4; i++) m.e[i] = load_e(line1 + 32 + 8 * i, e_mask);
        // Step 4
        run(program, &m, scratchpad, rounding);
        // Steps 5 to 8. When an item is needed, the next iteration's item is already known. Computing two takes little
        // longer than one, so items are read in pairs.
        uint32_t line = ma;
        *(program->prefetch == NJ_RX_PREFETCH_MA ? &ma : &mx) ^= (uint32_t)(m.r[address[2]] ^ m.r[address[3]]);
        if (iteration % 2 == 0) {
            uint64_t numbers[2] = {
                program->dataset_offset + (line & program->dataset_mask) / 64,
                program->dataset_offset + (mx & program->dataset_mask) / 64,
            };
            dataset->read(dataset->source, numbers, iteration + 1 < program->iterations ? 2 : 1, items);
        }
        for (int i = 0; i < 8; i++) m.r[i] ^= items[iteration % 2][i];
        uint32_t old = mx;
        mx = ma;
        ma = old;
        // Steps 9 to 12
        for (int i = 0; i < 8; i++) nj_store64(line1 + 8 * i, m.r[i]);
        if (program->mixing == NJ_RX_MIX_AES)
            nj_rx_mix(program->implementation, (uint8_t *)m.f, (const uint8_t *)m.e);
        else
            for (int i = 0; i < 4; i++) m.f[i] = (pair)((bits)m.f[i] ^ (bits)m.e[i]);
        memcpy(line0, m.f, sizeof m.f);
        address0 = 0;
        address1 = 0;
    }
    nj_leave_environment(&caller);
    save_machine(&m, registers);
}
