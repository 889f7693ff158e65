// The SHA-256d search in plain C: a vector is one word.
#define TARGET
#define WIDTH 1
#define GROUPS 1
#define PLACES 0
#define SWAP(x) __builtin_bswap32(x)
#define BITS(x, limit) ((x) <= (limit))
#include <stdint.h>
typedef uint32_t vector;
#include "sha256d_unrolled.h"
#include "sha256d_steps.h"

const nj_sha256d_kernel nj_sha256d_portable = {.nonces = 1, .search = search, .checksum = checksum};

nj_sha256d_candidate nj_sha256d_hash(const nj_sha256d_job *job, uint32_t work, uint32_t nonce) {
    nj_sha256d_candidate result = {.nonce = nonce, .work = work};
    uint32_t states[1][8], *state = states[0];
    const vector nonces[GROUPS] = {SWAP(nonce)};
    both_hashes(job, work, nonces, states, 63, true);
    for (unsigned n = 0; n < 8; n++) nj_store32_big((uint8_t *)result.digest + 4 * n, WORD(n, 64) + IV[n]);
    return result;
}
