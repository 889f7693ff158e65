// The entry into compiled RandomX code: the processor's state, which Swift cannot control.
#include "nj_randomx_jit.h"

#include "nj_rounding.h"

#if defined(__x86_64__)
// When code was written through another mapping than the one it runs from, the processor is only sure to see it after a
// serialising instruction (Intel's Software Developer's Manual, volume 3, 10.1.3; AMD's Programmer's Manual, volume 2,
// 7.6.1). IRETQ to the next instruction is one and takes about a hundred cycles. CPUID is one too, but it exits a
// virtual machine and then takes tens of thousands.
static inline void serialise(void) {
    uint64_t temporary;
    __asm__ volatile("lea -128(%%rsp), %%rsp\n\t"  // over the red zone
                     "mov %%rsp, %0\n\t"
                     "pushq $0\n\t"
                     "mov %%ss, (%%rsp)\n\t"
                     "push %0\n\t"
                     "pushfq\n\t"
                     "pushq $0\n\t"
                     "mov %%cs, (%%rsp)\n\t"
                     "lea 1f(%%rip), %0\n\t"
                     "push %0\n\t"
                     "iretq\n"
                     "1:\n\t"
                     "lea 128(%%rsp), %%rsp"
                     : "=&r"(temporary)
                     :
                     : "memory");
}

void nj_rx_execute_compiled(
    const void *code, const void *memory, uint8_t *scratchpads, nj_rx_registers *registers, const void *item,
    uint32_t *roundings) {
    serialise();
    nj_environment caller = nj_enter_environment(*roundings);
    ((nj_rx_compiled_programs *)code)(memory, scratchpads, registers, item, roundings);
    nj_leave_environment(&caller);
}

void nj_rx_write_compiled_items(const void *code, const void *cache, void *output, uint64_t first, uint64_t end) {
    serialise();
    ((nj_rx_compiled_items *)code)(cache, output, first, end);
    _mm_sfence();  // the stores of items bypass the caches
}

bool nj_rx_bmi2_available(void) { return __builtin_cpu_supports("bmi2"); }

bool nj_rx_embedded_rounding_available(void) { return __builtin_cpu_supports("avx512f"); }

bool nj_rx_item_batches_available(void) { return __builtin_cpu_supports("avx2") && nj_rx_bmi2_available(); }

bool nj_rx_item_lanes_available(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
}
#else
// There is no emitter for other processors, so these are never called.
void nj_rx_execute_compiled(
    const void *code, const void *memory, uint8_t *scratchpads, nj_rx_registers *registers, const void *item,
    uint32_t *roundings) {
    (void)code, (void)memory, (void)scratchpads, (void)registers, (void)item, (void)roundings;
    __builtin_trap();
}

void nj_rx_write_compiled_items(const void *code, const void *cache, void *output, uint64_t first, uint64_t end) {
    (void)code, (void)cache, (void)output, (void)first, (void)end;
    __builtin_trap();
}

bool nj_rx_bmi2_available(void) { return false; }

bool nj_rx_embedded_rounding_available(void) { return false; }

bool nj_rx_item_batches_available(void) { return false; }

bool nj_rx_item_lanes_available(void) { return false; }
#endif
