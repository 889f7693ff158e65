// scrypt, first step: PBKDF2-HMAC-SHA-256 makes the block of 128 bytes, RFC 7914, 6, step 1. Password and salt are the
// input with its nonce.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH. The work-item i hashes the nonce
// first_nonce + i and writes the record i of `records`.
#ifndef NIGHTJAR_SCRYPT_START_CL
#define NIGHTJAR_SCRYPT_START_CL

#include "Scrypt/HMAC.cl"

// message: in blocks of eight little-endian 64-bit words, with zeroes in the nonce's place, the input twice:
// - as the key: one block filled up with zeroes, or, if the input is longer than 64 bytes, padded for SHA-256;
// - as the salt: with four zero bytes behind it, padded for SHA-256 as what follows a block.
// length: of the input, in bytes.
// nonce_word, nonce_shift: as for nj_message_word, in each of the two.
// stride: see Message.cl.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void scrypt_start(
    __global const ulong *message, const uint length, const uint nonce_word, const uint nonce_shift,
    const uint first_nonce, const uint stride, const uint count, __global uint *records) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    const uint nonce = first_nonce + slot;
    message += (size_t)slot * stride;
    __global uint *record = records + (size_t)slot * NJ_RECORD_WORDS;

    uint block[16], key[16], chain[8];
    const uint key_blocks = length > 64 ? (length + 9 + 63) / 64 : 1;
    if (length > 64) {
        nj_sha256_start(chain);
        for (uint i = 0; i < key_blocks; ++i) {
            nj_sha256_block(message, i, nonce_word, nonce_shift, nonce, block);
            nj_sha256_compress(chain, block);
        }
        for (uint i = 0; i < 8; ++i) {
            key[i] = chain[i];
            key[8 + i] = 0;
        }
    } else {
        nj_sha256_block(message, 0, nonce_word, nonce_shift, nonce, key);
    }
    uint inner[8], outer[8];
    for (uint i = 0; i < 16; ++i) block[i] = key[i] ^ 0x36363636u;
    nj_sha256_start(inner);
    nj_sha256_compress(inner, block);
    for (uint i = 0; i < 16; ++i) block[i] = key[i] ^ 0x5C5C5C5Cu;
    nj_sha256_start(outer);
    nj_sha256_compress(outer, block);
    for (uint i = 0; i < 8; ++i) {
        record[NJ_RECORD_INNER + i] = inner[i];
        record[NJ_RECORD_OUTER + i] = outer[i];
    }

    __global const ulong *salt = message + 8 * key_blocks;
    const uint salt_blocks = (length + 4 + 9 + 63) / 64;
    const uint whole = length / 64;
    for (uint i = 0; i < whole; ++i) {
        nj_sha256_block(salt, i, nonce_word, nonce_shift, nonce, block);
        nj_sha256_compress(inner, block);
    }
    for (uint number = 1; number <= 4; ++number) {
        uint result[8];
        for (uint i = 0; i < 8; ++i) {
            chain[i] = inner[i];
            result[i] = outer[i];
        }
        for (uint i = whole; i < salt_blocks; ++i) {
            nj_sha256_block(salt, i, nonce_word, nonce_shift, nonce, block);
            // The number is the salt's last four bytes, big-endian. Only the last is not zero.
            const uint last = length + 3;
            for (uint j = 0; j < 16; ++j)
                if (last / 4 == 16 * i + j) block[j] |= number << (24 - last % 4 * 8);
            nj_sha256_compress(chain, block);
        }
        nj_hmac_end(result, chain);
        for (uint i = 0; i < 8; ++i) {
            const uint word = 8 * (number - 1) + i;
            record[(word & 16) + NJ_SCRYPT_PLACE(word & 15)] = nj_swap32(result[i]);
        }
    }
}

#endif
