#define _GNU_SOURCE
#include "AllocationCounter.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

// Elsewhere nothing is counted, and the counter's own test says so. The sanitizers have an allocator of their own, which
// nothing may stand in for.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#elif defined(__GLIBC__)
#define NJ_COUNTS 1
#endif

#ifdef NJ_COUNTS
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

// In the executable itself, so that the access neither allocates nor calls.
static _Thread_local bool counting;
static _Thread_local nj_memory_calls calls;

void nj_count_begin(void) {
    calls = (nj_memory_calls){0};
    counting = true;
}

nj_memory_calls nj_count_end(void) {
    counting = false;
    return calls;
}

#ifdef NJ_COUNTS
// glibc's own names of what is replaced here; its manual ("Replacing malloc") says what else must be replaced with it.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

void *malloc(size_t size) {
    if (counting) calls.allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    if (counting) calls.allocations++;
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    if (counting) calls.allocations++;
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    if (counting) calls.allocations++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **memory, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *found = memalign(alignment, size);
    if (!found) return ENOMEM;
    *memory = found;
    return 0;
}

void free(void *memory) {
    if (counting && memory) calls.releases++;
    __libc_free(memory);
}

// The system's calls by number: the C library has no second name for them.
void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    if (counting) calls.mappings++;
    return (void *)syscall(SYS_mmap, address, length, protection, flags, file, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int file, off64_t offset) {
    return mmap(address, length, protection, flags, file, offset);
}

void *mremap(void *address, size_t length, size_t new_length, int flags, ...) {
    if (counting) calls.mappings++;
    va_list rest;
    va_start(rest, flags);
    void *wanted = flags & MREMAP_FIXED ? va_arg(rest, void *) : NULL;
    va_end(rest);
    return (void *)syscall(SYS_mremap, address, length, new_length, flags, wanted);
}

int munmap(void *address, size_t length) {
    if (counting) calls.unmappings++;
    return (int)syscall(SYS_munmap, address, length);
}
#endif
