// The OpenCL C sources, embedded, and what stands beside them as data.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A source file of Kernels.
struct nj_kernel_source {
    /// Its path below Kernels, as in `#include`: "Primitives/Keccak.cl".
    const char *name;
    /// Its text; not terminated.
    const unsigned char *text;
    /// In bytes.
    size_t length;
};

/// How many sources there are.
size_t nj_kernel_source_count(void);

/// The source at `index`, which is below the count.
struct nj_kernel_source nj_kernel_source_at(size_t index);

/// How CryptoNight's kernels are launched.
struct nj_cryptonight_launch {
    /// Work-items of a group in absorb and finish.
    uint32_t group_hash;
    /// Work-items of a group in explode and implode, which have eight for a hash.
    uint32_t group_fill;
    /// The number of scratchpads that alternate by 64 bytes in memory; 1 if each is contiguous.
    uint32_t interleave;
    /// How many turns the main loop is unrolled to.
    uint32_t unroll;
    /// Turns of the main loop in one launch, until it is measured how long they take.
    uint32_t turns;
    /// Milliseconds that a launch of the main loop may take; 0 leaves its turns as they are.
    uint32_t milliseconds;
};

/// The defaults for CPUs, and for GPUs and accelerators.
struct nj_cryptonight_launch nj_cryptonight_launch_default(int is_cpu);

/// How RandomX's kernels are launched.
struct nj_randomx_launch {
    /// Work-items of a group in the kernels that have one work-item a hash, execute aside.
    uint32_t group_hash;
    /// Work-items of a group in the kernels that have four work-items a hash.
    uint32_t group_fill;
    /// Work-items, and items, of a group in dataset.
    uint32_t group_items;
    /// Iterations of a program in one launch of execute, until it is measured how long they take: with a dataset, and
    /// in light mode.
    uint32_t iterations, iterations_light;
    /// Milliseconds that a launch of execute may take; 0 leaves its iterations as they are.
    uint32_t milliseconds;
    /// Dataset items of one launch.
    uint32_t items;
};

/// The defaults for CPUs, and for GPUs and accelerators.
struct nj_randomx_launch nj_randomx_launch_default(int is_cpu);

/// How SHA-256d's kernels are launched.
struct nj_sha256d_launch {
    /// Work-items of a group.
    uint32_t group_hash;
    /// Nonces that a work-item hashes in one launch.
    uint32_t nonces;
    /// 1 if all rounds are written out; 0 if loops run sixteen at a time.
    uint32_t unrolls;
    /// Nonces of one launch, until it is measured how long they take.
    uint32_t slice;
    /// Milliseconds that a launch may take; 0 leaves its nonces as they are.
    uint32_t milliseconds;
};

/// The defaults for CPUs, and for GPUs and accelerators.
struct nj_sha256d_launch nj_sha256d_launch_default(int is_cpu);

/// How scrypt's kernels are launched.
struct nj_scrypt_launch {
    /// Work-items of a group in start and finish.
    uint32_t group_hash;
    /// Work-items that share a hash in mix: 1 or 4.
    uint32_t items;
    /// Of this many rows of a scratchpad one is stored.
    uint32_t gap;
    /// The number of scratchpads that alternate by rows in memory; 1 if each is contiguous.
    uint32_t interleave;
    /// The number of lanes.
    uint32_t queues;
    /// Turns of one launch of mix, until it is measured how long they take.
    uint32_t turns;
    /// Milliseconds that a launch of mix may take; 0 leaves its turns as they are.
    uint32_t milliseconds;
};

/// The defaults for CPUs, and for GPUs and accelerators.
struct nj_scrypt_launch nj_scrypt_launch_default(int is_cpu);
