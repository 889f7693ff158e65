// SHA-256 of SHA-256 of any message, with each work-item's nonce in its place. The scan's short-cuts are held to it.
#ifndef NIGHTJAR_SHA256D_MESSAGE_CL
#define NIGHTJAR_SHA256D_MESSAGE_CL

#include "Primitives/SHA256.cl"

// message: `blocks` padded blocks of eight 64-bit words, with zeroes in the nonce's place.
#define NJ_MESSAGE_ARGUMENTS                                                                         \
    __global const ulong *message, const uint blocks, const uint nonce_word, const uint nonce_shift, \
        const uint first_nonce

NJ_INLINE void nj_sha256d_message(
    __global const ulong *message, const uint blocks, const uint nonce_word, const uint nonce_shift, const uint nonce,
    ulong *digest) {
    uint chain[8], block[16];
    nj_sha256_start(chain);
    for (uint number = 0; number < blocks; ++number) {
        nj_sha256_block(message, number, nonce_word, nonce_shift, nonce, block);
        nj_sha256_compress(chain, block);
    }
    for (uint i = 0; i < 8; ++i) block[i] = chain[i];
    block[8] = 0x80000000u;
    for (uint i = 9; i < 15; ++i) block[i] = 0;
    block[15] = 256;
    nj_sha256_start(chain);
    nj_sha256_compress(chain, block);
    for (uint i = 0; i < 4; ++i) digest[i] = (ulong)nj_swap32(chain[2 * i + 1]) << 32 | nj_swap32(chain[2 * i]);
}

#endif
