// scrypt, last step: PBKDF2-HMAC-SHA-256 with the mixed block as the salt, RFC 7914, 6, step 3, and the comparison with
// the target.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH. Reads `records`.
#ifndef NIGHTJAR_SCRYPT_FINISH_CL
#define NIGHTJAR_SCRYPT_FINISH_CL

#include "Primitives/Results.cl"
#include "Scrypt/HMAC.cl"

NJ_INLINE void nj_scrypt_digest(__global const uint *record, ulong *digest) {
    uint block[16], inner[8], outer[8];
    for (uint i = 0; i < 8; ++i) {
        inner[i] = record[NJ_RECORD_INNER + i];
        outer[i] = record[NJ_RECORD_OUTER + i];
    }
    for (uint first = 0; first < 32; first += 16) {
        for (uint i = 0; i < 16; ++i) block[i] = nj_swap32(record[first + NJ_SCRYPT_PLACE(i)]);
        nj_sha256_compress(inner, block);
    }
    // The number 1, big-endian, is the salt's end.
    block[0] = 1;
    block[1] = 0x80000000u;
    for (uint i = 2; i < 15; ++i) block[i] = 0;
    // The key's block, the mixed block and the number, in bits.
    block[15] = 512 + 1024 + 32;
    nj_sha256_compress(inner, block);
    nj_hmac_end(outer, inner);
    for (uint i = 0; i < 4; ++i) digest[i] = (ulong)nj_swap32(outer[2 * i + 1]) << 32 | nj_swap32(outer[2 * i]);
}

__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void scrypt_finish(
    __global const uint *records, const uint count, NJ_RESULT_ARGUMENTS) {
    NJ_SUM_MEMORY;
    const uint slot = (uint)get_global_id(0);
    const bool has_hash = slot < count;
    ulong digest[4];
    ulong compared = 0;
    if (has_hash) {
        nj_scrypt_digest(records + (size_t)slot * NJ_RECORD_WORDS, digest);
        compared = digest[3];
    }
    nj_hand_up(NJ_RESULTS, group_sum, slot, has_hash, compared, digest);
}

#endif
