// The parameters of the CryptoNight kernels. The host's prelude defines all of them. There are no defaults, so that a
// forgotten one is an error and not a wrong hash.
#ifndef NIGHTJAR_CRYPTONIGHT_PARAMETERS_CL
#define NIGHTJAR_CRYPTONIGHT_PARAMETERS_CL

#include "Primitives/Inline.cl"

// The main loop's shape: 0, 1, 2, 4 for CryptoNight-R, or 5 for the floating-point loop of cn/gpu.
#ifndef NJ_CN_BASE
#error "NJ_CN_BASE is not defined"
#endif
// What variants change about their base. Each is 1 or 0.
//
// Base 1: the second store's high word is also XORed with the low word just stored.
#ifndef NJ_CN_LINKED_STORE
#error "NJ_CN_LINKED_STORE is not defined"
#endif
// Base 2: the shuffle reads its three neighbours in reverse order.
#ifndef NJ_CN_REVERSED_SHUFFLE
#error "NJ_CN_REVERSED_SHUFFLE is not defined"
#endif
// Base 0: a float accumulator feeds into the block before the AES round.
#ifndef NJ_CN_FLOAT_FEEDBACK
#error "NJ_CN_FLOAT_FEEDBACK is not defined"
#endif
// Blocks are mixed when the scratchpad is filled and folded. A turn ends with a division, except for base 5.
#ifndef NJ_CN_HEAVY
#error "NJ_CN_HEAVY is not defined"
#endif
// With NJ_CN_HEAVY: the divisor is complemented before it enters the next address.
#ifndef NJ_CN_COMPLEMENTED_DIVISOR
#error "NJ_CN_COMPLEMENTED_DIVISOR is not defined"
#endif
// Base 1: the AES round takes the block's complement, and each column of its result changes that column of its input.
#ifndef NJ_CN_CHAINED_ROUND
#error "NJ_CN_CHAINED_ROUND is not defined"
#endif
// Divisions are by a reciprocal: 1 on GPUs, which have no instruction for them.
#ifndef NJ_CN_RECIPROCALS
#error "NJ_CN_RECIPROCALS is not defined"
#endif
// How often a group has each entry of its AES table in explode and implode: 1, or 32 for local memory of 32 banks.
#ifndef NJ_CN_TABLE_BANKS
#error "NJ_CN_TABLE_BANKS is not defined"
#endif
// Scratchpad size in bytes: a power of two, at least 128.
#ifndef NJ_CN_MEMORY
#error "NJ_CN_MEMORY is not defined"
#endif
// The mask that makes an address, in bytes, of a 64-bit word: below NJ_CN_MEMORY, and a multiple of 16, or of 64 for
// base 5.
#ifndef NJ_CN_MASK
#error "NJ_CN_MASK is not defined"
#endif
// The number of scratchpads that alternate by 64 bytes in memory; 1 if each is contiguous.
#ifndef NJ_PAD_INTERLEAVE
#error "NJ_PAD_INTERLEAVE is not defined"
#endif
// Work-items of a group in the kernels that have one work-item a hash: absorb, finish.
#ifndef NJ_GROUP_HASH
#error "NJ_GROUP_HASH is not defined"
#endif
// Work-items of a group in the kernels that have eight work-items a hash: explode, implode. A multiple of eight if
// NJ_CN_HEAVY.
#ifndef NJ_GROUP_FILL
#error "NJ_GROUP_FILL is not defined"
#endif
// Hashes of a group in the main loop, which has one work-item a hash, or sixteen for base 5.
#ifndef NJ_GROUP_LOOP
#error "NJ_GROUP_LOOP is not defined"
#endif
#if NJ_CN_HEAVY && NJ_GROUP_FILL % 8 != 0
#error "NJ_GROUP_FILL is not a multiple of 8"
#endif

// How many turns the main loop is unrolled to; base 5 ignores it.
#ifndef NJ_CN_UNROLL
#error "NJ_CN_UNROLL is not defined"
#endif

// The words of a hash's record in `states`: the 25 words of Keccak's state, cn/1's tweak, and the main loop's state
// between two launches, ten words at most.
#ifndef NJ_STATE_WORDS
#error "NJ_STATE_WORDS is not defined"
#endif
#define NJ_STATE_TWEAK 25
#define NJ_STATE_LOOP 26

#define NJ_GROUP_OF(items) __attribute__((reqd_work_group_size(items, 1, 1)))

#endif
