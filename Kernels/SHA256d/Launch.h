// SHA-256d's launch settings: the defaults by kind of device. Those that depend on its size are in DefaultRow.swift.
// Valid C only; the fields are those of struct nj_sha256d_launch in CKernels.h.

// A CPU's compiler takes seconds for rounds that are written out, and gains nothing. A work-item hashes many nonces,
// because a driver for CPUs spends time on each.
static const struct nj_sha256d_launch nj_sha256d_launch_cpu = {
    .group_hash = 1,
    .nonces = 1 << 12,
    .unrolls = 0,
    .slice = 1 << 20,
    .milliseconds = 0,
};

// Written out, the rounds' constants are a part of the instructions, and no register is moved. A work-item's start and
// its part of a checksum are spread over its nonces.
static const struct nj_sha256d_launch nj_sha256d_launch_gpu = {
    .group_hash = 256,
    .nonces = 16,
    .unrolls = 1,
    .slice = 1 << 22,
    .milliseconds = 50,
};
