// SHA-256 of SHA-256 of messages that are no block headers.
//
// Launch: one work-item a hash, for the slots from first_slot on, at least `count` of them in groups of NJ_GROUP_HASH.
// stride: see Message.cl.
#include "Primitives/Results.cl"
#include "SHA256d/Message.cl"
#include "SHA256d/Parameters.cl"

__kernel NJ_GROUP_OF(NJ_GROUP_HASH) void sha256d_any(
    NJ_MESSAGE_ARGUMENTS, const uint stride, const uint first_slot, const uint count, NJ_RESULT_ARGUMENTS) {
    NJ_SUM_MEMORY;
    const uint item = (uint)get_global_id(0), slot = first_slot + item;
    ulong digest[4] = {0, 0, 0, 0};
    if (item < count)
        nj_sha256d_message(
            message + (size_t)slot * stride, blocks, nonce_word, nonce_shift, first_nonce + slot, digest);
    nj_hand_up(NJ_RESULTS, group_sum, slot, item < count, digest[3], digest);
}
