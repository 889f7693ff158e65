#define _GNU_SOURCE
#include "COpenCL.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct nj_opencl table;
static char failure[512];
static int usable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Looks up an entry point. Returns whether the loader has it.
static int find(void *loader, const char *name, void **place) {
    *place = dlsym(loader, name);
    if (!*place) snprintf(failure, sizeof failure, "the OpenCL loader has no %s: it is older than OpenCL 1.2", name);
    return *place != NULL;
}

// POSIX allows converting dlsym's data pointer to a function pointer, which standard C cannot express.
#define RESOLVE(name) \
    if (!find(loader, #name, (void **)&table.name)) return

static void resolve(void *loader) {
    RESOLVE(clGetPlatformIDs);
    RESOLVE(clGetPlatformInfo);
    RESOLVE(clGetDeviceIDs);
    RESOLVE(clGetDeviceInfo);
    RESOLVE(clCreateContext);
    RESOLVE(clReleaseContext);
    RESOLVE(clCreateCommandQueue);
    RESOLVE(clReleaseCommandQueue);
    RESOLVE(clCreateBuffer);
    RESOLVE(clReleaseMemObject);
    RESOLVE(clCreateProgramWithSource);
    RESOLVE(clCreateProgramWithBinary);
    RESOLVE(clBuildProgram);
    RESOLVE(clReleaseProgram);
    RESOLVE(clGetProgramInfo);
    RESOLVE(clGetProgramBuildInfo);
    RESOLVE(clCreateKernel);
    RESOLVE(clReleaseKernel);
    RESOLVE(clSetKernelArg);
    RESOLVE(clGetKernelInfo);
    RESOLVE(clGetKernelArgInfo);
    RESOLVE(clEnqueueNDRangeKernel);
    RESOLVE(clEnqueueWriteBuffer);
    RESOLVE(clEnqueueReadBuffer);
    RESOLVE(clEnqueueMarkerWithWaitList);
    RESOLVE(clFlush);
    RESOLVE(clGetEventInfo);
    RESOLVE(clGetEventProfilingInfo);
    RESOLVE(clReleaseEvent);
}

static void open_loader(void) {
    // Every OpenCL loader on Linux has this name. It is never closed, because drivers leave threads behind.
    void *loader = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (loader) {
        resolve(loader);
        usable = !failure[0];
        return;
    }
    const char *words = dlerror();
    // The text is English, because this program sets no locale. A machine without OpenCL is not an error.
    if (words && strstr(words, "libOpenCL.so.1: cannot open shared object file: No such file or directory")) return;
    snprintf(failure, sizeof failure, "the OpenCL loader cannot be opened: %s", words ? words : "dlopen failed");
}

const struct nj_opencl *nj_opencl(void) {
    pthread_once(&once, open_loader);
    return usable ? &table : NULL;
}

const char *nj_opencl_failure(void) {
    pthread_once(&once, open_loader);
    return failure[0] ? failure : NULL;
}

int nj_opencl_library(cl_platform_id platform, char *path, size_t size) {
    // cl_khr_icd: every object begins with a pointer to the driver's functions, clGetPlatformInfo second among them.
    // The loader calls the driver through the same pointers.
    void *const *const *object = (void *const *const *)platform;
    Dl_info found;
    if (!object || !*object || !dladdr((*object)[1], &found) || !found.dli_fname) return 0;
    return (size_t)snprintf(path, size, "%s", found.dli_fname) < size;
}

char **nj_environment(void) { return environ; }

int nj_close_from(void *actions, int first) { return posix_spawn_file_actions_addclosefrom_np(actions, first); }

int nj_memory_file(void) { return memfd_create("nightjar", MFD_CLOEXEC); }

void nj_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }
