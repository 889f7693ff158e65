// What the CryptoNight kernels are compiled for. The host's prelude defines all of these; there are no defaults, so that
// a forgotten one is an error and not a wrong hash.
#ifndef NIGHTJAR_CRYPTONIGHT_PARAMETERS_CL
#define NIGHTJAR_CRYPTONIGHT_PARAMETERS_CL

// The main loop's shape: 0, 1, 2, or 4 for CryptoNight-R.
#ifndef NJ_CN_BASE
#error "NJ_CN_BASE is not defined"
#endif
// Scratchpad size in bytes: a power of two, at least 128.
#ifndef NJ_CN_MEMORY
#error "NJ_CN_MEMORY is not defined"
#endif
// Turns of the main loop.
#ifndef NJ_CN_ITERATIONS
#error "NJ_CN_ITERATIONS is not defined"
#endif
// Makes an address in bytes of a 64-bit word; below NJ_CN_MEMORY, a multiple of 16.
#ifndef NJ_CN_MASK
#error "NJ_CN_MASK is not defined"
#endif
// Scratchpads that share a stretch of memory, alternating by 64 bytes. 1: each is contiguous.
#ifndef NJ_PAD_INTERLEAVE
#error "NJ_PAD_INTERLEAVE is not defined"
#endif
// Work-items of a group in the kernels that have one work-item a hash: absorb, finish.
#ifndef NJ_GROUP_HASH
#error "NJ_GROUP_HASH is not defined"
#endif
// Work-items of a group in the kernels that have eight work-items a hash: explode, implode.
#ifndef NJ_GROUP_FILL
#error "NJ_GROUP_FILL is not defined"
#endif
// Work-items, and hashes, of a group in the main loop.
#ifndef NJ_GROUP_LOOP
#error "NJ_GROUP_LOOP is not defined"
#endif

// A hash's record in `states`: the 25 words of Keccak's state, then cn/1's tweak.
#define NJ_STATE_WORDS 26
#define NJ_STATE_TWEAK 25

#define NJ_GROUP_OF(items) __attribute__((reqd_work_group_size(items, 1, 1)))

#endif
