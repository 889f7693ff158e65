// For functions that kernels use for most of their time, or that take arrays: a call would put the arrays into memory,
// and compilers differ in what they inline. No `inline` beside it: in OpenCL C, as in C99, that would ask for a second
// definition elsewhere.
#ifndef NIGHTJAR_PRIMITIVES_INLINE_CL
#define NIGHTJAR_PRIMITIVES_INLINE_CL

#define NJ_INLINE __attribute__((always_inline))

#endif
