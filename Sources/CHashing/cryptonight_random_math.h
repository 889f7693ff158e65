#pragma once
#include "nj_cryptonight.h"

// Both give the same registers.
void nj_random_math_run_portable(const nj_random_math_program *program, nj_random_math_registers *registers);

static inline void nj_random_math_run_threaded(
    const nj_random_math_program *program, nj_random_math_registers *registers) {
    const uint32_t *r = registers->r;
    program->steps[0].handler(r[0], r[1], r[2], r[3], program->steps, registers);
}
