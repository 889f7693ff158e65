// scrypt's launch settings: the defaults by kind of device. Those that depend on its size are in DefaultRow.swift.
// Valid C only; the fields are those of struct nj_scrypt_launch in CKernels.h.

// A CPU runs a work-item per core, one after the other: a bigger group only makes a launch longer.
static const struct nj_scrypt_launch nj_scrypt_launch_cpu = {
    .group_hash = 1,
    .items = 1,
    .gap = 1,
    .interleave = 1,
    .queues = 1,
    .turns = 1 << 11,
    .milliseconds = 0,
};

// A hash is bound by arithmetic as long as enough of them are in flight, so that all rows are stored and none is computed
// again. The scratchpads of a group alternate by rows: what its hashes store at the same time is then in one piece. A
// batch takes milliseconds: so two lanes take turns, and the device does not wait for the host.
static const struct nj_scrypt_launch nj_scrypt_launch_gpu = {
    .group_hash = 64,
    .items = 1,
    .gap = 1,
    .interleave = 64,
    .queues = 2,
    .turns = 1 << 9,
    .milliseconds = 50,
};
