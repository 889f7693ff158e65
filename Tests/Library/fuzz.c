/*
 * Calls all functions of nightjar.h with arguments that bytes decide: whatever they are, a call ends with a status, touches
 * nothing but its outputs, and gives right digests.
 *
 * With -fsanitize=fuzzer and NIGHTJAR_LIBFUZZER defined, libFuzzer gives the bytes. Otherwise a generator does, until there
 * were as many calls as the first argument says; the second one begins another sequence.
 */
#include <nightjar.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                   \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "error: line %d: %s\n", __LINE__, #condition); \
            abort();                                                       \
        }                                                                  \
    } while (0)

enum { ENGINES = 2, HASHERS = 4, SEARCHES = 2, ITEMS = 5, ROOM = 512, GUARD = 0x5A };

static unsigned long long calls;

/* Bytes that are used up; behind their end there are zeros. */
static const uint8_t *next_byte, *last_byte;

static unsigned byte(void) { return next_byte < last_byte ? *next_byte++ : 0; }
static unsigned below(unsigned limit) { return byte() % limit; }
static int rarely(void) { return byte() >= 250; }

/* Objects that live, or NULL. */
static nj_engine *engines[ENGINES];
static struct {
    nj_hasher *hasher;
    int engine, is_slow;
    size_t most;
} hashers[HASHERS];
static struct {
    nj_search *search;
    int engine;
} searches[SEARCHES];

static uint8_t input_bytes[ROOM];

static void is_status(int32_t status) {
    calls++;
    CHECK(status <= 0 && status >= NJ_ERROR_UNSUPPORTED);
    /* No function of this version is ended from elsewhere, and no known answer is wrong. */
    CHECK(status != NJ_ERROR_CANCELLED && status != NJ_ERROR_SELFTEST);
}

/* Fast ones as a rule: nothing of RandomX, which would take seconds. */
static const char *a_name(void) {
    static const char *const names[] = {"SHA256D", "scrypt", "cn-pico", "cn/r", "", "kawpow", "rx/0\n", NULL};
    return below(4) ? "sha256d" : names[below(sizeof names / sizeof *names)];
}

static const char *a_device(void) {
    static const char *const names[] = {NULL, NULL, NULL, "cpu", "cpu", "gpu", "", "opencl:", "cpu,cpu", "\xFF"};
    return names[below(sizeof names / sizeof *names)];
}

/* An input that is as long as it says; or too long for any algorithm, and then nothing of it may be read. */
static const uint8_t *an_input(size_t *size, size_t most) {
    static const size_t sizes[] = {80, 80, 76, 0, 1, 42, 43, 63, 64, 65, 119, 120, 272, ROOM};
    unsigned n = below(sizeof sizes / sizeof *sizes + 3);
    if (n < sizeof sizes / sizeof *sizes) {
        *size = sizes[n];
        return input_bytes + below((unsigned)(ROOM - *size) + 1);
    }
    *size = n == sizeof sizes / sizeof *sizes ? 1 : below(2) ? (size_t)-1 - below(2) : (size_t)1 << (41 + below(22));
    if (*size > 1 && *size <= most) *size = 80;
    return *size > most ? input_bytes : NULL;
}

static void make_engine(void) {
    struct {
        nj_options options;
        uint8_t more[8];
    } options;
    nj_options *o = &options.options;
    unsigned n = below(ENGINES);
    nj_engine *made = NULL;
    int32_t status;
    memset(&options, 0, sizeof options);
    o->size = below(4) ? sizeof *o : below(2) * sizeof options + below(80);
    if (o->size > sizeof options) o->size = sizeof options;
    options.more[below(8)] = (uint8_t)(rarely() ? byte() : 0);
    o->threads = rarely() ? (size_t)-1 : below(4);
    o->memory_limit = rarely() ? below(4) << 20 : 0;
    o->huge_pages = (int)below(5) - 2;
    o->jit = (int)below(3) - 1;
    /* Drivers are other people's code. */
    o->opencl = -1;
    status = nj_engine_create(rarely() ? NULL : &made, o);
    is_status(status);
    CHECK((status == 0) == (made != NULL));
    if (!made) return;
    if (engines[n]) {
        is_status(nj_engine_destroy(made));
    } else {
        engines[n] = made;
    }
}

static void destroy_engine(void) {
    unsigned n = below(ENGINES);
    int i, users = 0;
    int32_t status;
    for (i = 0; i < HASHERS; i++) users += hashers[i].hasher && hashers[i].engine == (int)n;
    for (i = 0; i < SEARCHES; i++) users += searches[i].search && searches[i].engine == (int)n;
    status = nj_engine_destroy(engines[n]);
    is_status(status);
    CHECK(status == (engines[n] && users ? NJ_ERROR_BUSY : 0));
    if (status == 0) engines[n] = NULL;
}

static void make_hasher(void) {
    unsigned n = below(HASHERS), engine = below(ENGINES);
    const char *name = a_name();
    nj_hasher *made = NULL;
    nj_algorithm algorithm;
    int32_t status;
    status = nj_hasher_create(
        rarely() ? NULL : &made, engines[engine], name, a_device(), below(8) ? NULL : input_bytes,
        below(8) ? 0 : below(80), (int32_t)below(5) - 1);
    is_status(status);
    CHECK((status == 0) == (made != NULL));
    if (!made) return;
    memset(&algorithm, 0, sizeof algorithm);
    algorithm.size = sizeof algorithm;
    CHECK(nj_algorithm_named(&algorithm, name) == 0);
    if (hashers[n].hasher) {
        is_status(nj_hasher_destroy(made));
        return;
    }
    hashers[n].hasher = made;
    hashers[n].engine = (int)engine;
    hashers[n].is_slow = algorithm.memory > 0;
    hashers[n].most = algorithm.maximum_input;
}

/* A place that may be empty. One with a slow hasher comes seldom. */
static unsigned a_hasher(void) {
    unsigned n = below(HASHERS);
    while (hashers[n].hasher && hashers[n].is_slow && byte() > 0) n = (n + 1) % HASHERS;
    return n;
}

static void destroy_hasher(void) {
    unsigned n = below(HASHERS);
    CHECK(nj_hasher_destroy(hashers[n].hasher) == 0);
    calls++;
    hashers[n].hasher = NULL;
}

static void hash(void) {
    unsigned n = a_hasher();
    uint8_t digest[34];
    size_t size, i;
    const uint8_t *input = an_input(&size, hashers[n].most);
    int32_t status;
    memset(digest, GUARD, sizeof digest);
    status = nj_hash(hashers[n].hasher, rarely() ? NULL : digest + 1, input, size, byte());
    is_status(status);
    for (i = 0; status != 0 && i < sizeof digest; i++) CHECK(digest[i] == GUARD);
    CHECK(digest[0] == GUARD && digest[33] == GUARD);
}

static void hash_batch(void) {
    unsigned n = a_hasher(), count = below(ITEMS + 1), shift = below(2);
    uint8_t digests[32 * ITEMS + 2], expected[32];
    const uint8_t *inputs[ITEMS];
    size_t sizes[ITEMS];
    uint64_t heights[ITEMS];
    int32_t statuses[ITEMS], status;
    int has_heights = rarely() ? 0 : 1;
    unsigned i;
    memset(digests, GUARD, sizeof digests);
    for (i = 0; i < ITEMS; i++) {
        inputs[i] = an_input(&sizes[i], hashers[n].most);
        heights[i] = below(2);
        statuses[i] = 1;
    }
    status = nj_hash_batch(
        hashers[n].hasher, rarely() ? NULL : digests + shift, rarely() ? NULL : statuses, rarely() ? NULL : inputs,
        rarely() ? NULL : sizes, has_heights ? heights : NULL, count);
    is_status(status);
    if (hashers[n].hasher && count > 0 && statuses[0] != 1) {
        int32_t gravest = 0;
        for (i = 0; i < count; i++) {
            memset(expected, 0, sizeof expected);
            if (statuses[i] == 0 && has_heights)
                CHECK(nj_hash(hashers[n].hasher, expected, inputs[i], sizes[i], heights[i]) == 0);
            if (statuses[i] != 0 || has_heights) CHECK(memcmp(digests + shift + 32 * i, expected, 32) == 0);
            if (statuses[i] != 0) gravest = statuses[i];
        }
        CHECK(gravest == status);
    }
    CHECK(digests[sizeof digests - 1] == GUARD && (shift == 0 || digests[0] == GUARD));
    for (i = shift + 32 * count; i < sizeof digests; i++) CHECK(digests[i] == GUARD);
}

static void verify(void) {
    unsigned n = a_hasher(), count = below(ITEMS + 1), i;
    nj_share shares[ITEMS];
    int32_t verdicts[ITEMS + 1], statuses[ITEMS + 1];
    memset(shares, 0, sizeof shares);
    for (i = 0; i < ITEMS; i++) {
        shares[i].size = rarely() ? below(255) : sizeof *shares;
        /* The first one's size is the stride. */
        if (i == 0 && shares[0].size > sizeof *shares) shares[0].size = sizeof *shares;
        if (i > 0 && shares[i].size > sizeof *shares * (ITEMS - i)) shares[i].size = sizeof *shares;
        shares[i].input = an_input(&shares[i].input_size, hashers[n].most);
        shares[i].height = below(2);
        memset(shares[i].target, below(2) ? 0xFF : 0, 32);
        if (below(2) && shares[i].input_size <= hashers[n].most && hashers[n].hasher)
            (void)nj_hash(hashers[n].hasher, shares[i].result, shares[i].input, shares[i].input_size, shares[i].height);
        verdicts[i] = statuses[i] = 77;
    }
    verdicts[ITEMS] = statuses[ITEMS] = 77;
    if (below(3) == 0) {
        is_status(nj_verify(hashers[n].hasher, rarely() ? NULL : verdicts, rarely() ? NULL : shares));
        return;
    }
    is_status(nj_verify_batch(
        hashers[n].hasher, rarely() ? NULL : verdicts, rarely() ? NULL : statuses, rarely() ? NULL : shares, count));
    for (i = count; i <= ITEMS; i++) CHECK(verdicts[i] == 77 && statuses[i] == 77);
}

static void found(void *user, uint32_t nonce, const uint8_t digest[32], const char *device) {
    CHECK(user == input_bytes && nonce < 8 && digest[0] + digest[31] >= 0 && strcmp(device, "cpu") == 0);
}

static void a_job(nj_job *job) {
    memset(job, 0, sizeof *job);
    job->size = rarely() ? below(40) : sizeof *job;
    job->algorithm = a_name();
    job->input = an_input(&job->input_size, (size_t)-1 >> 1);
    job->nonce_offset = rarely() ? (size_t)-1 - below(8) : below(90);
    job->first_nonce = below(4);
    job->nonce_count = rarely() ? (uint64_t)-1 - below(4) : below(5);
    job->height = byte();
    job->seed_size = rarely() ? below(80) : rarely() ? (size_t)1 << (41 + below(22)) : 0;
    job->seed = rarely() ? NULL : input_bytes;
    memset(job->target, (int)byte(), 32);
}

static void search(void) {
    unsigned n = below(SEARCHES), engine = below(ENGINES);
    nj_job job;
    nj_search *made = NULL;
    uint64_t hashes = 0;
    int32_t status;
    a_job(&job);
    if (searches[n].search) {
        is_status(nj_search_update(searches[n].search, rarely() ? NULL : &job));
        is_status(nj_search_hashes(searches[n].search, rarely() ? NULL : &hashes));
        if (below(2)) return;
        CHECK(nj_search_stop(searches[n].search) == 0);
        searches[n].search = NULL;
        return;
    }
    status = nj_search_start(
        rarely() ? NULL : &made, engines[engine], rarely() ? NULL : &job, "cpu", rarely() ? NULL : found, input_bytes);
    is_status(status);
    CHECK((status == 0) == (made != NULL));
    searches[n].search = made;
    searches[n].engine = (int)engine;
}

static void tell(void) {
    struct {
        nj_device device;
        uint64_t more;
    } device;
    struct {
        nj_algorithm algorithm;
        uint64_t more;
    } algorithm;
    uint8_t commitment[32];
    size_t size;
    const uint8_t *input = an_input(&size, (size_t)1 << 40);
    memset(&device, GUARD, sizeof device);
    memset(&algorithm, GUARD, sizeof algorithm);
    device.device.size = below(2) ? sizeof device.device : below(255);
    algorithm.algorithm.size = below(2) ? sizeof algorithm.algorithm : below(255);
    is_status(nj_device_info(engines[below(ENGINES)], rarely() ? NULL : &device.device, below(3)));
    is_status(nj_algorithm_info(rarely() ? NULL : &algorithm.algorithm, below(60)));
    is_status(nj_algorithm_named(&algorithm.algorithm, a_name()));
    CHECK(algorithm.more == 0x5A5A5A5A5A5A5A5A && device.more == 0x5A5A5A5A5A5A5A5A);
    if (size > ROOM) {
        input = NULL;
        size = 1;
    }
    is_status(nj_commitment(rarely() ? NULL : commitment, input, size, rarely() ? NULL : input_bytes));
    CHECK(nj_device_count(engines[below(ENGINES)]) <= 1 && nj_algorithm_count() > 0);
    CHECK(nj_version() == NJ_VERSION_NUMBER && nj_status_text((int32_t)byte() - 128) != NULL);
    CHECK(nj_hasher_reseed(hashers[below(HASHERS)].hasher, input_bytes, below(70)) == NJ_ERROR_ARGUMENT);
    calls += 5;
}

static void end(void) {
    int i;
    for (i = 0; i < SEARCHES; i++) {
        CHECK(nj_search_stop(searches[i].search) == 0);
        searches[i].search = NULL;
    }
    for (i = 0; i < HASHERS; i++) {
        CHECK(nj_hasher_destroy(hashers[i].hasher) == 0);
        hashers[i].hasher = NULL;
    }
    for (i = 0; i < ENGINES; i++) {
        CHECK(nj_engine_destroy(engines[i]) == 0);
        engines[i] = NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t i;
    next_byte = data;
    last_byte = data + size;
    for (i = 0; i < sizeof input_bytes; i++) input_bytes[i] = (uint8_t)(i * 7 + size);
    make_engine();
    make_hasher();
    while (next_byte < last_byte) {
        /* What starts threads or checks known answers comes seldom. */
        unsigned n = byte();
        if (n < 1)
            destroy_engine();
        else if (n < 3)
            make_engine();
        else if (n < 5)
            make_hasher();
        else if (n < 6)
            destroy_hasher();
        else if (n < 7)
            search();
        else if (n < 40)
            tell();
        else if (n < 70)
            verify();
        else if (n < 120)
            hash_batch();
        else
            hash();
    }
    end();
    return 0;
}

#ifdef NIGHTJAR_LIBFUZZER
int LLVMFuzzerInitialize(int *count, char ***words);

static void tell_calls(void) { printf("%llu calls\n", calls); }

int LLVMFuzzerInitialize(int *count, char ***words) {
    (void)count, (void)words;
    return atexit(tell_calls);
}
#else
int main(int count, char **words) {
    static uint8_t data[1 << 16];
    unsigned long long wanted = count > 1 ? strtoull(words[1], NULL, 10) : 20000;
    uint64_t state = 0x9E3779B97F4A7C15 ^ (count > 2 ? strtoull(words[2], NULL, 10) << 17 : 0);
    while (calls < wanted) {
        size_t i;
        /* Xorshift64*, by Marsaglia and Vigna. */
        for (i = 0; i < sizeof data; i++) {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            data[i] = (uint8_t)(state * 0x2545F4914F6CDD1D >> 56);
        }
        LLVMFuzzerTestOneInput(data, 256 + state % (sizeof data - 256));
    }
    printf("%llu calls\n", calls);
    return 0;
}
#endif
