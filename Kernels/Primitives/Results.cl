// What a batch's last kernel hands up to the host: the hashes that it wants to see, or a checksum of all. Nothing is
// stored for each nonce.
#ifndef NIGHTJAR_PRIMITIVES_RESULTS_CL
#define NIGHTJAR_PRIMITIVES_RESULTS_CL

// Words of a hit: its slot in the batch, and its digest.
#define NJ_HIT_WORDS 5

// top: hashes are hits whose compared word is at most this.
// audit_first, audit_count: the hashes of so many slots from that one on are hits whatever they are.
// sums: 1 if the compared words of all hashes are to be added up, else 0.
// tally: three words that the host has set to zero: how many hits there are, and the XOR of all compared words, the low
// half first.
// room: how many hits fit into `hits`. More are counted and not stored; the host then asks again for fewer hashes.
#define NJ_RESULT_ARGUMENTS                                                                                          \
    const ulong top, const uint audit_first, const uint audit_count, const uint sums, volatile __global uint *tally, \
        __global ulong *hits, const uint room

#define NJ_RESULTS top, audit_first, audit_count, sums, tally, hits, room

// In a kernel: its group's part of the checksum.
#define NJ_SUM_MEMORY __local uint group_sum[2]

// All work-items of the group call it, those without a hash too: it has barriers if `sums` is 1.
//
// compared: the hash's word that a target is compared with.
void nj_hand_up(
    NJ_RESULT_ARGUMENTS, __local uint *group_sum, const uint slot, const bool has_hash, const ulong compared,
    const ulong *digest) {
    if (has_hash && (compared <= top || slot - audit_first < audit_count)) {
        const uint place = atomic_inc(tally);
        if (place < room) {
            __global ulong *hit = hits + (size_t)place * NJ_HIT_WORDS;
            hit[0] = slot;
            for (uint i = 0; i < 4; ++i) hit[1 + i] = digest[i];
        }
    }
    if (!sums) return;
    // Within the group first, since all groups share the tally. 64-bit atomics are an extension: the halves go by
    // themselves.
    const bool is_first = get_local_id(0) == 0;
    if (is_first) group_sum[0] = group_sum[1] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (has_hash) {
        atomic_xor(&group_sum[0], (uint)compared);
        atomic_xor(&group_sum[1], (uint)(compared >> 32));
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (is_first) {
        atomic_xor(&tally[1], group_sum[0]);
        atomic_xor(&tally[2], group_sum[1]);
    }
}

#endif
