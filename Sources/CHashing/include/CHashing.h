#pragma once
// C hot loops, one header for each primitive.
#include "nj_aes.h"
#include "nj_argon2d.h"
#include "nj_blake256.h"
#include "nj_blake2b.h"
#include "nj_cryptonight.h"
#include "nj_groestl256.h"
#include "nj_implementation.h"
#include "nj_jh256.h"
#include "nj_keccak.h"
#include "nj_randomx.h"
#include "nj_randomx_jit.h"
#include "nj_skein.h"
