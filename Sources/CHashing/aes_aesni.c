#ifdef __x86_64__
#include "aes_rounds.h"

#include <immintrin.h>

__attribute__((target("aes"))) void nj_aes_encrypt_round_aesni(uint8_t block[16], const uint8_t round_key[16]) {
    __m128i state = _mm_loadu_si128((const __m128i *)block), key = _mm_loadu_si128((const __m128i *)round_key);
    _mm_storeu_si128((__m128i *)block, _mm_aesenc_si128(state, key));
}

__attribute__((target("aes"))) void nj_aes_decrypt_round_aesni(uint8_t block[16], const uint8_t round_key[16]) {
    __m128i state = _mm_loadu_si128((const __m128i *)block), key = _mm_loadu_si128((const __m128i *)round_key);
    _mm_storeu_si128((__m128i *)block, _mm_aesdec_si128(state, key));
}
#endif
