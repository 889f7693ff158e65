// CryptoNight with AES-NI and SSE4.1.
#ifdef __x86_64__
#define NJ_TARGET __attribute__((target("aes,sse4.1")))
#include "cryptonight_x86.h"

#include "cryptonight_template.h"

NJ_TARGET void nj_cryptonight_phases_aesni(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) {
    for (int i = 0; i < width; i++) explode_one(cn, records, i);
    main_loop(cn, records, width);
    for (int i = 0; i < width; i++) implode_one(cn, records, i);
}

NJ_TARGET uint64_t nj_cryptonight_root_aesni(uint64_t n) { return root(n); }
#endif
