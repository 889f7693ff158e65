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
#include "Primitives/Results.cl"
#include "Primitives/Skein512.cl"

// record: of a hash, in `states`.
NJ_INLINE void nj_cn_digest(__global const ulong *record, ulong *digest) {
    ulong state[25];
    for (uint i = 0; i < 25; ++i) state[i] = record[i];
    nj_keccak_f1600(state);
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
}

__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void cn_finish(
    __global const ulong *states, const uint count, NJ_RESULT_ARGUMENTS) {
    NJ_SUM_MEMORY;
    const uint slot = (uint)get_global_id(0);
    const bool has_hash = slot < count;
    ulong digest[4];
    ulong compared = 0;
    if (has_hash) {
        nj_cn_digest(states + (size_t)slot * NJ_STATE_WORDS, digest);
        compared = digest[3];
    }
    nj_hand_up(NJ_RESULTS, group_sum, slot, has_hash, compared, digest);
}

#endif
