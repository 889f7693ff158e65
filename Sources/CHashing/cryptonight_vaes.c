// CryptoNight's first and last phase with VAES on 256-bit registers: the scratchpads of two hashes at once.
//
// Instructions on two blocks pay only when enough of them overlap: one hash's eight blocks fill four registers, but a
// round's latency is long enough to start eight instructions.
#ifdef __x86_64__
#include "cryptonight_phases.h"
#include "nj_aes.h"

#include <immintrin.h>

#define NJ_TARGET __attribute__((target("vaes,avx2")))
#define INLINE static inline __attribute__((always_inline)) NJ_TARGET

enum { ROUNDS = 10, PAIRS = 4, HEAVY_ROUNDS = 16 };

// One hash: its eight blocks, and its round keys, each in both halves.
typedef struct {
    __m256i text[PAIRS];
    __m256i keys[ROUNDS];
} stream;

INLINE void stream_begin(stream *s, const nj_cryptonight_record *record, size_t key) {
    const uint8_t *state = (const uint8_t *)record->words;
    _Alignas(16) uint8_t round_keys[16 * ROUNDS];
    nj_aes_expand10(state + key, round_keys);
    for (int i = 0; i < ROUNDS; i++)
        s->keys[i] = _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)(round_keys + 16 * i)));
    for (int i = 0; i < PAIRS; i++) s->text[i] = _mm256_loadu_si256((const __m256i *)(state + 64 + 32 * i));
}

INLINE void encrypt(stream *a, stream *b) {
#pragma clang loop unroll(full)
    for (int round = 0; round < ROUNDS; round++) {
#pragma clang loop unroll(full)
        for (int i = 0; i < PAIRS; i++) a->text[i] = _mm256_aesenc_epi128(a->text[i], a->keys[round]);
#pragma clang loop unroll(full)
        for (int i = 0; i < PAIRS; i++) b->text[i] = _mm256_aesenc_epi128(b->text[i], b->keys[round]);
    }
}

// Heavy: each block is XORed with its neighbour.
INLINE void mix(stream *s) {
    __m256i first = s->text[0];
#pragma clang loop unroll(full)
    for (int i = 0; i < PAIRS; i++) {
        __m256i next = i + 1 < PAIRS ? s->text[i + 1] : first;
        s->text[i] = _mm256_xor_si256(s->text[i], _mm256_permute2x128_si256(s->text[i], next, 0x21));
    }
}

INLINE void encrypt_heavily(stream *a, stream *b) {
    for (int round = 0; round < HEAVY_ROUNDS; round++) {
        encrypt(a, b);
        mix(a);
        mix(b);
    }
}

NJ_TARGET void nj_cryptonight_explode_vaes(
    const nj_cryptonight *cn, const nj_cryptonight_record records[2], uint8_t *pads) {
    stream a, b;
    stream_begin(&a, &records[0], 0);
    stream_begin(&b, &records[1], 0);
    if (cn->features & NJ_CRYPTONIGHT_HEAVY) encrypt_heavily(&a, &b);
    uint8_t *other = pads + cn->memory;
    for (size_t at = 0; at < cn->memory; at += 32 * PAIRS) {
        encrypt(&a, &b);
        for (size_t i = 0; i < PAIRS; i++) {
            _mm256_store_si256((__m256i *)(pads + at + 32 * i), a.text[i]);
            _mm256_store_si256((__m256i *)(other + at + 32 * i), b.text[i]);
        }
    }
}

INLINE void fold(stream *a, stream *b, const uint8_t *pads, size_t memory, const int heavy) {
    const uint8_t *other = pads + memory;
    for (size_t at = 0; at < memory; at += 32 * PAIRS) {
        for (size_t i = 0; i < PAIRS; i++) {
            a->text[i] = _mm256_xor_si256(a->text[i], _mm256_load_si256((const __m256i *)(pads + at + 32 * i)));
            b->text[i] = _mm256_xor_si256(b->text[i], _mm256_load_si256((const __m256i *)(other + at + 32 * i)));
        }
        encrypt(a, b);
        if (heavy) {
            mix(a);
            mix(b);
        }
    }
}

INLINE void stream_end(const stream *s, nj_cryptonight_record *record) {
    for (int i = 0; i < PAIRS; i++)
        _mm256_storeu_si256((__m256i *)((uint8_t *)record->words + 64 + 32 * i), s->text[i]);
}

NJ_TARGET void nj_cryptonight_implode_vaes(
    const nj_cryptonight *cn, nj_cryptonight_record records[2], const uint8_t *pads) {
    stream a, b;
    stream_begin(&a, &records[0], 32);
    stream_begin(&b, &records[1], 32);
    if (cn->features & NJ_CRYPTONIGHT_HEAVY) {
        fold(&a, &b, pads, cn->memory, 1);
        fold(&a, &b, pads, cn->memory, 1);
        encrypt_heavily(&a, &b);
    } else {
        fold(&a, &b, pads, cn->memory, 0);
    }
    stream_end(&a, &records[0]);
    stream_end(&b, &records[1]);
}
#endif
