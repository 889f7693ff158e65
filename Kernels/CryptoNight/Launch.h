// CryptoNight's launch settings: the defaults by kind of device. Those that depend on its size are in DefaultRow.swift.
// Valid C only; the fields are those of struct nj_cryptonight_launch in CKernels.h.

// A CPU runs a work-item per core, one after the other: bigger groups only make a launch longer.
static const struct nj_cryptonight_launch nj_cryptonight_launch_cpu = {
    .group_hash = 1,
    .group_fill = 8,
    .interleave = 1,
    .unroll = 1,
    .turns = 1 << 30,
    .milliseconds = 0,
};

// The main loop is launched in parts, so that a display on the same device is served in between.
static const struct nj_cryptonight_launch nj_cryptonight_launch_gpu = {
    .group_hash = 64,
    .group_fill = 64,
    .interleave = 1,
    .unroll = 1,
    .turns = 1 << 14,
    .milliseconds = 50,
};
