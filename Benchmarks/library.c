/*
 * What libnightjar costs its callers, in pairs that alternate: ratios of one run can be compared, times of a shared machine
 * cannot.
 *
 *   make library
 *   cc -O2 -ISources/CNightjar Benchmarks/library.c -L.build/release/library -l:libnightjar.so.0 -ldl -lpthread -o library
 *   LD_LIBRARY_PATH=.build/release/library ./library ...
 *
 *   batch ALGORITHM COUNT     a batch, against a search of the same engine
 *   headers ALGORITHM COUNT   the same, with inputs that have no part in common
 *   call ALGORITHM            one call of nj_hash
 *   verify FILE               rx/0 in light mode on all cores, against the librandomx of that file, with a VM a thread
 *
 * A number before these words is that of pairs: 5 unless given.
 */
#include <dlfcn.h>
#include <nightjar.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PAIRS = 100, INPUT = 80 };
static int pairs = 5;
static const uint8_t seed[32];
static nj_algorithm algorithm;
static nj_engine *engine;

static void check(const char *what, int32_t status) {
    if (status == 0) return;
    fprintf(stderr, "error: %s: %s\n", what, nj_status_text(status));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static void *room(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (!memory) check("memory", NJ_ERROR_MEMORY);
    return memory;
}

static nj_hasher *hasher_of(const char *name, int mode) {
    nj_hasher *hasher;
    algorithm.size = sizeof algorithm;
    check(name, nj_algorithm_named(&algorithm, name));
    check(name, nj_hasher_create(&hasher, engine, name, NULL, seed, algorithm.needs_seed ? sizeof seed : 0, mode));
    return hasher;
}

/* COUNT inputs, and where each begins. A miner's differ by their nonce. */
static uint8_t *make_inputs(const uint8_t **places, size_t count, int differ) {
    uint8_t *inputs = room(count * INPUT);
    size_t i, j;
    for (i = 0; i < count; i++) {
        uint8_t *input = inputs + i * INPUT;
        const uint32_t nonce = (uint32_t)i;
        places[i] = input;
        for (j = 0; j < INPUT; j++) input[j] = differ ? (uint8_t)rand() : (uint8_t)j;
        if (!differ) memcpy(input + algorithm.nonce_offset, &nonce, 4);
    }
    return inputs;
}

static void ignore(void *user, uint32_t nonce, const uint8_t digest[32], const char *device) {
    (void)user, (void)nonce, (void)digest, (void)device;
}

/* Hashes a second of a search, which is what mining does, after a beginning that does not count. */
static double search_rate(const uint8_t *input, double seconds) {
    nj_search *search;
    nj_job job;
    uint64_t before, after;
    double start;
    memset(&job, 0, sizeof job);
    job.size = sizeof job;
    job.algorithm = algorithm.name;
    job.input = input;
    job.input_size = INPUT;
    job.nonce_offset = algorithm.nonce_offset;
    job.nonce_count = (uint64_t)1 << 32;
    job.height = 1;
    job.seed = seed;
    job.seed_size = algorithm.needs_seed ? sizeof seed : 0;
    check("search", nj_search_start(&search, engine, &job, "cpu", ignore, NULL));
    do usleep(10000);
    while (check("search", nj_search_hashes(search, &before)), before == 0);
    usleep(300000);
    check("search", nj_search_hashes(search, &before));
    start = now();
    usleep((useconds_t)(1e6 * seconds));
    check("search", nj_search_hashes(search, &after));
    seconds = now() - start;
    check("search", nj_search_stop(search));
    return (double)(after - before) / seconds;
}

static void batch(const char *name, size_t count, int differ) {
    nj_hasher *hasher = hasher_of(name, NJ_MODE_AUTO);
    const uint8_t **places = room(count * sizeof *places);
    uint8_t *inputs = make_inputs(places, count, differ), *digests = room(count * 32);
    size_t *sizes = room(count * sizeof *sizes), i;
    uint64_t *heights = room(count * sizeof *heights);
    double ratios[MOST_PAIRS];
    int pair;
    for (i = 0; i < count; i++) sizes[i] = INPUT, heights[i] = 1;
    check("warm-up", nj_hash_batch(hasher, digests, NULL, places, sizes, heights, count < 1000 ? count : 1000));
    for (pair = 0; pair < pairs; pair++) {
        double times[101], rate, search;
        const double start = now();
        size_t batches = 0;
        /* One batch, or as many as two seconds have room for. */
        do {
            const double begin = now();
            check("batch", nj_hash_batch(hasher, digests, NULL, places, sizes, heights, count));
            times[batches++] = now() - begin;
        } while (batches < 101 && now() - start < 2);
        rate = (double)count / median(times, batches);
        search = search_rate(inputs, now() - start < 10 ? now() - start : 10);
        ratios[pair] = rate / search;
        printf("%s: batch %.5g H/s, search %.5g H/s, ratio %.3f\n", name, rate, search, ratios[pair]);
    }
    printf("%s: %zu at once, median ratio %.3f\n", name, count, median(ratios, (size_t)pairs));
}

static void call(const char *name) {
    nj_hasher *hasher = hasher_of(name, NJ_MODE_LIGHT);
    enum { CALLS = 2001 };
    static double times[CALLS];
    uint8_t input[INPUT] = {0}, digest[32];
    int i;
    for (i = -20; i < CALLS; i++) {
        const double start = now();
        check("nj_hash", nj_hash(hasher, digest, input, INPUT, 1));
        if (i >= 0) times[i] = now() - start;
        input[0]++;
    }
    printf("%s: nj_hash %.0f ns, median of %d\n", name, 1e9 * median(times, CALLS), CALLS);
}

/* librandomx, by its own header's names. */
static void *(*randomx_alloc_cache)(int);
static void (*randomx_init_cache)(void *, const void *, size_t);
static void *(*randomx_create_vm)(int, void *, void *);
static void (*randomx_calculate_hash)(void *, const void *, size_t, void *);
static int (*randomx_get_flags)(void);
static struct peer {
    pthread_t thread;
    void *vm;
    const uint8_t *inputs;
    uint8_t *digests;
    size_t count;
} * peers;

static void *run_peer(void *argument) {
    struct peer *peer = argument;
    size_t i;
    for (i = 0; i < peer->count; i++)
        randomx_calculate_hash(peer->vm, peer->inputs + i * INPUT, INPUT, peer->digests + i * 32);
    return NULL;
}

static void *named(void *library, const char *name) {
    void *function = dlsym(library, name);
    if (function) return function;
    fprintf(stderr, "error: %s\n", dlerror());
    exit(1);
}

static void verify(const char *path) {
    enum { EACH = 100 };
    nj_hasher *hasher = hasher_of("rx/0", NJ_MODE_LIGHT);
    const size_t cores = (size_t)sysconf(_SC_NPROCESSORS_ONLN), count = cores * EACH;
    const uint8_t **places = room(count * sizeof *places);
    uint8_t *inputs = make_inputs(places, count, 1), *digests = room(count * 32);
    nj_share *shares = room(count * sizeof *shares);
    int32_t *verdicts = room(count * sizeof *verdicts);
    void *library = dlopen(path, RTLD_NOW), *cache = NULL;
    double ratios[MOST_PAIRS];
    int pair, flags;
    size_t i;
    if (!library) {
        fprintf(stderr, "error: %s\n", dlerror());
        exit(1);
    }
    *(void **)&randomx_alloc_cache = named(library, "randomx_alloc_cache");
    *(void **)&randomx_init_cache = named(library, "randomx_init_cache");
    *(void **)&randomx_create_vm = named(library, "randomx_create_vm");
    *(void **)&randomx_calculate_hash = named(library, "randomx_calculate_hash");
    *(void **)&randomx_get_flags = named(library, "randomx_get_flags");
    /* Huge pages for both, if there are any. */
    flags = randomx_get_flags() | 1;
    if (!(cache = randomx_alloc_cache(flags))) cache = randomx_alloc_cache(flags &= ~1);
    if (!cache) check("librandomx", NJ_ERROR_MEMORY);
    randomx_init_cache(cache, seed, sizeof seed);
    peers = room(cores * sizeof *peers);
    for (i = 0; i < cores; i++) {
        peers[i].vm = randomx_create_vm(flags, cache, NULL);
        if (!peers[i].vm) check("librandomx", NJ_ERROR_MEMORY);
        peers[i].inputs = inputs + i * EACH * INPUT;
        peers[i].digests = digests + i * EACH * 32;
        peers[i].count = EACH;
    }
    printf("librandomx: flags %d, %zu threads\n", flags, cores);
    for (pair = 0; pair < pairs; pair++) {
        double start = now(), theirs, ours;
        for (i = 0; i < cores; i++) pthread_create(&peers[i].thread, NULL, run_peer, &peers[i]);
        for (i = 0; i < cores; i++) pthread_join(peers[i].thread, NULL);
        theirs = (double)count / (now() - start);
        /* Their digests are the claims. */
        for (i = 0; i < count; i++) {
            shares[i].size = sizeof *shares;
            shares[i].input = places[i];
            shares[i].input_size = INPUT;
            memcpy(shares[i].result, digests + i * 32, 32);
            memset(shares[i].target, 0xFF, 32);
        }
        if (pair == 0) check("verify", nj_verify_batch(hasher, verdicts, NULL, shares, 2 * cores));
        start = now();
        check("verify", nj_verify_batch(hasher, verdicts, NULL, shares, count));
        ours = (double)count / (now() - start);
        for (i = 0; i < count; i++)
            if (verdicts[i] != NJ_VERDICT_OK) check("a digest differs", NJ_ERROR_SELFTEST);
        ratios[pair] = ours / theirs;
        printf("rx/0 light: nj_verify_batch %.4g/s, librandomx %.4g/s, ratio %.3f\n", ours, theirs, ratios[pair]);
    }
    printf("rx/0 light: median ratio %.3f\n", median(ratios, (size_t)pairs));
}

int main(int count, char **words) {
    const char *program = words[0], *what;
    if (count > 1 && atoi(words[1]) > 0) {
        pairs = atoi(words[1]) < MOST_PAIRS ? atoi(words[1]) : MOST_PAIRS;
        words++, count--;
    }
    what = count > 1 ? words[1] : "";
    check("nj_engine_create", nj_engine_create(&engine, NULL));
    if (count == 4 && strcmp(what, "batch") == 0)
        batch(words[2], (size_t)atol(words[3]), 0);
    else if (count == 4 && strcmp(what, "headers") == 0)
        batch(words[2], (size_t)atol(words[3]), 1);
    else if (count == 3 && strcmp(what, "call") == 0)
        call(words[2]);
    else if (count == 3 && strcmp(what, "verify") == 0)
        verify(words[2]);
    else {
        fprintf(stderr, "usage: %s [PAIRS] batch|headers ALGORITHM COUNT | call ALGORITHM | verify FILE\n", program);
        return 64;
    }
    return 0;
}
