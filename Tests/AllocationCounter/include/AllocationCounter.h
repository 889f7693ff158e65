// Counts what a thread asks of the allocator and of the system's memory calls, by standing in their place in the test
// process (glibc): the functions are defined here and pass on to the C library.
#pragma once
#include <stdint.h>

/// Calls made by one thread between nj_count_begin() and nj_count_end().
typedef struct nj_memory_calls {
    /// malloc, calloc, realloc, aligned_alloc, memalign, posix_memalign.
    uint64_t allocations;
    /// free of anything but null.
    uint64_t releases;
    /// mmap, mremap.
    uint64_t mappings;
    /// munmap.
    uint64_t unmappings;
} nj_memory_calls;

/// The calling thread's calls count from now on, from zero.
void nj_count_begin(void);
/// The calls since nj_count_begin(); they no longer count.
nj_memory_calls nj_count_end(void);
