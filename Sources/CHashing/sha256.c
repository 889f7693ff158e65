#include "nj_sha256.h"

#include "Shared/SHA256.h"
#include "nj_bytes.h"

static void compress(uint32_t state[8], const uint8_t block[64]) {
    uint32_t w[64], v[8];
    for (int i = 0; i < 16; i++) w[i] = nj_load32_big(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = nj_rotr32(w[i - 15], 7) ^ nj_rotr32(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = nj_rotr32(w[i - 2], 17) ^ nj_rotr32(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    memcpy(v, state, sizeof v);
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = nj_rotr32(v[4], 6) ^ nj_rotr32(v[4], 11) ^ nj_rotr32(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t first = v[7] + s1 + choice + nj_sha256_constants[i] + w[i];
        uint32_t s0 = nj_rotr32(v[0], 2) ^ nj_rotr32(v[0], 13) ^ nj_rotr32(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += first;
        v[0] = first + s0 + majority;
    }
    for (int i = 0; i < 8; i++) state[i] += v[i];
}

void nj_sha256_init(nj_sha256_context *context) {
    memcpy(context->state, nj_sha256_iv, sizeof context->state);
    context->length = 0;
}

void nj_sha256_update(nj_sha256_context *context, const void *input, size_t length) {
    const uint8_t *bytes = input;
    size_t held = context->length % 64;
    context->length += length;
    if (held > 0 && length >= 64 - held) {
        size_t taken = 64 - held;
        memcpy(context->block + held, bytes, taken);
        compress(context->state, context->block);
        bytes += taken;
        length -= taken;
        held = 0;
    }
    for (; length >= 64; length -= 64, bytes += 64) compress(context->state, bytes);
    // An empty message may have no address, which memcpy must not get.
    if (length > 0) memcpy(context->block + held, bytes, length);
}

void nj_sha256_final(nj_sha256_context *context, uint8_t digest[32]) {
    // Padding: a one bit, zeros, and the length in bits, in another block where it does not fit into this one.
    const size_t held = context->length % 64;
    const size_t size = held < 56 ? 64 : 128;
    uint8_t last[128] = {0};
    memcpy(last, context->block, held);
    last[held] = 0x80;
    nj_store64_big(last + size - 8, context->length * 8);
    compress(context->state, last);
    if (size == 128) compress(context->state, last + 64);
    for (int i = 0; i < 8; i++) nj_store32_big(digest + 4 * i, context->state[i]);
}

void nj_sha256(const void *input, size_t length, uint8_t digest[32]) {
    nj_sha256_context context;
    nj_sha256_init(&context);
    nj_sha256_update(&context, input, length);
    nj_sha256_final(&context, digest);
}

void nj_sha256d(const void *input, size_t length, uint8_t digest[32]) {
    nj_sha256(input, length, digest);
    nj_sha256(digest, 32, digest);
}
