// Argon2d's compression function with AVX-512: a vector is one register.
#if defined(__x86_64__)
#define TARGET "avx512f"
#define SEGMENT nj_argon2d_segment_avx512
#include "argon2d_wide.h"
#endif
