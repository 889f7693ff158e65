// scrypt in vectors of 128 bits, which the compiler has instructions for, or makes up from others.
#define LANES 4
#define TARGET
#define NAME nj_scrypt_lanes_vector
#include "scrypt_lanes.h"
