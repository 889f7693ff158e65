// scrypt with AVX2.
#if defined(__x86_64__)
#define LANES 8
#define TARGET __attribute__((target("avx2")))
#define NAME nj_scrypt_lanes_avx2
#include "scrypt_lanes.h"
#endif
