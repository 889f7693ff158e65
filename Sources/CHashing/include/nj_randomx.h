#pragma once
// RandomX's hot loops (doc/specs.md of tevador/RandomX; section numbers below are its): the AES generators,
// SuperscalarHash and dataset items, and the virtual machine. Swift makes the superscalar programs and the decoded VM
// programs that the loops run. All sizes are in bytes and all memory is little-endian. Functions that take only const
// structures may run on many threads at once.
#include <stddef.h>
#include <stdint.h>

#include "nj_implementation.h"

// MARK: AES generators (3.2 to 3.4)

/// AesGenerator1R: `size` bytes (a multiple of 64) into `output`; `state` advances.
void nj_rx_fill_1r(nj_implementation implementation, uint8_t state[64], void *output, size_t size);
/// AesGenerator4R with eight 16-byte round keys in the specification's order: `size` bytes (a multiple of 64) into
/// `output`; `state` advances.
void nj_rx_fill_4r(nj_implementation implementation, const void *keys, uint8_t state[64], void *output, size_t size);
/// AesHash1R of `size` bytes, a multiple of 64.
void nj_rx_hash_1r(nj_implementation implementation, const void *input, size_t size, uint8_t hash[64]);
/// AesHash1R of `size` bytes of `memory`, which AesGenerator1R fills again at the same time. It needs only one pass
/// over memory that is too big for the near caches.
void nj_rx_hash_fill_1r(
    nj_implementation implementation, void *memory, size_t size, uint8_t hash[64], uint8_t state[64]);

/// NJ_RX_MIX_AES: four AES rounds on each of the four 16-byte values of `f`, with the four of `e` as keys in turn.
void nj_rx_mix(nj_implementation implementation, uint8_t f[64], const uint8_t e[64]);

// MARK: Cache and dataset (6, 7)

/// Wide multiplication: the high half of the 128-bit product.
typedef enum nj_rx_wide : uint8_t {
    NJ_RX_WIDE_NONE,
    NJ_RX_WIDE_UNSIGNED,
    NJ_RX_WIDE_SIGNED,
} nj_rx_wide;

/// Up to five superscalar instructions, one of each kind, executed in the order of the formulas. A superscalar program
/// is thousands of random instructions, so an interpreter that branches on each instruction's kind spends its time on
/// mispredicted jumps. Here only the rare wide multiplication is a branch. A slot without an instruction works on an
/// idle register.
typedef struct nj_rx_bundle {
    uint64_t multiply_constant;  // r[multiply_dst] *= r[multiply_src] + multiply_constant
    int32_t add_constant;        // r[add_dst] += r[add_src] * add_factor + add_constant
    int32_t xor_constant;        // r[xor_dst] ^= r[xor_src] + xor_constant
    uint8_t multiply_dst, multiply_src;
    uint8_t add_dst, add_src;
    int8_t add_factor;
    uint8_t xor_dst, xor_src;
    uint8_t rotate_dst, rotate_count;  // r[rotate_dst] >>>= rotate_count
    nj_rx_wide wide;                   // r[wide_dst] = high half of r[wide_dst] * r[wide_src]
    uint8_t wide_dst, wide_src;
} nj_rx_bundle;

/// The source register that always holds zero, for operands and addresses that are only a constant.
#define NJ_RX_ZERO_REGISTER 8
/// The first of four registers that idle slots write, one for each of the first four slots.
#define NJ_RX_IDLE_REGISTER 9

typedef struct nj_rx_superscalar {
    const nj_rx_bundle *bundles;
    uint32_t count;
    /// The register that chooses the next cache line.
    uint32_t address_register;
} nj_rx_superscalar;

/// Everything from which a dataset item is computed.
typedef struct nj_rx_cache {
    /// The filled Argon2 memory.
    const uint8_t *memory;
    /// Number of 64-byte lines in `memory` less 1; the number is a power of two.
    uint64_t line_mask;
    const nj_rx_superscalar *programs;
    uint32_t program_count;
} nj_rx_cache;

/// Computes `count` dataset items by their numbers (7.3), eight words each. Two items take little longer than one.
void nj_rx_dataset_items(const nj_rx_cache *cache, const uint64_t *numbers, size_t count, uint64_t (*items)[8]);

// MARK: Virtual machine (4, 5)

/// A decoded VM instruction's operation. `M` operands are scratchpad words at (src + immediate) & mask.
typedef enum nj_rx_opcode : uint8_t {
    NJ_RX_NOP,
    NJ_RX_IADD_RS,  // dst += (src << shift) + immediate
    NJ_RX_IADD_M,
    NJ_RX_ISUB_R,
    NJ_RX_ISUB_C,  // dst -= immediate
    NJ_RX_ISUB_M,
    NJ_RX_IMUL_R,
    NJ_RX_IMUL_C,  // dst *= immediate; IMUL_RCP as well
    NJ_RX_IMUL_M,
    NJ_RX_IMULH_R,
    NJ_RX_IMULH_M,
    NJ_RX_ISMULH_R,
    NJ_RX_ISMULH_M,
    NJ_RX_INEG_R,
    NJ_RX_IXOR_R,
    NJ_RX_IXOR_C,  // dst ^= immediate
    NJ_RX_IXOR_M,
    NJ_RX_IROR_R,
    NJ_RX_IROR_C,  // dst >>>= immediate
    NJ_RX_IROL_R,
    NJ_RX_ISWAP_R,
    NJ_RX_FSWAP_F,  // FSWAP_R on a group F register
    NJ_RX_FSWAP_E,  // FSWAP_R on a group E register
    NJ_RX_FADD_R,
    NJ_RX_FADD_M,
    NJ_RX_FSUB_R,
    NJ_RX_FSUB_M,
    NJ_RX_FSCAL_R,
    NJ_RX_FMUL_R,
    NJ_RX_FDIV_M,
    NJ_RX_FSQRT_R,
    NJ_RX_CBRANCH,  // dst += immediate; if (dst & mask) == 0, go on at `target`
    NJ_RX_CFROUND,  // x = src >>> immediate; if (x & mask) == 0, rounding mode = low 2 bits of x
    NJ_RX_ISTORE,   // scratchpad word at (dst + immediate) & mask = src
} nj_rx_opcode;

typedef struct nj_rx_instruction {
    nj_rx_opcode opcode;
    /// Register numbers: 0 to 7 for integers (src also NJ_RX_ZERO_REGISTER), 0 to 3 for a floating-point group.
    uint8_t dst, src;
    uint8_t shift;
    /// Address mask, or CBRANCH's or CFROUND's condition mask.
    uint32_t mask;
    uint64_t immediate;
    /// CBRANCH: the index of the instruction to jump to.
    uint32_t target;
} nj_rx_instruction;

/// The register file as it is hashed: r0-r7, f0-f3, e0-e3, a0-a3. A floating-point register is its low half, then its
/// high half, as IEEE 754 bits.
typedef struct nj_rx_registers {
    uint64_t r[8];
    uint64_t f[8];
    uint64_t e[8];
    uint64_t a[8];
} nj_rx_registers;

/// Reads dataset items: `read` gets `source` and `count` item numbers, and writes eight words for each.
typedef struct nj_rx_dataset {
    void (*read)(const void *source, const uint64_t *numbers, size_t count, uint64_t (*items)[8]);
    const void *source;
} nj_rx_dataset;

/// A dataset that is computed from a cache as it is read (light mode).
nj_rx_dataset nj_rx_dataset_from_cache(const nj_rx_cache *cache);

/// How group F is changed at the end of an iteration (4.6.2, step 10).
typedef enum nj_rx_mixing : uint8_t {
    NJ_RX_MIX_XOR,  // v1: f_i ^= e_i
    NJ_RX_MIX_AES,  // v2: one AES round with e0 as key: f0 encrypts, f1 decrypts, f2 encrypts, f3 decrypts; then e1, e2, e3
} nj_rx_mixing;

/// The memory register that gets an iteration's address bits (4.3, `mp`; 4.6.2, step 5). The item to read is always the
/// one in `ma` before.
typedef enum nj_rx_prefetch : uint8_t {
    NJ_RX_PREFETCH_MX,  // v1: the item of the next iteration
    NJ_RX_PREFETCH_MA,  // v2: the item of the one after it
} nj_rx_prefetch;

/// A decoded program with its configuration (4.5).
typedef struct nj_rx_program {
    const nj_rx_instruction *instructions;
    uint32_t count;
    uint32_t iterations;
    /// Memory registers at the start.
    uint32_t ma, mx;
    /// readReg0 to readReg3.
    uint8_t address_registers[4];
    /// The first item of this program's part of the dataset.
    uint64_t dataset_offset;
    /// `RANDOMX_DATASET_BASE_SIZE` less 1.
    uint32_t dataset_mask;
    /// The mask of 64-byte aligned addresses in the scratchpad's third level.
    uint32_t scratchpad_mask;
    /// The bits that are set in the halves of each group E operand: exponent and low fraction bits (4.5.6).
    uint64_t e_mask[2];
    nj_rx_mixing mixing;
    nj_rx_prefetch prefetch;
    /// The code for the AES rounds of NJ_RX_MIX_AES.
    nj_implementation implementation;
} nj_rx_program;

/// Runs a program's instructions once over `registers`, under rounding mode `rounding` (0 to 3, 4.3), which CFROUND
/// changes. The caller's floating-point environment is restored.
void nj_rx_step(const nj_rx_program *program, nj_rx_registers *registers, uint8_t *scratchpad, uint32_t *rounding);

/// Runs a whole program (4.6). The caller sets `registers->a`; this writes r, f and e. The caller's floating-point
/// environment is restored.
void nj_rx_execute(
    const nj_rx_program *program, nj_rx_registers *registers, uint8_t *scratchpad, const nj_rx_dataset *dataset,
    uint32_t *rounding);
