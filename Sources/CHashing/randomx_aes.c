// The choice of the instruction set for RandomX's AES generators.
#include "randomx_aes.h"

#include "nj_randomx.h"

#if defined(__x86_64__)
#define DISPATCH(function, ...)               \
    do {                                      \
        if (implementation == NJ_NATIVE)      \
            function##_aesni(__VA_ARGS__);    \
        else                                  \
            function##_portable(__VA_ARGS__); \
    } while (0)
#else
#define DISPATCH(function, ...) ((void)implementation, function##_portable(__VA_ARGS__))
#endif

void nj_rx_fill_1r(nj_implementation implementation, uint8_t state[64], void *output, size_t size) {
    DISPATCH(nj_rx_fill_1r, state, output, size);
}

void nj_rx_fill_4r(nj_implementation implementation, const void *keys, uint8_t state[64], void *output, size_t size) {
    DISPATCH(nj_rx_fill_4r, keys, state, output, size);
}

void nj_rx_hash_1r(nj_implementation implementation, const void *input, size_t size, uint8_t hash[64]) {
    DISPATCH(nj_rx_hash_1r, input, size, hash);
}

void nj_rx_hash_fill_1r(
    nj_implementation implementation, void *memory, size_t size, uint8_t hash[64], uint8_t state[64]) {
    DISPATCH(nj_rx_hash_fill_1r, memory, size, hash, state);
}

void nj_rx_mix(nj_implementation implementation, uint8_t f[64], const uint8_t e[64]) { DISPATCH(nj_rx_mix, f, e); }
