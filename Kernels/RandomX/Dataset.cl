// RandomX's dataset (doc/specs.md, 7).
//
// Launch: one work-item for NJ_RX_ITEMS items, for at least `count` items in groups of NJ_GROUP_ITEMS. The work-item i
// computes the items from first + i * NJ_RX_ITEMS on. They go to `items`, where the item `first` has the place
// from_start. The lines are the cache's.
#include "RandomX/Item.cl"

__kernel NJ_GROUP_OF(NJ_GROUP_ITEMS) void rx_dataset(
    NJ_LINE_ARGUMENTS, __global const uint *superscalar, __global ulong *items, const uint first, const uint from_start,
    const uint count) {
    __local ulong files[NJ_RX_FILE_WORDS * NJ_GROUP_ITEMS];
    const uint item = (uint)get_global_id(0) * NJ_RX_ITEMS;
    if (item >= count) return;
    __local ulong *file = files + get_local_id(0);
    const uint stride = NJ_GROUP_ITEMS;
    uint numbers[NJ_RX_ITEMS];
    NJ_RX_EACH_ITEM numbers[k] = first + item + k;
    nj_rx_items(NJ_LINES, superscalar, numbers, file, stride);
    NJ_RX_EACH_ITEM {
        if (item + k >= count) continue;
        __global ulong2 *out = (__global ulong2 *)(items + (size_t)(from_start + item + k) * 8);
        for (uint i = 0; i < 4; ++i) out[i] = (ulong2)(NJ_RX_FILE(k, 2 * i), NJ_RX_FILE(k, 2 * i + 1));
    }
}
