// The parameters of the scrypt kernels. The host's prelude defines all of them. There are no defaults, so that a
// forgotten one is an error and not a wrong hash.
#ifndef NIGHTJAR_SCRYPT_PARAMETERS_CL
#define NIGHTJAR_SCRYPT_PARAMETERS_CL

#include "Primitives/Inline.cl"

// N of RFC 7914, a power of two. r and p are 1.
#ifndef NJ_SCRYPT_N
#error "NJ_SCRYPT_N is not defined"
#endif
// The lookup gap: of this many rows one is stored, and the others are computed again when they are read. A power of
// two, at most NJ_SCRYPT_N.
#ifndef NJ_SCRYPT_GAP
#error "NJ_SCRYPT_GAP is not defined"
#endif
// Work-items that share a hash in the mixing: 1 or 4.
#ifndef NJ_SCRYPT_ITEMS
#error "NJ_SCRYPT_ITEMS is not defined"
#endif
// The number of scratchpads that alternate by rows in memory; 1 if each is contiguous.
#ifndef NJ_PAD_INTERLEAVE
#error "NJ_PAD_INTERLEAVE is not defined"
#endif
// Work-items of a group in start and finish, which have one work-item a hash.
#ifndef NJ_GROUP_HASH
#error "NJ_GROUP_HASH is not defined"
#endif
// Hashes of a group in mix.
#ifndef NJ_GROUP_LOOP
#error "NJ_GROUP_LOOP is not defined"
#endif
#if NJ_SCRYPT_ITEMS != 1 && NJ_SCRYPT_ITEMS != 4
#error "NJ_SCRYPT_ITEMS is not 1 or 4"
#endif

// The words of a hash's record: the block, 32 words, each half in the order of NJ_SCRYPT_PLACE; then HMAC's two states
// for the key, eight words each.
#ifndef NJ_RECORD_WORDS
#error "NJ_RECORD_WORDS is not defined"
#endif
#define NJ_RECORD_INNER 32
#define NJ_RECORD_OUTER 40

// The place in a record of a half block's word, both below 16. Each four places are a diagonal of Salsa20's matrix. So a
// column round is four steps on whole vectors, and a row round too, after three of the vectors are rotated.
#define NJ_SCRYPT_PLACE(word) (((word)-4 * ((word)&3)) & 15)

#define NJ_GROUP_OF(items) __attribute__((reqd_work_group_size(items, 1, 1)))

#endif
