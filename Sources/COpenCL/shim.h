// The one door to OpenCL.
#pragma once

// 1.2 is the floor: newer entry points must not be called by accident, since a 1.2 driver lacks them.
#define CL_TARGET_OPENCL_VERSION 120

#ifdef __APPLE__
#include <OpenCL/opencl.h>
#else
#include <CL/cl.h>
#endif
