// What a RandomX dataset item begins as (doc/specs.md of tevador/RandomX, 7.3): r0 is (number + 1) times a multiplier,
// r1 to r7 are r0 XOR a constant each.
#ifndef NIGHTJAR_SHARED_RANDOMX_ITEM_H
#define NIGHTJAR_SHARED_RANDOMX_ITEM_H

#include "Dialect.h"

#define NJ_RX_ITEM_MULTIPLIER 6364136223846793005UL

NJ_TABLE nj_u64 nj_rx_table_item[8] = {
    0,
    9298411001130361340UL,
    12065312585734608966UL,
    9306329213124626780UL,
    5281919268842080866UL,
    10536153434571861004UL,
    3398623926847679864UL,
    9549104520008361294UL,
};

#endif
