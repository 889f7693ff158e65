#include "nj_add_chain.h"

// The empty statement keeps the compiler from computing the sum of several additions at once.
#define ADD      \
    sum += step; \
    __asm__ volatile("" : "+r"(sum));
#define ADD8 ADD ADD ADD ADD ADD ADD ADD ADD

uint64_t nj_add_chain(uint64_t count) {
    uint64_t sum = 0, step = count;
    // Not a constant: adding one might become another instruction.
    __asm__ volatile("" : "+r"(step));
    for (uint64_t i = 0; i < count; i++) {
        ADD8 ADD8 ADD8 ADD8 ADD8 ADD8 ADD8 ADD8
    }
    return sum;
}
