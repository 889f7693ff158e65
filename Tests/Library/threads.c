#include "library.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

static nj_hasher *shared;
static time_t end;

/* All that threads may do at once with one hasher. */
static void *hash_often(void *expected) {
    static const uint8_t *const inputs[] = {(const uint8_t *)"threads", (const uint8_t *)"threads"};
    static const size_t sizes[] = {7, 7};
    uint8_t digest[32], digests[64];
    int32_t verdict = -1, verdicts[2];
    nj_share shares[2];
    int i;
    memset(shares, 0, sizeof shares);
    for (i = 0; i < 2; i++) {
        shares[i].size = sizeof shares[i];
        shares[i].input = inputs[i];
        shares[i].input_size = sizes[i];
        memset(shares[i].target, 0xFF, 32);
        memcpy(shares[i].result, expected, 32);
    }
    for (i = 0; i < 20 || time(NULL) < end; i++) {
        CHECK(nj_hash(shared, digest, inputs[0], sizes[0], 0) == 0);
        CHECK(memcmp(digest, expected, 32) == 0);
        CHECK(nj_hash_batch(shared, digests, NULL, inputs, sizes, NULL, 2) == 0);
        CHECK(memcmp(digests, expected, 32) == 0 && memcmp(digests + 32, expected, 32) == 0);
        CHECK(nj_verify(shared, &verdict, shares) == 0 && verdict == NJ_VERDICT_OK);
        CHECK(nj_verify_batch(shared, verdicts, NULL, shares, 2) == 0);
        CHECK(verdicts[0] == NJ_VERDICT_OK && verdicts[1] == NJ_VERDICT_OK);
    }
    return NULL;
}

void threads(int seconds) {
    pthread_t threads[8];
    uint8_t expected[32];
    int i;
    CHECK(nj_hasher_create(&shared, engine, "cn-pico", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hash(shared, expected, (const uint8_t *)"threads", 7, 0) == 0);
    end = seconds > 0 ? time(NULL) + seconds : 0;
    for (i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, hash_often, expected) == 0);
    for (i = 0; i < 8; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(nj_hasher_destroy(shared) == 0);
}
