// CryptoNight's launch settings: the defaults by kind of device.
// Valid C only; the fields are those of struct nj_cryptonight_launch in CKernels.h.

// A CPU runs a work-item per core, one after the other: bigger groups or batches only make a launch longer.
static const struct nj_cryptonight_launch nj_cryptonight_launch_cpu = {
    .group_hash = 1,
    .group_fill = 8,
    .group_loop = 1,
    .interleave = 1,
    .hashes_per_unit = 2,
    .unroll = 1,
    .turns = 1 << 30,
    .milliseconds = 0,
    .memory_percent = 50,
};

// A GPU hides the latency of memory when many hashes are in flight. Small groups in the main loop spread them over the
// compute units evenly. With 64 hashes a unit, a batch takes about two seconds on small and on large devices. The main
// loop is launched in parts, so that a display on the same device is served in between.
static const struct nj_cryptonight_launch nj_cryptonight_launch_gpu = {
    .group_hash = 64,
    .group_fill = 64,
    .group_loop = 16,
    .interleave = 1,
    .hashes_per_unit = 64,
    .unroll = 1,
    .turns = 1 << 14,
    .milliseconds = 50,
    .memory_percent = 80,
};
