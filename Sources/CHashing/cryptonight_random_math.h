#pragma once
#include "nj_cryptonight.h"

// Both give the same results.
void nj_random_math_run_portable(const nj_random_math_program *program, nj_random_math_registers *registers);

static inline void nj_random_math_run_threaded(
    const nj_random_math_program *program, nj_random_math_registers *registers) {
    const uint32_t *r = registers->r;
    program->steps[0].handler(r[0], r[1], r[2], r[3], program->steps, registers);
}

#ifdef __x86_64__
// This is not a C call, which would save every vector register. The code steps over the red zone below the stack
// pointer, which the compiler may use in a function without calls.
static inline __attribute__((always_inline)) void nj_random_math_run_compiled(
    const nj_random_math_program *program, nj_random_math_hash *hashes, int count) {
    const void *code = program->compiled[count - 1];
    __asm__ volatile("addq $-128, %%rsp\n\t"
                     "call *%[code]\n\t"
                     "subq $-128, %%rsp"
                     : [code] "+a"(code), "+D"(hashes)
                     :
                     : "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "cc", "memory");
}
#endif
