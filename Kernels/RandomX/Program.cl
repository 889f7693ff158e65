// RandomX, how a program is made (doc/specs.md, 2, steps 7, 9 and 10): AesGenerator4R, and the decoding of its output.
#ifndef NIGHTJAR_RANDOMX_PROGRAM_CL
#define NIGHTJAR_RANDOMX_PROGRAM_CL

#include "RandomX/Decode.cl"
#include "Primitives/AES.cl"
#include "Primitives/Blake2b.cl"

__constant uint nj_rx_generator_keys[32] = {NJ_RX_GENERATOR_KEYS};

// AesGenerator4R (3.3). raw: NJ_RX_RAW_WORDS a hash.
//
// Launch: four work-items a hash, at least 4 × `count` of them in groups of NJ_GROUP_FILL.
__kernel NJ_GROUP_OF(NJ_GROUP_FILL) void rx_generate(
    __global const ulong *records, __global ulong *raw, const uint count) {
    __local uint table[NJ_AES_TABLE_WORDS], inverse[NJ_AES_TABLE_WORDS];
    nj_aes_load(table);
    nj_aes_load_inverse(inverse);
    const uint slot = (uint)get_global_id(0) >> 2;
    const uint column = (uint)get_global_id(0) & 3;
    if (slot >= count) return;
    __global const ulong *state = records + (size_t)slot * NJ_RX_RECORD_WORDS + NJ_RX_STATE + 2 * column;
    __global ulong *out = raw + (size_t)slot * NJ_RX_RAW_WORDS + 2 * column;
    uint4 keys[4];
    for (uint i = 0; i < 4; ++i) {
        __constant const uint *key = nj_rx_generator_keys + 16 * (column >> 1) + 4 * i;
        keys[i] = (uint4)(key[0], key[1], key[2], key[3]);
    }
    uint4 x = as_uint4((ulong2)(state[0], state[1]));
    for (uint at = 0; at < NJ_RX_RAW_WORDS; at += 8) {
        for (uint i = 0; i < 4; ++i)
            x = column & 1 ? nj_aes_round(table, x, keys[i]) : nj_aes_inverse_round(inverse, x, keys[i]);
        const ulong2 words = as_ulong2(x);
        out[at] = words.x;
        out[at + 1] = words.y;
    }
}

// A number from 1 up to 2^32 (4.5.2): exponent from the top five bits, fraction from the low 52.
NJ_INLINE ulong nj_rx_small_positive(const ulong entropy) {
    return ((entropy >> 59) + 1023) << 52 | (entropy & 0x000FFFFFFFFFFFFFUL);
}

// Group E's fixed bits (4.3.2, 4.5.6): exponent 011 with four random bits before it, and 22 bits of fraction.
NJ_INLINE ulong nj_rx_e_mask(const ulong entropy) { return (0x300 | entropy >> 60 << 4) << 52 | (entropy & 0x3FFFFF); }

// Configuration (4.5) and instructions (5). programs, reciprocals: as in Decode.cl.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void rx_decode(
    __global ulong *records, __global const ulong *raw, __global uint2 *programs, __global ulong *reciprocals,
    const uint count) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __global ulong *record = records + (size_t)slot * NJ_RX_RECORD_WORDS;
    __global const ulong *words = raw + (size_t)slot * NJ_RX_RAW_WORDS;
    for (uint i = 0; i < 8; ++i) record[NJ_RX_GROUP_A + i] = nj_rx_small_positive(words[i]);
    record[NJ_RX_MEMORY] = (words[8] & 0xFFFFFFFFUL) | words[10] << 32;
    ulong selection = words[13] % NJ_RX_DATASET_OFFSETS;
    for (uint i = 0; i < 4; ++i) selection |= (2 * i + (words[12] >> i & 1)) << (32 + 8 * i);
    record[NJ_RX_SELECTION] = selection;
    record[NJ_RX_E_MASKS] = nj_rx_e_mask(words[14]);
    record[NJ_RX_E_MASKS + 1] = nj_rx_e_mask(words[15]);
    nj_rx_decode(
        words + NJ_RX_CONFIGURATION_WORDS, programs + NJ_RX_PROGRAM_START(slot),
        reciprocals + NJ_RX_PROGRAM_START(slot));
}

// The next program's seed: Blake2b-512 of the register file.
//
// Launch: as rx_decode.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void rx_reseed(__global ulong *records, const uint count) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __global ulong *record = records + (size_t)slot * NJ_RX_RECORD_WORDS;
    ulong chain[8], block[16];
    nj_blake2b_start(chain, 64);
    for (uint part = 0; part < 2; ++part) {
        for (uint i = 0; i < 16; ++i) block[i] = record[NJ_RX_REGISTERS + 16 * part + i];
        nj_blake2b_compress(chain, block, 128 * (part + 1), part == 1);
    }
    for (uint i = 0; i < 8; ++i) record[NJ_RX_STATE + i] = chain[i];
}

#endif
