// The SHA-256d search with AVX2: eight hashes at a time.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdint.h>

#define TARGET __attribute__((target("avx2")))
#define WIDTH 8
#define GROUPS 1
#define PLACES ((vector){0, 1, 2, 3, 4, 5, 6, 7})
typedef uint32_t vector __attribute__((vector_size(32)));

TARGET static inline vector swapped(vector x) {
    const __m256i order = _mm256_set_epi32(
        0x0C0D0E0F, 0x08090A0B, 0x04050607, 0x00010203, 0x0C0D0E0F, 0x08090A0B, 0x04050607, 0x00010203);
    return (vector)_mm256_shuffle_epi8((__m256i)x, order);
}

#define SWAP(x) swapped(x)
#define BITS(x, limit) _mm256_movemask_ps((__m256)((x) <= (limit)))
#include "sha256d_unrolled.h"
#include "sha256d_steps.h"

const nj_sha256d_kernel nj_sha256d_avx2 = {.nonces = 8, .search = search, .checksum = checksum};
#endif
