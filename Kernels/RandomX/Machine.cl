// RandomX's virtual machine (doc/specs.md, 4): a work-item's registers.
#ifndef NIGHTJAR_RANDOMX_MACHINE_CL
#define NIGHTJAR_RANDOMX_MACHINE_CL

#include "Primitives/DirectedRounding.cl"
#include "RandomX/Decode.cl"

// Registers are in local memory, those of the group side by side. So work-items never contend for a bank, even when
// they use different registers at the same time.
typedef struct {
    __local ulong *r;
    __local double *f, *e, *a;
    __global ulong *pad;
    ulong e_mask0, e_mask1;
    uint mode;
} nj_rx_machine;

// After r, and the register that is zero: the address bits that the next iteration gets from r.
#define NJ_RX_ROW_MIX (NJ_RX_ZERO_REGISTER + 1)

// The registers of the machine `m`. f, e and a have two halves each: the low half, then the high half, side by side.
#define NJ_RX_R(i) m->r[NJ_GROUP_LOOP * (i)]
#define NJ_RX_F(i) m->f[NJ_RX_HALF(i)]
#define NJ_RX_E(i) m->e[NJ_RX_HALF(i)]
#define NJ_RX_A(i) m->a[NJ_RX_HALF(i)]
#define NJ_RX_HALF(i) (NJ_GROUP_LOOP * ((i) & ~1u) + ((i)&1u))

// The bits of a group E operand that are kept when the program's mask is set (4.3.2).
#define NJ_RX_E_KEEP 0x00FFFFFFFFFFFFFFUL

// Two 32-bit signed integers in memory (4.3.1).
NJ_INLINE double nj_rx_low(const ulong word) { return (double)(int)(uint)word; }
NJ_INLINE double nj_rx_high(const ulong word) { return (double)(int)(uint)(word >> 32); }

NJ_INLINE double nj_rx_masked(const double x, const ulong mask) {
    return as_double((as_ulong(x) & NJ_RX_E_KEEP) | mask);
}

#endif
