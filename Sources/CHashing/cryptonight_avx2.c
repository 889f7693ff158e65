// CryptoNight with AES-NI, AVX2 and BMI2: the same code on 128-bit registers, with three-operand instructions. Where
// the processor has VAES, two scratchpads are filled and folded at once.
#ifdef __x86_64__
#define NJ_TARGET __attribute__((target("aes,avx2,bmi2")))
#include "cryptonight_x86.h"

#include "cryptonight_template.h"

static int has_vaes(void) { return __builtin_cpu_supports("vaes") ? 1 : 0; }

NJ_TARGET void nj_cryptonight_phases_avx2(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) {
    const int pairs = width & ~1 & -has_vaes();
    const int exploded = cn->base == NJ_CRYPTONIGHT_GPU ? 0 : pairs;
    for (int i = 0; i < exploded; i += 2) nj_cryptonight_explode_vaes(cn, records + i, pad_of(cn, i));
    for (int i = exploded; i < width; i++) explode_one(cn, records, i);
    main_loop(cn, records, width);
    for (int i = 0; i < pairs; i += 2) nj_cryptonight_implode_vaes(cn, records + i, pad_of(cn, i));
    for (int i = pairs; i < width; i++) implode_one(cn, records, i);
}
#endif
