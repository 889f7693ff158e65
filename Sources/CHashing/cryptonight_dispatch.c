// CryptoNight from input to digest, around the phases that instruction sets differ in.
#include "cryptonight_phases.h"
#include "nj_blake256.h"
#include "nj_bytes.h"
#include "nj_groestl256.h"
#include "nj_jh256.h"
#include "nj_keccak.h"
#include "nj_skein.h"

void nj_cryptonight_hash(
    const nj_cryptonight *cn, nj_implementation implementation, const void *input, size_t length, uint8_t digest[32]) {
    _Alignas(16) uint64_t words[25];
    uint8_t *state = (uint8_t *)words;
    nj_keccak1600(input, length, words);

    uint64_t tweak = 0;
    if (cn->base == NJ_CRYPTONIGHT_V1) {
        // A shorter input would be read beyond its end: a caller's error that must not pass.
        if (length < 43) __builtin_trap();
        tweak = words[24] ^ nj_load64((const uint8_t *)input + 35);
    }

#ifdef __x86_64__
    if (implementation == NJ_NATIVE)
        nj_cryptonight_phases_aesni(cn, state, tweak);
    else
        nj_cryptonight_phases_portable(cn, state, tweak);
#else
    (void)implementation;
    nj_cryptonight_phases_portable(cn, state, tweak);
#endif

    nj_keccak_f1600(words);
    switch (state[0] & 3) {
    case 0: nj_blake256(state, 200, digest); break;
    case 1: nj_groestl256(state, 200, digest); break;
    case 2: nj_jh256(state, 200, digest); break;
    case 3: nj_skein512_256(state, 200, digest); break;
    }
}

uint64_t nj_cryptonight_root(nj_implementation implementation, uint64_t n) {
#ifdef __x86_64__
    if (implementation == NJ_NATIVE) return nj_cryptonight_root_aesni(n);
#endif
    (void)implementation;
    return nj_cryptonight_root_portable(n);
}
