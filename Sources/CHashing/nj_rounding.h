#pragma once
// The floating-point environment that RandomX's virtual machine runs in: all exceptions masked, and one of four
// rounding modes, numbered as in doc/specs.md 4.3: nearest, down, up, zero. Private to CHashing. Code that enters it
// leaves it before returning, so that callers never see it.
#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>

typedef uint32_t nj_environment;

// MXCSR's bits 13 and 14 number the modes as RandomX does. 0x1F80 masks all exceptions; denormals stay enabled, because
// no RandomX operation meets one.
static inline void nj_set_rounding(uint32_t mode) { _mm_setcsr(0x1F80 | (mode & 3) << 13); }

static inline nj_environment nj_enter_environment(uint32_t mode) {
    nj_environment caller = _mm_getcsr();
    nj_set_rounding(mode);
    return caller;
}

static inline void nj_leave_environment(const nj_environment *caller) { _mm_setcsr(*caller); }

#else
#include <fenv.h>

typedef fenv_t nj_environment;

static inline void nj_set_rounding(uint32_t mode) {
    static const int modes[4] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
    fesetround(modes[mode & 3]);
}

static inline nj_environment nj_enter_environment(uint32_t mode) {
    nj_environment caller;
    feholdexcept(&caller);
    nj_set_rounding(mode);
    return caller;
}

static inline void nj_leave_environment(const nj_environment *caller) { fesetenv(caller); }
#endif
