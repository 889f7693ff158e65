// CryptoNight's launch shapes: defaults by kind of device, where nothing has been measured.
// Valid C only; the fields are those of struct nj_cryptonight_launch in CKernels.h.

// A CPU runs a work-item per core, one after the other: bigger groups or batches only make a launch longer.
static const struct nj_cryptonight_launch nj_cryptonight_launch_cpu = {
    .group_hash = 1,
    .group_fill = 8,
    .group_loop = 1,
    .interleave = 1,
    .hashes_per_unit = 2,
    .memory_percent = 50,
};

// A GPU hides the latency of scratchpads by having many of them in flight. Small groups in the main loop spread them over
// the compute units evenly; 64 hashes a unit keep a launch near two seconds on small and large devices alike.
static const struct nj_cryptonight_launch nj_cryptonight_launch_gpu = {
    .group_hash = 64,
    .group_fill = 64,
    .group_loop = 16,
    .interleave = 1,
    .hashes_per_unit = 64,
    .memory_percent = 80,
};
