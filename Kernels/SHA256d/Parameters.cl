// The parameters of the SHA-256d kernels. The host's prelude defines all of them. There are no defaults, so that a
// forgotten one is an error.
#ifndef NIGHTJAR_SHA256D_PARAMETERS_CL
#define NIGHTJAR_SHA256D_PARAMETERS_CL

// The number of nonces that a work-item of the scan hashes side by side: 1, 2, 4, 8 or 16.
#ifndef NJ_SHA256D_WIDTH
#error "NJ_SHA256D_WIDTH is not defined"
#endif
// 1 if all rounds of the scan are written out; 0 if loops run sixteen at a time, which a compiler for CPUs builds
// faster.
#ifndef NJ_SHA256D_UNROLL
#error "NJ_SHA256D_UNROLL is not defined"
#endif
// 1 if the scan multiplies by one where it adds. GPUs that multiply in a unit of its own then rotate and add at the same
// time.
#ifndef NJ_SHA256D_MULTIPLY
#error "NJ_SHA256D_MULTIPLY is not defined"
#endif
// Work-items of a group.
#ifndef NJ_GROUP_HASH
#error "NJ_GROUP_HASH is not defined"
#endif

#define NJ_GROUP_OF(items) __attribute__((reqd_work_group_size(items, 1, 1)))

#endif
