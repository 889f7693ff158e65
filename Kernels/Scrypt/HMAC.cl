// HMAC-SHA-256 (RFC 2104) with a key that was hashed before, as far as PBKDF2 needs it.
#ifndef NIGHTJAR_SCRYPT_HMAC_CL
#define NIGHTJAR_SCRYPT_HMAC_CL

#include "Primitives/SHA256.cl"
#include "Scrypt/Parameters.cl"

// HMAC's end: `inner` is the inner hash, which is the message's last block for the outer one. `outer` becomes the
// result.
NJ_INLINE void nj_hmac_end(uint *outer, const uint *inner) {
    uint block[16];
    for (uint i = 0; i < 8; ++i) block[i] = inner[i];
    block[8] = 0x80000000u;
    for (uint i = 9; i < 15; ++i) block[i] = 0;
    // The key's block and this hash, in bits.
    block[15] = 512 + 256;
    nj_sha256_compress(outer, block);
}

#endif
