// CryptoNight in plain C: integers only, the oracle.
#include "aes_portable.h"
#include "cryptonight_phases.h"
#include "cryptonight_random_math.h"

#define NJ_TARGET
#define KEEP_SCALAR(x, y)

typedef struct {
    uint64_t low, high;
} block;

static inline block block_load(const void *bytes) { return (block){nj_load64(bytes), nj_load64((const char *)bytes + 8)}; }

static inline void block_store(void *bytes, block x) {
    nj_store64(bytes, x.low);
    nj_store64((char *)bytes + 8, x.high);
}

static inline block block_make(uint64_t low, uint64_t high) { return (block){low, high}; }
static inline uint64_t block_low(block x) { return x.low; }
static inline uint64_t block_high(block x) { return x.high; }
static inline block block_xor(block x, block y) { return (block){x.low ^ y.low, x.high ^ y.high}; }
static inline block block_add(block x, block y) { return (block){x.low + y.low, x.high + y.high}; }

static inline block block_aes(block x, block key) {
    nj_aes_state result = nj_aes_encrypt_portable(nj_aes_load(&x), nj_aes_load(&key));
    memcpy(&x, &result, sizeof x);
    return x;
}

// The root r is the largest integer with (r + 2³³)² ≤ 4 (2⁶⁴ + n), that is, r² + 2³⁴ r ≤ 4 n. Bit by bit, from the
// highest: setting bit k of r adds 2ᵏ (2 r + 2ᵏ + 2³⁴) to the left side, and `rest` is what that may still take.
static inline uint64_t root(uint64_t n) {
    unsigned __int128 rest = (unsigned __int128)n << 2;
    uint64_t r = 0;
    for (int k = 31; k >= 0; k--) {
        unsigned __int128 step = (unsigned __int128)(2 * r + ((uint64_t)1 << k) + ((uint64_t)1 << 34)) << k;
        if (step <= rest) {
            rest -= step;
            r += (uint64_t)1 << k;
        }
    }
    return r;
}

static inline void run_program(const nj_random_math_program *program, nj_random_math_registers *registers) {
    nj_random_math_run_portable(program, registers);
}

#include "cryptonight_template.h"

void nj_cryptonight_phases_portable(const nj_cryptonight *cn, uint8_t state[200], uint64_t tweak) {
    explode(cn, state);
    main_loop(cn, state, tweak);
    implode(cn, state);
}

uint64_t nj_cryptonight_root_portable(uint64_t n) { return root(n); }
