// The only interface to OpenCL: the functions that Nightjar calls, and a loader that is opened at run time.
//
// Nothing here links libOpenCL, so that a program with Nightjar in it starts on machines without OpenCL, and no driver
// is touched before a device is wanted. The declarations are written out from the OpenCL 1.2 specification, for two
// reasons: the build needs no OpenCL package, and code cannot call a newer entry point, which a 1.2 driver lacks.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef int32_t cl_int;
typedef uint32_t cl_uint;
typedef uint64_t cl_ulong;
typedef cl_uint cl_bool;
typedef cl_ulong cl_bitfield;

typedef struct _cl_platform_id *cl_platform_id;
typedef struct _cl_device_id *cl_device_id;
typedef struct _cl_context *cl_context;
typedef struct _cl_command_queue *cl_command_queue;
typedef struct _cl_mem *cl_mem;
typedef struct _cl_program *cl_program;
typedef struct _cl_kernel *cl_kernel;
typedef struct _cl_event *cl_event;

typedef cl_uint cl_platform_info, cl_device_info, cl_program_info, cl_program_build_info, cl_kernel_info,
    cl_kernel_arg_info, cl_event_info, cl_profiling_info;
typedef cl_bitfield cl_device_type, cl_device_fp_config, cl_mem_flags, cl_command_queue_properties;
// An array that ends with 0.
typedef intptr_t cl_context_properties;

// Result codes.
#define CL_SUCCESS 0
#define CL_DEVICE_NOT_FOUND -1
#define CL_DEVICE_NOT_AVAILABLE -2
#define CL_BUILD_PROGRAM_FAILURE -11
#define CL_KERNEL_ARG_INFO_NOT_AVAILABLE -19
#define CL_INVALID_VALUE -30
#define CL_INVALID_BUILD_OPTIONS -43
#define CL_INVALID_KERNEL_DEFINITION -47
#define CL_INVALID_ARG_INDEX -49
#define CL_INVALID_ARG_SIZE -51
#define CL_INVALID_KERNEL_ARGS -52

// Booleans.
#define CL_TRUE 1

// Queries of platforms.
#define CL_PLATFORM_VERSION 0x0901
#define CL_PLATFORM_NAME 0x0902

// Kinds of device.
#define CL_DEVICE_TYPE_CPU (1 << 1)
#define CL_DEVICE_TYPE_GPU (1 << 2)
#define CL_DEVICE_TYPE_ALL 0xFFFFFFFF

// Queries of devices.
#define CL_DEVICE_TYPE 0x1000
#define CL_DEVICE_MAX_COMPUTE_UNITS 0x1002
#define CL_DEVICE_MAX_WORK_GROUP_SIZE 0x1004
#define CL_DEVICE_ADDRESS_BITS 0x100D
#define CL_DEVICE_MAX_MEM_ALLOC_SIZE 0x1010
#define CL_DEVICE_GLOBAL_MEM_SIZE 0x101F
#define CL_DEVICE_ENDIAN_LITTLE 0x1026
#define CL_DEVICE_AVAILABLE 0x1027
#define CL_DEVICE_COMPILER_AVAILABLE 0x1028
#define CL_DEVICE_NAME 0x102B
#define CL_DRIVER_VERSION 0x102D
#define CL_DEVICE_DOUBLE_FP_CONFIG 0x1032
#define CL_DEVICE_HOST_UNIFIED_MEMORY 0x1035
#define CL_DEVICE_NATIVE_VECTOR_WIDTH_INT 0x1038

// Queries of a card's generation and place on the PCI bus. They belong to extensions; a driver without them refuses them.
#define CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV 0x4000
#define CL_DEVICE_PCI_BUS_ID_NV 0x4008
#define CL_DEVICE_PCI_SLOT_ID_NV 0x4009
#define CL_DEVICE_PCI_DOMAIN_ID_NV 0x400A
#define CL_DEVICE_TOPOLOGY_AMD 0x4037
#define CL_DEVICE_PCI_BUS_INFO_KHR 0x410F

// Flags of queues and buffers.
#define CL_QUEUE_PROFILING_ENABLE (1 << 1)
#define CL_MEM_READ_WRITE (1 << 0)

// Queries of programs.
#define CL_PROGRAM_BINARY_SIZES 0x1165
#define CL_PROGRAM_BINARIES 0x1166
#define CL_PROGRAM_KERNEL_NAMES 0x1168
#define CL_PROGRAM_BUILD_LOG 0x1183

// Queries of kernels.
#define CL_KERNEL_NUM_ARGS 0x1191
#define CL_KERNEL_ARG_TYPE_NAME 0x1198

// Queries of events, and their results.
#define CL_EVENT_COMMAND_EXECUTION_STATUS 0x11D3
#define CL_COMPLETE 0x0
#define CL_QUEUED 0x3
#define CL_PROFILING_COMMAND_START 0x1282
#define CL_PROFILING_COMMAND_END 0x1283

// The entry points, by their names. In a table from nj_opencl() no field is NULL.
struct nj_opencl {
    // Platforms and devices.
    cl_int (*clGetPlatformIDs)(cl_uint entries, cl_platform_id *platforms, cl_uint *count);
    cl_int (*clGetPlatformInfo)(
        cl_platform_id platform, cl_platform_info name, size_t size, void *value, size_t *actual);
    cl_int (*clGetDeviceIDs)(
        cl_platform_id platform, cl_device_type type, cl_uint entries, cl_device_id *devices, cl_uint *count);
    cl_int (*clGetDeviceInfo)(cl_device_id device, cl_device_info name, size_t size, void *value, size_t *actual);

    // Contexts, queues, buffers.
    cl_context (*clCreateContext)(
        const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
        void (*notify)(const char *words, const void *data, size_t size, void *user), void *user, cl_int *code);
    cl_int (*clReleaseContext)(cl_context context);
    cl_command_queue (*clCreateCommandQueue)(
        cl_context context, cl_device_id device, cl_command_queue_properties properties, cl_int *code);
    cl_int (*clReleaseCommandQueue)(cl_command_queue queue);
    cl_mem (*clCreateBuffer)(cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *code);
    cl_int (*clReleaseMemObject)(cl_mem memory);

    // Programs and kernels.
    cl_program (*clCreateProgramWithSource)(
        cl_context context, cl_uint count, const char **strings, const size_t *lengths, cl_int *code);
    cl_program (*clCreateProgramWithBinary)(
        cl_context context, cl_uint count, const cl_device_id *devices, const size_t *lengths,
        const unsigned char **binaries, cl_int *statuses, cl_int *code);
    cl_int (*clBuildProgram)(
        cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
        void (*notify)(cl_program program, void *user), void *user);
    cl_int (*clReleaseProgram)(cl_program program);
    cl_int (*clGetProgramInfo)(cl_program program, cl_program_info name, size_t size, void *value, size_t *actual);
    cl_int (*clGetProgramBuildInfo)(
        cl_program program, cl_device_id device, cl_program_build_info name, size_t size, void *value, size_t *actual);
    cl_kernel (*clCreateKernel)(cl_program program, const char *name, cl_int *code);
    cl_int (*clReleaseKernel)(cl_kernel kernel);
    cl_int (*clSetKernelArg)(cl_kernel kernel, cl_uint index, size_t size, const void *value);
    cl_int (*clGetKernelInfo)(cl_kernel kernel, cl_kernel_info name, size_t size, void *value, size_t *actual);
    cl_int (*clGetKernelArgInfo)(
        cl_kernel kernel, cl_uint index, cl_kernel_arg_info name, size_t size, void *value, size_t *actual);

    // Commands and events.
    cl_int (*clEnqueueNDRangeKernel)(
        cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global,
        const size_t *local, cl_uint waits, const cl_event *list, cl_event *event);
    cl_int (*clEnqueueWriteBuffer)(
        cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset, size_t size, const void *source,
        cl_uint waits, const cl_event *list, cl_event *event);
    cl_int (*clEnqueueReadBuffer)(
        cl_command_queue queue, cl_mem memory, cl_bool blocking, size_t offset, size_t size, void *target,
        cl_uint waits, const cl_event *list, cl_event *event);
    cl_int (*clEnqueueMarkerWithWaitList)(cl_command_queue queue, cl_uint waits, const cl_event *list, cl_event *event);
    cl_int (*clFlush)(cl_command_queue queue);
    cl_int (*clGetEventInfo)(cl_event event, cl_event_info name, size_t size, void *value, size_t *actual);
    cl_int (*clGetEventProfilingInfo)(cl_event event, cl_profiling_info name, size_t size, void *value, size_t *actual);
    cl_int (*clReleaseEvent)(cl_event event);
};

// The entry points of the machine's OpenCL loader; NULL when there is no usable loader. The first call opens the
// loader. Any thread may call this. No driver is loaded before the first call of an entry point.
const struct nj_opencl *nj_opencl(void);

// Why nj_opencl() is NULL, in one line; NULL when the loader works, and when the machine simply has no loader.
const char *nj_opencl_failure(void);

// Writes the path of the shared library that a platform's driver is, and ends it with 0. Returns whether it is known.
int nj_opencl_library(cl_platform_id platform, char *path, size_t size);

// The process's present environment, as name=value. Swift cannot use the variable `environ` safely.
char **nj_environment(void);

// Lets a process that is spawned with these actions (a posix_spawn_file_actions_t) start with all descriptors from `first`
// on closed. Swift does not see glibc's function.
int nj_close_from(void *actions, int first);

// A new file in memory, which is closed when another program is executed; -1 when there is none.
int nj_memory_file(void);

// Kills this process when the thread that started it ends.
void nj_end_with_parent(void);
