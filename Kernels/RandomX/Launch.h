// RandomX's launch settings: the defaults by kind of device. Those that depend on its size are in DefaultRow.swift.
// Valid C only; the fields are those of struct nj_randomx_launch in CKernels.h.

// A CPU runs a work-item per core, one after the other: bigger groups only make a launch longer.
static const struct nj_randomx_launch nj_randomx_launch_cpu = {
    .group_hash = 1,
    .group_fill = 4,
    .group_items = 1,
    .iterations = 512,
    .iterations_light = 128,
    .milliseconds = 0,
    .items = 1 << 15,
};

// A program is run in slices, and the dataset computed in parts, so that a display on the same device is served in
// between.
static const struct nj_randomx_launch nj_randomx_launch_gpu = {
    .group_hash = 64,
    .group_fill = 64,
    .group_items = 64,
    .iterations = 512,
    .iterations_light = 32,
    .milliseconds = 50,
    .items = 1 << 20,
};
