// CryptoNight, last step: Keccak-f, one of four hashes of the state (the state itself, for base 5), and the
// comparison with the target, CNS008, 5.
//
// Launch: one work-item a hash, at least `count` of them in groups of NJ_GROUP_HASH. Reads `states`.
#ifndef NIGHTJAR_CRYPTONIGHT_FINISH_CL
#define NIGHTJAR_CRYPTONIGHT_FINISH_CL

#include "CryptoNight/Parameters.cl"
#include "Primitives/Blake256.cl"
#include "Primitives/Groestl256.cl"
#include "Primitives/JH256.cl"
#include "Primitives/Keccak.cl"
#include "Primitives/Skein512.cl"

// everything = 0: hashes whose last word is below `target` are appended to `digests`, their slot in the batch to `slots`,
// and `found`, which the host has set to zero, counts them. Both have room for `count`, so that none is ever lost.
// everything = 1: the digest of the slot i goes to the place i; `found`, `slots` and `target` are not used.
__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void cn_finish(
    __global const ulong *states, const ulong target, const uint everything, const uint count,
    volatile __global uint *found, __global uint *slots, __global ulong4 *digests) {
    const uint slot = (uint)get_global_id(0);
    if (slot >= count) return;
    __global const ulong *record = states + (size_t)slot * NJ_STATE_WORDS;
    ulong state[25];
    for (uint i = 0; i < 25; ++i) state[i] = record[i];
    nj_keccak_f1600(state);
    ulong digest[4];
#if NJ_CN_BASE == 5
    for (uint i = 0; i < 4; ++i) digest[i] = state[i];
#else
    switch ((uint)state[0] & 3) {
    case 0: nj_blake256_of_state(state, digest); break;
    case 1: nj_groestl256_of_state(state, digest); break;
    case 2: nj_jh256_of_state(state, digest); break;
    default: nj_skein512_of_state(state, digest); break;
    }
#endif
    uint place = slot;
    if (!everything) {
        if (digest[3] >= target) return;
        place = atomic_inc(found);
        slots[place] = slot;
    }
    digests[place] = (ulong4)(digest[0], digest[1], digest[2], digest[3]);
}

#endif
