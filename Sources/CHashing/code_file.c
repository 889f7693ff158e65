// An anonymous file for machine code. It is in C because Swift does not see memfd_create.
#define _GNU_SOURCE
#include "nj_randomx_jit.h"

#include <errno.h>

#if defined(__linux__)
#include <sys/mman.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u  // since Linux 6.3; a system setting may forbid to execute files without it
#endif

int nj_code_file(void) {
    int file = memfd_create("nightjar-code", MFD_CLOEXEC | MFD_EXEC);
    if (file < 0 && errno == EINVAL) file = memfd_create("nightjar-code", MFD_CLOEXEC);
    return file;
}
#else
int nj_code_file(void) {
    errno = ENOSYS;
    return -1;
}
#endif
