// The parameters of the RandomX kernels, with their sections in doc/specs.md of tevador/RandomX. The host's prelude
// defines all of them. There are no defaults, so that a forgotten one is an error and not a wrong hash.
#ifndef NIGHTJAR_RANDOMX_PARAMETERS_CL
#define NIGHTJAR_RANDOMX_PARAMETERS_CL

#include "Primitives/Inline.cl"

// Sizes of the scratchpad and of its lower levels in bytes (4.2): powers of two.
#ifndef NJ_RX_SCRATCHPAD_L3
#error "NJ_RX_SCRATCHPAD_L3 is not defined"
#endif
#ifndef NJ_RX_SCRATCHPAD_L2
#error "NJ_RX_SCRATCHPAD_L2 is not defined"
#endif
#ifndef NJ_RX_SCRATCHPAD_L1
#error "NJ_RX_SCRATCHPAD_L1 is not defined"
#endif
// Instructions of a program, at most 8192, and how often a program runs (4.6).
#ifndef NJ_RX_PROGRAM_SIZE
#error "NJ_RX_PROGRAM_SIZE is not defined"
#endif
#ifndef NJ_RX_PROGRAM_ITERATIONS
#error "NJ_RX_PROGRAM_ITERATIONS is not defined"
#endif
// CBRANCH's condition (5.4.2): its width, and the least bit it begins at.
#ifndef NJ_RX_JUMP_BITS
#error "NJ_RX_JUMP_BITS is not defined"
#endif
#ifndef NJ_RX_JUMP_OFFSET
#error "NJ_RX_JUMP_OFFSET is not defined"
#endif
// CFROUND changes the mode only where these bits of its rotated source are zero (5.4.1).
#ifndef NJ_RX_ROUNDING_GUARD
#error "NJ_RX_ROUNDING_GUARD is not defined"
#endif
// How group E goes into group F at an iteration's end (4.6.2, step 10): 0 by XOR, 1 by AES rounds.
#ifndef NJ_RX_MIX_AES
#error "NJ_RX_MIX_AES is not defined"
#endif
// The memory register that an iteration's address bits go into (4.6.2, step 5): 0 mx, 1 ma.
#ifndef NJ_RX_PREFETCH_MA
#error "NJ_RX_PREFETCH_MA is not defined"
#endif
// Whether a target is compared with Blake2b-256 of input and hash rather than with the hash: 0 or 1.
#ifndef NJ_RX_COMMITMENT
#error "NJ_RX_COMMITMENT is not defined"
#endif
// The meaning of each of the 256 opcodes: 256 numbers of the enumeration in Decode.cl.
#ifndef NJ_RX_OPCODES
#error "NJ_RX_OPCODES is not defined"
#endif
// AesGenerator4R's eight round keys (3.3): 32 little-endian words.
#ifndef NJ_RX_GENERATOR_KEYS
#error "NJ_RX_GENERATOR_KEYS is not defined"
#endif
// The dataset (7): a mask of addresses in its base, and the number of items that a program's part of it may begin at.
#ifndef NJ_RX_DATASET_MASK
#error "NJ_RX_DATASET_MASK is not defined"
#endif
#ifndef NJ_RX_DATASET_OFFSETS
#error "NJ_RX_DATASET_OFFSETS is not defined"
#endif
// The cache (7.1): its 64-byte lines, a power of two, and how many an item is made from.
#ifndef NJ_RX_CACHE_LINES
#error "NJ_RX_CACHE_LINES is not defined"
#endif
#ifndef NJ_RX_CACHE_ACCESSES
#error "NJ_RX_CACHE_ACCESSES is not defined"
#endif
// Work-items of a group in the kernels that have one work-item a hash: start, decode, reseed, finish.
#ifndef NJ_GROUP_HASH
#error "NJ_GROUP_HASH is not defined"
#endif
// Work-items of a group in the kernels that have four work-items a hash: fill, generate, digest.
#ifndef NJ_GROUP_FILL
#error "NJ_GROUP_FILL is not defined"
#endif
// Work-items, and hashes, of a group in execute.
#ifndef NJ_GROUP_LOOP
#error "NJ_GROUP_LOOP is not defined"
#endif
// Work-items, and items, of a group in dataset.
#ifndef NJ_GROUP_ITEMS
#error "NJ_GROUP_ITEMS is not defined"
#endif

#define NJ_GROUP_OF(items) __attribute__((reqd_work_group_size(items, 1, 1)))

// A hash's record: 64-bit words. The generators' state; the register file as it is hashed, r f e a; then what a program's
// configuration says (4.5), and what changes as it runs.
#define NJ_RX_STATE 0
#define NJ_RX_REGISTERS 8
#define NJ_RX_GROUP_F 16
#define NJ_RX_GROUP_E 24
#define NJ_RX_GROUP_A 32
#define NJ_RX_E_MASKS 40    // two words
#define NJ_RX_MEMORY 42     // ma, and mx in the high half
#define NJ_RX_SELECTION 43  // the program's first dataset item, and readReg0 to readReg3 as bytes in the high half
#define NJ_RX_ROUNDING 44   // fprc, which outlives a program
#define NJ_RX_LENGTHS 45    // of a program's streams: the integer one's, and the float one's in the high half
#define NJ_RX_RECORD_WORDS 46

// A program's random bytes (4.5): the configuration, then the instructions; in words.
#define NJ_RX_CONFIGURATION_WORDS 16
// AesGenerator4R gives 64 bytes at a time.
#define NJ_RX_RAW_WORDS ((NJ_RX_CONFIGURATION_WORDS + NJ_RX_PROGRAM_SIZE + 7) / 8 * 8)

#endif
