#ifndef NJ_ADD_CHAIN_H
#define NJ_ADD_CHAIN_H

#include <stdint.h>

/// Does `count` × 64 additions, each of which needs the sum before: a core does one a clock cycle, so that the time tells the
/// core's clock. Returns the sum.
uint64_t nj_add_chain(uint64_t count);

#endif
