// The choice of code for several scrypt hashes, and of groups for their number.
#include "nj_scrypt.h"
#include "scrypt_lanes_code.h"

// A number of hashes at once, and the function for up to as many.
typedef struct {
    size_t width;
    nj_scrypt_lanes *hash;
} group;

static void one(const uint8_t *input, size_t length, size_t count, uint8_t *scratchpad, uint8_t (*digest)[32]) {
    (void)count;
    nj_scrypt(input, length, scratchpad, *digest);
}

// The groups of a code, ascending, with an empty one behind them; null when this processor cannot run it.
static const group *groups(nj_scrypt_code code) {
    static const group portable[] = {{1, one}, {}};
    static const group vector[] = {{4, nj_scrypt_lanes_vector}, {}};
#if defined(__x86_64__)
    static const group avx2[] = {{8, nj_scrypt_lanes_avx2}, {}};
    static const group avx512[] = {
        {8, nj_scrypt_lanes_avx512_8}, {16, nj_scrypt_lanes_avx512_16}, {32, nj_scrypt_lanes_avx512_16}, {}};
#endif
    switch (code) {
    case NJ_SCRYPT_PORTABLE: return portable;
    case NJ_SCRYPT_VECTOR: return vector;
#if defined(__x86_64__)
    case NJ_SCRYPT_AVX2: return __builtin_cpu_supports("avx2") ? avx2 : NULL;
    case NJ_SCRYPT_AVX512:
        return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") ? avx512 : NULL;
#endif
    default: return NULL;
    }
}

bool nj_scrypt_available(nj_scrypt_code code) { return groups(code) != NULL; }

nj_scrypt_code nj_scrypt_best(void) {
    if (nj_scrypt_available(NJ_SCRYPT_AVX512)) return NJ_SCRYPT_AVX512;
    return nj_scrypt_available(NJ_SCRYPT_AVX2) ? NJ_SCRYPT_AVX2 : NJ_SCRYPT_VECTOR;
}

size_t nj_scrypt_width(nj_scrypt_code code, size_t i) {
    const group *all = groups(code);
    while (i > 0 && all->width > 0) all++, i--;
    return all->width;
}

void nj_scrypt_hash(
    nj_scrypt_code code, const void *inputs, size_t length, size_t count, size_t width, void *scratchpads,
    uint8_t (*digests)[32]) {
    const group *all = groups(code);
    if (all->width > width) all = groups(NJ_SCRYPT_PORTABLE);
    const uint8_t *input = inputs;
    while (count > 0) {
        // The narrowest group for all that is left, or the widest.
        const group *g = all;
        while (g->width < count && g[1].width > 0 && g[1].width <= width) g++;
        size_t now = count < g->width ? count : g->width;
        g->hash(input, length, now, scratchpads, digests);
        // No input has an address when all are empty.
        if (length > 0) input += now * length;
        digests += now;
        count -= now;
    }
}
