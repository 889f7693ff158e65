// Byte orders.
#ifndef NIGHTJAR_PRIMITIVES_BYTES_CL
#define NIGHTJAR_PRIMITIVES_BYTES_CL

#include "Primitives/Inline.cl"

NJ_INLINE uint nj_swap32(uint word) { return rotate(word & 0x00FF00FFu, 24u) | rotate(word & 0xFF00FF00u, 8u); }

#endif
