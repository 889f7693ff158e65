// CryptoNight in plain C with integers only. It is the reference for all faster code.
#include "aes_portable.h"
#include "cryptonight_phases.h"
#include "cryptonight_random_math.h"

#define NJ_TARGET
#define NJ_UNROLL
#define NJ_PER_WIDTH 0
#define NJ_RUNS_COMPILED 0
#define KEEP_SCALAR(x, y)
#define PREFETCH(address)

typedef struct {
    uint64_t low, high;
} block;

static inline block block_load(const void *bytes) {
    return (block){nj_load64(bytes), nj_load64((const char *)bytes + 8)};
}

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

static inline block block_aes_chained(block x, block key) {
    nj_aes_state s = nj_aes_load(&x), k = nj_aes_load(&key);
    uint32_t *c = s.column;
    for (int i = 0; i < 4; i++) c[i] = ~c[i];
    for (int i = 0; i < 4; i++) {
        k.column[i] = nj_aes_encrypt_column(c[i], c[(i + 1) & 3], c[(i + 2) & 3], c[(i + 3) & 3], k.column[i]);
        c[i] ^= k.column[i];
    }
    memcpy(&x, &k, sizeof x);
    return x;
}

// floor(√(2⁶⁴ + n)) is 2³² + s, with s the largest integer with s² + 2³³ s ≤ n. The bits are found from the highest
// down. Setting bit k adds 2ᵏ (2 s + 2ᵏ + 2³³) to the left side, which is below 2⁶⁴ for s below 2³¹; `rest` is how much
// the left side may still grow. The wanted root has one more binary place, which is set when (s + ½)² + 2³³ (s + ½) ≤
// n. There are no branches, because the bits are random.
static inline uint64_t root(uint64_t n) {
    uint64_t rest = n, s = 0;
    for (int k = 30; k >= 0; k--) {
        uint64_t bit = (uint64_t)1 << k, step = (2 * s + bit + ((uint64_t)1 << 33)) << k;
        uint64_t fits = -(uint64_t)(step <= rest);
        rest -= step & fits;
        s += bit & fits;
    }
    return 2 * s + (rest > s + ((uint64_t)1 << 32));
}

static inline nj_division divide_unsigned(uint64_t n, uint32_t divisor) {
    return (nj_division){n / divisor, n % divisor};
}

static inline uint64_t quotient_signed(uint64_t n, int32_t divisor) { return (uint64_t)((int64_t)n / divisor); }
static inline uint32_t or_ends(uint32_t x) { return x | 0x80000001u; }

static inline void run_program(const nj_random_math_program *program, nj_random_math_registers *registers) {
    nj_random_math_run_portable(program, registers);
}

#include "cryptonight_template.h"

void nj_cryptonight_phases_portable(const nj_cryptonight *cn, nj_cryptonight_record *records, int width) {
    for (int i = 0; i < width; i++) explode_one(cn, records, i);
    main_loop(cn, records, width);
    for (int i = 0; i < width; i++) implode_one(cn, records, i);
}

uint64_t nj_cryptonight_root_portable(uint64_t n) { return root(n); }
