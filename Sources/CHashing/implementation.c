#include "nj_implementation.h"

bool nj_native_available(void) {
#ifdef __x86_64__
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
#else
    return false;
#endif
}
