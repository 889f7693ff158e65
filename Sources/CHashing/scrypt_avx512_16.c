// scrypt with AVX-512: one group of 16 lanes, or two.
#if defined(__x86_64__)
#define LANES 16
#define PAIR
#define TARGET __attribute__((target("avx512f,avx512bw")))
#define NAME nj_scrypt_lanes_avx512_16
#include "scrypt_lanes.h"
#endif
