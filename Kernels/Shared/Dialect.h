// What C and OpenCL C spell differently. Every header in Shared is valid in both: a table is written once.
#ifndef NIGHTJAR_SHARED_DIALECT_H
#define NIGHTJAR_SHARED_DIALECT_H

// A driver defines __OPENCL_VERSION__ too, but clang by itself, as a linter, only this one.
#ifdef __OPENCL_C_VERSION__
#define NJ_TABLE __constant
typedef uchar nj_u8;
typedef ushort nj_u16;
typedef uint nj_u32;
typedef ulong nj_u64;
#else
#include <stdint.h>
// A host file that includes a header for one table leaves the others unused.
#define NJ_TABLE __attribute__((unused)) static const
typedef uint8_t nj_u8;
typedef uint16_t nj_u16;
typedef uint32_t nj_u32;
typedef uint64_t nj_u64;
#endif

#endif
