#include "library.h"

#include <pthread.h>
#include <string.h>

struct found {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    nj_search *search;
    int count;
    int32_t own_stop, own_update;
    nj_job *job;
    uint64_t hashes;
};

static void note(void *user, uint32_t nonce, const uint8_t digest[32], const char *device) {
    struct found *found = user;
    pthread_mutex_lock(&found->lock);
    CHECK(nonce < 1000 && digest && strcmp(device, "cpu") == 0);
    if (found->search) {
        found->own_stop = nj_search_stop(found->search);
        found->own_update = nj_search_update(found->search, found->job);
        CHECK(nj_search_hashes(found->search, &found->hashes) == 0);
    }
    found->count++;
    pthread_cond_broadcast(&found->changed);
    pthread_mutex_unlock(&found->lock);
}

static void wait_for(struct found *found, int count) {
    pthread_mutex_lock(&found->lock);
    while (found->count < count) pthread_cond_wait(&found->changed, &found->lock);
    pthread_mutex_unlock(&found->lock);
}

void searching(void) {
    struct found found;
    uint8_t input[76];
    nj_job job;
    nj_search *search = NULL;
    uint64_t hashes = 0;
    memset(&found, 0, sizeof found);
    pthread_mutex_init(&found.lock, NULL);
    pthread_cond_init(&found.changed, NULL);
    memset(input, 3, sizeof input);
    memset(&job, 0, sizeof job);
    job.size = sizeof job;
    job.algorithm = "cn-pico";
    job.input = input;
    job.input_size = sizeof input;
    job.nonce_offset = 39;
    job.first_nonce = 10;
    job.nonce_count = 12;
    memset(job.target, 0xFF, 32);
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == 0);
    CHECK(nj_engine_destroy(engine) == NJ_ERROR_BUSY);
    wait_for(&found, 12);
    CHECK(nj_search_hashes(search, &hashes) == 0 && hashes == 12);
    /* Another job; and calls from the search's own function are refused. */
    pthread_mutex_lock(&found.lock);
    found.search = search;
    found.job = &job;
    pthread_mutex_unlock(&found.lock);
    input[0] = 4;
    CHECK(nj_search_update(search, &job) == 0);
    wait_for(&found, 24);
    pthread_mutex_lock(&found.lock);
    CHECK(found.own_stop == NJ_ERROR_BUSY && found.own_update == NJ_ERROR_BUSY && found.hashes > 12);
    pthread_mutex_unlock(&found.lock);
    CHECK(nj_search_hashes(search, &hashes) == 0 && hashes == 24);
    CHECK(nj_search_hashes(search, NULL) == NJ_ERROR_ARGUMENT);
    CHECK(nj_search_hashes(NULL, &hashes) == NJ_ERROR_ARGUMENT);
    job.nonce_count = 0;
    CHECK(nj_search_update(search, &job) == NJ_ERROR_ARGUMENT);
    CHECK(nj_search_stop(search) == 0 && nj_search_stop(NULL) == 0);
    CHECK(found.count == 24);

    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.nonce_count = (uint64_t)1 << 32;
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.first_nonce = (uint64_t)-1;
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.first_nonce = 0;
    job.nonce_offset = 73;
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.nonce_offset = (size_t)-1;
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.nonce_offset = 39;
    CHECK(nj_search_start(&search, engine, &job, "nonsense", note, &found) == NJ_ERROR_DEVICE);
    CHECK(nj_search_start(&search, engine, &job, "cpu,opencl:77.0", note, &found) == NJ_ERROR_DEVICE);
    CHECK(nj_search_start(&search, engine, &job, "cpu", NULL, &found) == NJ_ERROR_ARGUMENT);
    CHECK(nj_search_start(&search, engine, NULL, "cpu", note, &found) == NJ_ERROR_ARGUMENT);
    job.algorithm = "kawpow";
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_ALGORITHM);
    job.algorithm = "cn/1";
    job.input_size = 42;
    job.nonce_offset = 0;
    CHECK(nj_search_start(&search, engine, &job, "cpu", note, &found) == NJ_ERROR_INPUT);
}
