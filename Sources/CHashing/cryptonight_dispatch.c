// CryptoNight from input to digest, around the phases that have code for each instruction set.
#include "cryptonight_phases.h"
#include "nj_blake256.h"
#include "nj_bytes.h"
#include "nj_groestl256.h"
#include "nj_jh256.h"
#include "nj_keccak.h"
#include "nj_skein.h"

static void begin(const nj_cryptonight *cn, nj_cryptonight_input input, nj_cryptonight_record *record) {
    nj_keccak1600(input.bytes, input.length, record->words);
    record->tweak = 0;
    if (cn->base == NJ_CRYPTONIGHT_V1) {
        // A shorter input would be read beyond its end. That is the caller's error, so trap.
        if (input.length < 43) __builtin_trap();
        record->tweak = record->words[24] ^ nj_load64((const uint8_t *)input.bytes + 35);
    }
}

static void finish(const nj_cryptonight *cn, nj_cryptonight_record *record, uint8_t digest[32]) {
    nj_keccak_f1600(record->words);
    const uint8_t *state = (const uint8_t *)record->words;
    if (cn->base == NJ_CRYPTONIGHT_GPU) {
        memcpy(digest, state, 32);
        return;
    }
    switch (state[0] & 3) {
    case 0: nj_blake256(state, 200, digest); break;
    case 1: nj_groestl256(state, 200, digest); break;
    case 2: nj_jh256(state, 200, digest); break;
    case 3: nj_skein512_256(state, 200, digest); break;
    }
}

#ifdef __x86_64__
static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"); }
#endif

void nj_cryptonight_hash(
    const nj_cryptonight *cn, nj_implementation implementation, const nj_cryptonight_input *inputs, size_t count,
    uint8_t (*digests)[32]) {
    if (count < 1 || count > NJ_CRYPTONIGHT_WIDEST) __builtin_trap();
    nj_cryptonight_record records[NJ_CRYPTONIGHT_WIDEST];
    for (size_t i = 0; i < count; i++) begin(cn, inputs[i], &records[i]);

#ifdef __x86_64__
    if (implementation == NJ_NATIVE && !cn->narrow && has_avx2())
        nj_cryptonight_phases_avx2(cn, records, (int)count);
    else if (implementation == NJ_NATIVE)
        nj_cryptonight_phases_aesni(cn, records, (int)count);
    else
        nj_cryptonight_phases_portable(cn, records, (int)count);
#else
    (void)implementation;
    nj_cryptonight_phases_portable(cn, records, (int)count);
#endif

    for (size_t i = 0; i < count; i++) finish(cn, &records[i], digests[i]);
}

uint64_t nj_cryptonight_root(nj_implementation implementation, uint64_t n) {
#ifdef __x86_64__
    if (implementation == NJ_NATIVE) return nj_cryptonight_root_aesni(n);
#endif
    (void)implementation;
    return nj_cryptonight_root_portable(n);
}
