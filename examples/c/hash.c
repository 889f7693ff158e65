/*
 * Hashes the words of the command line with an algorithm, and prints one digest a line.
 *
 *   cc hash.c $(pkg-config --cflags --libs nightjar) -o hash && ./hash cn/0 "This is a test"
 */
#include <nightjar.h>
#include <stdio.h>
#include <string.h>

static int fail(const char *what, int32_t status) {
    fprintf(stderr, "error: %s: %s\n", what, nj_status_text(status));
    return 1;
}

int main(int count, char **words) {
    static const uint8_t seed[32];
    nj_algorithm algorithm;
    nj_engine *engine = NULL;
    nj_hasher *hasher = NULL;
    int32_t status;
    int i, j;

    if (count < 2) {
        fprintf(stderr, "usage: %s ALGORITHM WORD...\n", words[0]);
        return 64;
    }
    memset(&algorithm, 0, sizeof algorithm);
    algorithm.size = sizeof algorithm;
    status = nj_algorithm_named(&algorithm, words[1]);
    if (status != 0) return fail(words[1], status);
    status = nj_engine_create(&engine, NULL);
    if (status != 0) return fail("nj_engine_create", status);
    /* RandomX gets a seed of 32 zero bytes, and cn/r the height 1. */
    status = nj_hasher_create(&hasher, engine, words[1], NULL, seed, algorithm.needs_seed ? sizeof seed : 0, NJ_MODE_LIGHT);
    for (i = 2; i < count && status == 0; i++) {
        uint8_t digest[32];
        status = nj_hash(hasher, digest, (const uint8_t *)words[i], strlen(words[i]), 1);
        for (j = 0; j < 32 && status == 0; j++) printf("%02x%s", digest[j], j < 31 ? "" : "\n");
    }
    nj_hasher_destroy(hasher);
    nj_engine_destroy(engine);
    return status == 0 ? 0 : fail("hashing", status);
}
