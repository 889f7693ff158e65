// What a batch's last kernel hands up to the host: the hashes that the host asked for, or a checksum of all hashes.
// Nothing is stored for each nonce.
#ifndef NIGHTJAR_PRIMITIVES_RESULTS_CL
#define NIGHTJAR_PRIMITIVES_RESULTS_CL

#include "Primitives/Inline.cl"

// Words of a hit: its slot in the batch, and its digest.
#define NJ_HIT_WORDS 5

// top: a hash is a hit if its compared word is at most this.
// audit_first, audit_count: the hashes in the slots from audit_first on, audit_count of them, are hits in any case.
// sums: 1 if the host asks for the XOR of all compared words, else 0.
// tally: three words that the host has set to zero: the number of hits, and the XOR of all compared words, low half
// first.
// room: the number of hits that fit into `hits`. Further hits are counted and not stored; the host then asks again for
// fewer hashes.
#define NJ_RESULT_ARGUMENTS                                                                                          \
    const ulong top, const uint audit_first, const uint audit_count, const uint sums, volatile __global uint *tally, \
        __global ulong *hits, const uint room

#define NJ_RESULTS top, audit_first, audit_count, sums, tally, hits, room

// In a kernel: its group's part of the checksum.
#define NJ_SUM_MEMORY __local uint group_sum[2]

// Hands up a hash if it is a hit. Work-items may call it when and as often as they have hashes.
//
// compared: the word of the hash that is compared with the target's.
NJ_INLINE void nj_hand_up_hit(
    const ulong top, const uint audit_first, const uint audit_count, volatile __global uint *tally,
    __global ulong *hits, const uint room, const uint slot, const ulong compared, const ulong *digest) {
    if (compared > top && slot - audit_first >= audit_count) return;
    const uint place = atomic_inc(tally);
    if (place >= room) return;
    __global ulong *hit = hits + (size_t)place * NJ_HIT_WORDS;
    hit[0] = slot;
    for (uint i = 0; i < 4; ++i) hit[1 + i] = digest[i];
}

// Adds a work-item's part to the checksum. All work-items of the group must call it, once: it has barriers if `sums` is
// 1.
//
// sum: the XOR of the compared words of the work-item's hashes.
NJ_INLINE void nj_hand_up_sum(
    const uint sums, volatile __global uint *tally, __local uint *group_sum, const ulong sum) {
    if (!sums) return;
    // Each group adds up its own first, because all groups share the tally. 64-bit atomics are an extension, so the
    // halves are added separately.
    const bool is_first = get_local_id(0) == 0;
    if (is_first) group_sum[0] = group_sum[1] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    atomic_xor(&group_sum[0], (uint)sum);
    atomic_xor(&group_sum[1], (uint)(sum >> 32));
    barrier(CLK_LOCAL_MEM_FENCE);
    if (is_first) {
        atomic_xor(&tally[1], group_sum[0]);
        atomic_xor(&tally[2], group_sum[1]);
    }
}

// Both, for a work-item with one hash, or none. All work-items of the group must call it.
NJ_INLINE void nj_hand_up(
    NJ_RESULT_ARGUMENTS, __local uint *group_sum, const uint slot, const bool has_hash, const ulong compared,
    const ulong *digest) {
    if (has_hash) nj_hand_up_hit(top, audit_first, audit_count, tally, hits, room, slot, compared, digest);
    nj_hand_up_sum(sums, tally, group_sum, has_hash ? compared : 0);
}

#endif
