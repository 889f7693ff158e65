// CryptoNight (CryptoNote standard CNS008) and its variants.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "nj_implementation.h"

/// The main loop's shape.
typedef enum {
    NJ_CRYPTONIGHT_V0 = 0,
    /// Needs 43 bytes of input.
    NJ_CRYPTONIGHT_V1 = 1,
    NJ_CRYPTONIGHT_V2 = 2,
    /// Needs a random program.
    NJ_CRYPTONIGHT_R = 4,
    /// cn/gpu: a floating-point loop of its own.
    NJ_CRYPTONIGHT_GPU = 5,
} nj_cryptonight_base;

/// What variants change in their base, as bits. Only the variants' combinations are compiled; any other traps.
enum {
    /// v1: the second store's high word is also XORed with the low word just stored.
    NJ_CRYPTONIGHT_LINKED = 1,
    /// v2: the shuffle reads its three neighbours in reverse order.
    NJ_CRYPTONIGHT_REVERSED = 2,
    /// v0: a float accumulator feeds into the block before the AES round.
    NJ_CRYPTONIGHT_CONCEAL = 4,
    /// Blocks are mixed in explode and implode, and a turn ends with a division. cn/gpu has the mixing too, with its
    /// own loop.
    NJ_CRYPTONIGHT_HEAVY = 8,
    /// Heavy: the divisor is complemented before it enters the next address.
    NJ_CRYPTONIGHT_COMPLEMENTED = 16,
    /// v1: the AES round takes the complement of the block, and each column of the result is XORed into that column of the
    /// input.
    NJ_CRYPTONIGHT_CHAINED = 32,
};

/// The most hashes that are computed at once.
enum { NJ_CRYPTONIGHT_WIDEST = 8 };

typedef enum {
    NJ_RANDOM_MATH_MUL,
    NJ_RANDOM_MATH_ADD,
    NJ_RANDOM_MATH_SUB,
    NJ_RANDOM_MATH_ROR,
    NJ_RANDOM_MATH_ROL,
    NJ_RANDOM_MATH_XOR,
} nj_random_math_opcode;

/// One instruction of CryptoNight-R's random program, on 32-bit registers.
typedef struct nj_random_math_instruction {
    /// A value of nj_random_math_opcode.
    uint8_t opcode;
    /// The register that it changes, 0 to 3.
    uint8_t dst;
    /// The register that it reads, 0 to 8.
    uint8_t src;
    /// The constant that ADD adds; 0 for other opcodes.
    uint32_t constant;
} nj_random_math_instruction;

enum { NJ_RANDOM_MATH_MAXIMUM = 70 };

struct nj_random_math_step;

/// The program's four registers; 4 to 8, constant during a run, follow them.
typedef struct nj_random_math_registers {
    uint32_t r[9];
} nj_random_math_registers;

/// A step's code: it executes its instruction on the given registers, then continues with the next step.
typedef void nj_random_math_handler(
    uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3, const struct nj_random_math_step *step,
    nj_random_math_registers *registers);

/// A prepared instruction: its code's address and its constant.
typedef struct nj_random_math_step {
    nj_random_math_handler *handler;
    uint32_t constant;
} nj_random_math_step;

/// The memory of one hash for a run of a compiled program.
typedef struct nj_random_math_hash {
    /// Registers 0 to 3, the lowest first; the run changes them.
    _Alignas(16) uint32_t r[4];
    /// The main loop's a and b, and the b before: register 4 is the low half of a[0], 5 of a[1], 6 of b[0], 7 of
    /// older_b[0], 8 of older_b[1].
    uint64_t a[2], b[2], older_b[2];
    /// The run writes r0 + r1 here and, in the high half, r2 + r3, with the values before the run.
    uint64_t sums;
} nj_random_math_hash;

/// The most hashes for which a compiled program runs at once.
enum { NJ_RANDOM_MATH_SIDE_BY_SIDE = 2 };

/// A random program in the forms for all implementations. Fill it with nj_random_math_prepare().
typedef struct nj_random_math_program {
    /// The program as x86-64 machine code: for one hash, and for two hashes that follow each other in memory. Null when
    /// there is none; the program is then interpreted. The code finds the hashes' memory at rdi, returns, and changes only
    /// rax, rbx, rcx, rdx, rsi, r8 to r12 and the flags.
    const void *compiled[NJ_RANDOM_MATH_SIDE_BY_SIDE];
    uint32_t count;
    nj_random_math_instruction instructions[NJ_RANDOM_MATH_MAXIMUM];
    nj_random_math_step steps[NJ_RANDOM_MATH_MAXIMUM + 1];
} nj_random_math_program;

/// Prepares a program of `count` instructions, at most NJ_RANDOM_MATH_MAXIMUM, without compiling it.
void nj_random_math_prepare(
    nj_random_math_program *program, const nj_random_math_instruction *instructions, size_t count);

/// Makes this thread run the newest code of a compiled program, whichever mapping it was written through.
void nj_synchronise_code(void);

/// Runs the compiled program once for `count` hashes, 1 to NJ_RANDOM_MATH_SIDE_BY_SIDE. There must be one. For tests.
void nj_random_math_run_hashes(const nj_random_math_program *program, nj_random_math_hash *hashes, int count);

/// Interprets a program once. It changes registers 0 to 3.
void nj_random_math_run(
    nj_implementation implementation, const nj_random_math_program *program, nj_random_math_registers *registers);

/// A CryptoNight variant with its scratchpads.
typedef struct nj_cryptonight {
    nj_cryptonight_base base;
    /// NJ_CRYPTONIGHT_LINKED and so on.
    uint32_t features;
    /// The mask that turns a word into an offset in the scratchpad, in bytes; a multiple of 16 below `memory`.
    uint32_t mask;
    /// Turns of the main loop.
    uint64_t iterations;
    /// Bytes of one scratchpad, a multiple of 128.
    size_t memory;
    /// One scratchpad for each hash at once, one after the other, 64-byte aligned. Their content before a hash does not
    /// matter.
    uint8_t *scratchpads;
    /// R's random program; others ignore it.
    const nj_random_math_program *program;
    /// Makes native code use only AES-NI and SSE4.1, for tests.
    uint8_t narrow;
} nj_cryptonight;

/// An input. It may be empty, and then null.
typedef struct nj_cryptonight_input {
    const void *bytes;
    size_t length;
} nj_cryptonight_input;

/// Computes the 32-byte hashes of `count` inputs at once, 1 to NJ_CRYPTONIGHT_WIDEST. Their main loops take turns, so
/// that one hash waits for its scratchpad while others compute. Two threads must not use the same scratchpads at once.
void nj_cryptonight_hash(
    const nj_cryptonight *parameters, nj_implementation implementation, const nj_cryptonight_input *inputs,
    size_t count, uint8_t (*digests)[32]);

/// floor(2 √(2⁶⁴ + n)) − 2³³: CryptoNight v2's square root. Exported for its test.
uint64_t nj_cryptonight_root(nj_implementation implementation, uint64_t n);
