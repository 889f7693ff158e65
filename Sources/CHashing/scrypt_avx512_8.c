// scrypt with AVX-512's rotation and registers, in vectors of half its width: 1 MiB of scratchpads, where 16 lanes need
// 2 MiB.
#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx512f,avx512vl")))
#define NAME nj_scrypt_lanes_avx512_8
#include "scrypt_lanes.h"
#endif
