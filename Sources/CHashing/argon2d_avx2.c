// Argon2d's compression function with AVX2: a vector is two registers.
#if defined(__x86_64__)
#define TARGET "avx2"
#define SEGMENT nj_argon2d_segment_avx2
#include "argon2d_wide.h"
#endif
