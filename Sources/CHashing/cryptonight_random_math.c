// CryptoNight-R's random program: the plain interpreter, and a threaded one.
#include "cryptonight_random_math.h"

#include "nj_bytes.h"

#ifdef __x86_64__
#include <cpuid.h>

// CPUID serialises (Intel's Software Developer's Manual, volume 3, 10.1.3; AMD's Programmer's Manual, volume 2, 7.6.1).
// It is slow in a virtual machine, but it runs only once a height.
void nj_synchronise_code(void) {
    unsigned a, b, c, d;
    __cpuid(0, a, b, c, d);
    (void)a, (void)b, (void)c, (void)d;
}
#else
void nj_synchronise_code(void) {}  // there is no compiler for other processors
#endif

void nj_random_math_run_portable(const nj_random_math_program *program, nj_random_math_registers *registers) {
    uint32_t *r = registers->r;
    for (uint32_t i = 0; i < program->count; i++) {
        nj_random_math_instruction step = program->instructions[i];
        uint32_t *dst = &r[step.dst], src = r[step.src];
        switch ((nj_random_math_opcode)step.opcode) {
        case NJ_RANDOM_MATH_MUL: *dst *= src; break;
        case NJ_RANDOM_MATH_ADD: *dst += src + step.constant; break;
        case NJ_RANDOM_MATH_SUB: *dst -= src; break;
        case NJ_RANDOM_MATH_ROR: *dst = nj_rotr32(*dst, src); break;
        case NJ_RANDOM_MATH_ROL: *dst = nj_rotl32(*dst, src); break;
        case NJ_RANDOM_MATH_XOR: *dst ^= src; break;
        }
    }
}

// The threaded interpreter. It has a handler for each opcode, destination and source, so that the four registers stay
// in processor registers. An array indexed by dst would send each result through memory, which costs more than the
// instruction. Each handler ends with its own jump to the next one. Branch prediction learns these jumps, because the
// same program runs half a million times.

#define PARAMETERS                                                                              \
    uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3, const struct nj_random_math_step *step, \
        nj_random_math_registers *registers
#define NEXT __attribute__((musttail)) return step[1].handler(r0, r1, r2, r3, step + 1, registers)

#define SOURCE_0 r0
#define SOURCE_1 r1
#define SOURCE_2 r2
#define SOURCE_3 r3
#define SOURCE_4 registers->r[4]
#define SOURCE_5 registers->r[5]
#define SOURCE_6 registers->r[6]
#define SOURCE_7 registers->r[7]
#define SOURCE_8 registers->r[8]

#define DO_mul(dst, src) dst *= src
#define DO_add(dst, src) dst += src + step->constant
#define DO_sub(dst, src) dst -= src
#define DO_ror(dst, src) dst = nj_rotr32(dst, src)
#define DO_rol(dst, src) dst = nj_rotl32(dst, src)
#define DO_xor(dst, src) dst ^= src

#define HANDLER(op, d, s)                    \
    static void op##_##d##_##s(PARAMETERS) { \
        DO_##op(r##d, SOURCE_##s);           \
        NEXT;                                \
    }
// clang-format off
#define HANDLERS_OF(op, d)                                                                              \
    HANDLER(op, d, 0) HANDLER(op, d, 1) HANDLER(op, d, 2) HANDLER(op, d, 3) HANDLER(op, d, 4)           \
    HANDLER(op, d, 5) HANDLER(op, d, 6) HANDLER(op, d, 7) HANDLER(op, d, 8)
// clang-format on
#define HANDLERS(op) HANDLERS_OF(op, 0) HANDLERS_OF(op, 1) HANDLERS_OF(op, 2) HANDLERS_OF(op, 3)

HANDLERS(mul)
HANDLERS(add)
HANDLERS(sub)
HANDLERS(ror)
HANDLERS(rol)
HANDLERS(xor)

static void finish(PARAMETERS) {
    (void)step;
    registers->r[0] = r0;
    registers->r[1] = r1;
    registers->r[2] = r2;
    registers->r[3] = r3;
}

// clang-format off
#define ROW(op, d)                                                                                       \
    {op##_##d##_0, op##_##d##_1, op##_##d##_2, op##_##d##_3, op##_##d##_4,                               \
     op##_##d##_5, op##_##d##_6, op##_##d##_7, op##_##d##_8}
#define TABLE(op) {ROW(op, 0), ROW(op, 1), ROW(op, 2), ROW(op, 3)}
// clang-format on

// In the order of nj_random_math_opcode.
static nj_random_math_handler *const handlers[6][4][9] = {
    TABLE(mul), TABLE(add), TABLE(sub), TABLE(ror), TABLE(rol), TABLE(xor),
};

void nj_random_math_prepare(
    nj_random_math_program *program, const nj_random_math_instruction *instructions, size_t count) {
    memcpy(program->instructions, instructions, count * sizeof instructions[0]);
    program->count = (uint32_t)count;
    for (int i = 0; i < NJ_RANDOM_MATH_SIDE_BY_SIDE; i++) program->compiled[i] = NULL;
    for (size_t i = 0; i < count; i++) {
        nj_random_math_instruction step = instructions[i];
        program->steps[i].handler = handlers[step.opcode][step.dst][step.src];
        program->steps[i].constant = step.constant;
    }
    program->steps[count] = (nj_random_math_step){finish, 0};
}

void nj_random_math_run(
    nj_implementation implementation, const nj_random_math_program *program, nj_random_math_registers *registers) {
    if (implementation == NJ_NATIVE)
        nj_random_math_run_threaded(program, registers);
    else
        nj_random_math_run_portable(program, registers);
}

void nj_random_math_run_hashes(const nj_random_math_program *program, nj_random_math_hash *hashes, int count) {
#ifdef __x86_64__
    nj_random_math_run_compiled(program, hashes, count);
#else
    (void)program, (void)hashes, (void)count;
    __builtin_trap();
#endif
}
