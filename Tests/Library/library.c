/*
 * Uses every function of nightjar.h, provokes every error, and prints nothing when all is right.
 *
 * Searching, threads and other devices are in files of their own.
 *
 *   library              all of it
 *   library wrong cn/0   with a library whose known answer for cn/0 is wrong
 *   library threads 60   eight threads with one hasher, for a minute
 *   library devices 1    with that many devices beside the CPU: batches on each of them
 *   library without rx   all but RandomX, whose rounding modes Valgrind does not have: its known answers fail there
 */
#include "library.h"

#include <fenv.h>
#include <string.h>

#define COUNT 20

nj_engine *engine;

/* A digest from its hex digits. */
static void read_hex(uint8_t *bytes, const char *digits) {
    size_t i;
    for (i = 0; digits[2 * i]; i++) {
        unsigned value;
        CHECK(sscanf(digits + 2 * i, "%2x", &value) == 1);
        bytes[i] = (uint8_t)value;
    }
}

static void texts(void) {
    int32_t status;
    CHECK(nj_version() == NJ_VERSION_NUMBER);
    for (status = -9; status <= 0; status++) {
        CHECK(strlen(nj_status_text(status)) > 0);
        CHECK(strcmp(nj_status_text(status), nj_status_text(-10)) != 0);
    }
    CHECK(strcmp(nj_status_text(1), nj_status_text(-100)) == 0);
}

static void algorithms(void) {
    nj_algorithm algorithm, same;
    size_t i;
    CHECK(nj_algorithm_count() >= 30);
    for (i = 0; i < nj_algorithm_count(); i++) {
        memset(&algorithm, 0, sizeof algorithm);
        algorithm.size = sizeof algorithm;
        CHECK(nj_algorithm_info(&algorithm, i) == 0);
        memset(&same, 0, sizeof same);
        same.size = sizeof same;
        CHECK(nj_algorithm_named(&same, algorithm.name) == 0);
        CHECK(memcmp(&same, &algorithm, sizeof same) == 0);
        CHECK(algorithm.minimum_input <= algorithm.maximum_input);
    }
    CHECK(nj_algorithm_named(&same, "Monero") == 0 && strcmp(same.name, "rx/0") == 0);
    CHECK(same.needs_seed == 1 && same.needs_height == 0 && same.memory == 2 << 20 && same.nonce_offset == 39);
    CHECK(nj_algorithm_named(&same, "kawpow") == NJ_ERROR_ALGORITHM);
    CHECK(nj_algorithm_named(&same, NULL) == NJ_ERROR_ARGUMENT);
    CHECK(nj_algorithm_named(NULL, "rx/0") == NJ_ERROR_ARGUMENT);
    CHECK(nj_algorithm_info(&algorithm, nj_algorithm_count()) == NJ_ERROR_ARGUMENT);
    CHECK(nj_algorithm_info(&algorithm, (size_t)-1) == NJ_ERROR_ARGUMENT);
    algorithm.size = sizeof algorithm - 1;
    CHECK(nj_algorithm_info(&algorithm, 0) == NJ_ERROR_ARGUMENT);
    algorithm.size = (size_t)-1;
    CHECK(nj_algorithm_info(&algorithm, 0) == NJ_ERROR_ARGUMENT);
}

/* A structure of a newer header: what this library does not know stays as it is, or must be zero. */
static void sizes(void) {
    struct {
        nj_algorithm algorithm;
        uint64_t more;
    } larger;
    struct {
        nj_options options;
        uint64_t more;
    } options;
    nj_engine *other = NULL;
    memset(&larger, 0x5A, sizeof larger);
    larger.algorithm.size = sizeof larger;
    CHECK(nj_algorithm_info(&larger.algorithm, 0) == 0);
    CHECK(larger.algorithm.size == sizeof larger && larger.more == 0x5A5A5A5A5A5A5A5A);
    memset(&options, 0, sizeof options);
    options.options.size = sizeof options;
    CHECK(nj_engine_create(&other, &options.options) == 0);
    CHECK(nj_engine_destroy(other) == 0);
    options.more = 1;
    CHECK(nj_engine_create(&other, &options.options) == NJ_ERROR_ARGUMENT);
    options.options.size = sizeof options.options;
    CHECK(nj_engine_create(&other, &options.options) == 0);
    CHECK(nj_engine_destroy(other) == 0);
    options.options.jit = 2;
    CHECK(nj_engine_create(&other, &options.options) == NJ_ERROR_ARGUMENT);
    options.options.size = 8;
    CHECK(nj_engine_create(&other, &options.options) == NJ_ERROR_ARGUMENT);
    CHECK(nj_engine_create(NULL, NULL) == NJ_ERROR_ARGUMENT);
    CHECK(nj_engine_destroy(NULL) == 0);
}

static void devices(void) {
    nj_device device;
    memset(&device, 0, sizeof device);
    device.size = sizeof device;
    CHECK(nj_device_count(engine) >= 1);
    CHECK(nj_device_count(NULL) == 0);
    CHECK(nj_device_info(engine, &device, 0) == 0);
    CHECK(strcmp(device.id, "cpu") == 0 && device.name[0] && device.kind == NJ_DEVICE_CPU);
    CHECK(device.units > 0 && device.memory > 0 && device.size == sizeof device);
    CHECK(nj_device_info(engine, &device, nj_device_count(engine)) == NJ_ERROR_ARGUMENT);
    CHECK(nj_device_info(engine, NULL, 0) == NJ_ERROR_ARGUMENT);
    CHECK(nj_device_info(NULL, &device, 0) == NJ_ERROR_ARGUMENT);
}

static void hashing(void) {
    nj_hasher *hasher = NULL;
    uint8_t expected[32], digest[32], digests[32 * COUNT], input[COUNT][80];
    const uint8_t *inputs[COUNT];
    size_t input_sizes[COUNT];
    uint64_t heights[COUNT];
    int32_t statuses[COUNT];
    static const uint8_t long_seed[61];
    int i;
    fenv_t environment;

    CHECK(nj_hasher_create(NULL, engine, "cn/0", NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, NULL, "cn/0", NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, engine, NULL, NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, engine, "cn/0", NULL, NULL, 0, 3) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, engine, "cn/0", NULL, NULL, 1, NJ_MODE_AUTO) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, engine, "cn/0", NULL, long_seed, 1, NJ_MODE_AUTO) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_create(&hasher, engine, "kawpow", NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_ALGORITHM);
    CHECK(nj_hasher_create(&hasher, engine, "cn/0", "gpu", NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_DEVICE);
    CHECK(nj_hasher_create(&hasher, engine, "cn/0", "opencl:99.0", NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_DEVICE);
    CHECK(nj_hasher_create(&hasher, engine, "rx/0", NULL, long_seed, 61, NJ_MODE_AUTO) == NJ_ERROR_INPUT);
    CHECK(nj_hasher_create(&hasher, engine, "rx/0", NULL, long_seed, (size_t)1 << 60, NJ_MODE_AUTO) == NJ_ERROR_INPUT);

    CHECK(nj_hasher_create(&hasher, engine, "cn/0", "cpu", NULL, 0, NJ_MODE_FULL) == 0);
    CHECK(nj_engine_destroy(engine) == NJ_ERROR_BUSY);
    read_hex(expected, "a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605");
    /* The caller's rounding mode and masks stay. */
    CHECK(fegetenv(&environment) == 0 && fesetround(FE_UPWARD) == 0);
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(fegetround() == FE_UPWARD && fesetenv(&environment) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hash(hasher, digest, NULL, 0, 0) == 0);
    read_hex(expected, "eb14e8a833fac6fe9a43b57b336789c46ffe93f2868452240720607b14387e11");
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hash(hasher, digest, NULL, 1, 0) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hash(hasher, NULL, NULL, 0, 0) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hash(NULL, digest, NULL, 0, 0) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_reseed(hasher, NULL, 0) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_destroy(hasher) == 0 && nj_hasher_destroy(NULL) == 0);

    /* A batch with a bad item: the others are hashed, and its digest is zeroed. */
    CHECK(nj_hasher_create(&hasher, engine, "cn/1", NULL, NULL, 0, NJ_MODE_LIGHT) == 0);
    for (i = 0; i < COUNT; i++) {
        memset(input[i], i, sizeof input[i]);
        inputs[i] = input[i];
        input_sizes[i] = 43 + (size_t)i / 4;
    }
    input_sizes[5] = 42;
    inputs[7] = NULL;
    memset(digests, 0x5A, sizeof digests);
    CHECK(nj_hash_batch(hasher, digests, statuses, inputs, input_sizes, NULL, COUNT) == NJ_ERROR_INPUT);
    for (i = 0; i < COUNT; i++) {
        int is_bad = i == 5 || i == 7;
        memset(expected, 0, sizeof expected);
        if (!is_bad) CHECK(nj_hash(hasher, expected, inputs[i], input_sizes[i], 0) == 0);
        CHECK(statuses[i] == (is_bad ? NJ_ERROR_INPUT : 0));
        CHECK(memcmp(digests + 32 * i, expected, 32) == 0);
    }
    CHECK(nj_hash(hasher, digest, input[0], 42, 0) == NJ_ERROR_INPUT);
    CHECK(nj_hash_batch(hasher, digests, NULL, inputs, input_sizes, NULL, 5) == 0);
    CHECK(nj_hash_batch(hasher, NULL, NULL, NULL, NULL, NULL, 0) == 0);
    CHECK(nj_hash_batch(hasher, NULL, NULL, inputs, input_sizes, NULL, 5) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hash_batch(hasher, digests, NULL, NULL, input_sizes, NULL, 5) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hash_batch(hasher, digests, NULL, inputs, NULL, NULL, 5) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_destroy(hasher) == 0);

    /* Each item has its own height. */
    CHECK(nj_hasher_create(&hasher, engine, "cn/r", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    input_sizes[5] = 76;
    inputs[7] = input[7];
    for (i = 0; i < COUNT; i++) heights[i] = 1806260 + (uint64_t)i / 3;
    CHECK(nj_hash_batch(hasher, digests, statuses, inputs, input_sizes, heights, COUNT) == 0);
    for (i = 0; i < COUNT; i += 5) {
        CHECK(statuses[i] == 0 && nj_hash(hasher, digest, inputs[i], input_sizes[i], heights[i]) == 0);
        CHECK(memcmp(digests + 32 * i, digest, 32) == 0);
    }
    CHECK(nj_hash_batch(hasher, digests, statuses, inputs, input_sizes, NULL, COUNT) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_destroy(hasher) == 0);
}

/* Seeds come and go. */
static void seeds(void) {
    nj_hasher *hasher = NULL, *other = NULL;
    uint8_t expected[32], digest[32];
    static const uint8_t long_seed[61];

    CHECK(nj_hasher_create(&hasher, engine, "rx/0", NULL, (const uint8_t *)"test key 000", 12, NJ_MODE_LIGHT) == 0);
    read_hex(expected, "639183aae1bf4c9a35884cb46b09cad9175f04efd7684e7262a0ac1c2f0b4e3f");
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hasher_reseed(hasher, long_seed, 61) == NJ_ERROR_INPUT);
    CHECK(nj_hasher_reseed(hasher, NULL, 12) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hasher_reseed(hasher, (const uint8_t *)"test key 001", 12) == 0);
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) != 0);
    CHECK(nj_hasher_reseed(hasher, (const uint8_t *)"test key 000", 12) == 0);
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hasher_create(&other, engine, "rx/0", NULL, NULL, 0, NJ_MODE_LIGHT) == 0);
    CHECK(nj_hasher_destroy(other) == 0);
    CHECK(nj_hasher_destroy(hasher) == 0);
}

/* An engine without memory, and one without machine code. */
static void options(void) {
    nj_options options;
    nj_engine *small = NULL;
    nj_hasher *hasher = NULL;
    uint8_t digest[32], expected[32];
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.threads = 1;
    options.memory_limit = 300u << 20;
    options.jit = options.huge_pages = options.opencl = -1;
    CHECK(nj_engine_create(&small, &options) == 0);
    CHECK(nj_device_count(small) == 1);
    CHECK(nj_hasher_create(&hasher, small, "cn/0", "opencl:0.0", NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_DEVICE);
    CHECK(nj_hasher_create(&hasher, small, "rx/0", NULL, NULL, 0, NJ_MODE_FULL) == NJ_ERROR_UNSUPPORTED);
    CHECK(nj_hasher_create(&hasher, small, "rx/0", NULL, (const uint8_t *)"test key 000", 12, NJ_MODE_AUTO) == 0);
    read_hex(expected, "639183aae1bf4c9a35884cb46b09cad9175f04efd7684e7262a0ac1c2f0b4e3f");
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hasher_destroy(hasher) == 0);
    CHECK(nj_engine_destroy(small) == 0);
    /* The cache, and a scratchpad for one hash at a time. */
    options.memory_limit = 259u << 20;
    CHECK(nj_engine_create(&small, &options) == 0);
    CHECK(nj_hasher_create(&hasher, small, "rx/0", NULL, (const uint8_t *)"test key 000", 12, NJ_MODE_AUTO) == 0);
    CHECK(nj_hash(hasher, digest, (const uint8_t *)"This is a test", 14, 0) == 0);
    CHECK(memcmp(digest, expected, 32) == 0);
    CHECK(nj_hasher_destroy(hasher) == 0);
    CHECK(nj_engine_destroy(small) == 0);
    options.memory_limit = 1 << 20;
    options.jit = 0;
    CHECK(nj_engine_create(&small, &options) == 0);
    CHECK(nj_hasher_create(&hasher, small, "cn/0", NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_MEMORY);
    CHECK(nj_hasher_create(&hasher, small, "rx/0", NULL, NULL, 0, NJ_MODE_FULL) == NJ_ERROR_MEMORY);
    CHECK(nj_hasher_create(&hasher, small, "sha256d", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hasher_destroy(hasher) == 0);
    CHECK(nj_engine_destroy(small) == 0);
}

static void verifying(void) {
    static const uint8_t seed[32];
    uint8_t input[76], digest[32], commitment[32];
    nj_hasher *hasher = NULL;
    nj_share shares[COUNT];
    int32_t verdict = -1, verdicts[COUNT], statuses[COUNT];
    int i;
    memset(input, 7, sizeof input);
    memset(shares, 0, sizeof shares);
    CHECK(nj_hasher_create(&hasher, engine, "rx/2", NULL, seed, sizeof seed, NJ_MODE_LIGHT) == 0);
    CHECK(nj_hash(hasher, digest, input, sizeof input, 0) == 0);
    CHECK(nj_commitment(commitment, input, sizeof input, digest) == 0);
    CHECK(nj_commitment(NULL, input, sizeof input, digest) == NJ_ERROR_ARGUMENT);
    CHECK(nj_commitment(commitment, NULL, 1, digest) == NJ_ERROR_ARGUMENT);
    CHECK(nj_commitment(commitment, input, sizeof input, NULL) == NJ_ERROR_ARGUMENT);
    for (i = 0; i < COUNT; i++) {
        shares[i].size = sizeof *shares;
        shares[i].input = input;
        shares[i].input_size = sizeof input;
        memcpy(shares[i].result, commitment, 32);
        memcpy(shares[i].commitment, digest, 32);
        memset(shares[i].target, 0xFF, 32);
        switch (i % 5) {
        case 1: memset(shares[i].target, 0, 32); break;
        case 2: shares[i].commitment[3] ^= 1; break;
        case 3: memcpy(shares[i].target, commitment, 32); break;
        case 4:
            /* A commitment to a hash that is not the input's. */
            memset(shares[i].commitment, i, 32);
            CHECK(nj_commitment(shares[i].result, input, sizeof input, shares[i].commitment) == 0);
            break;
        }
    }
    CHECK(nj_verify_batch(hasher, verdicts, statuses, shares, COUNT) == 0);
    for (i = 0; i < COUNT; i++) {
        static const int32_t expected[] = {
            NJ_VERDICT_OK, NJ_VERDICT_ABOVE_TARGET, NJ_VERDICT_WRONG_COMMITMENT, NJ_VERDICT_OK,
            NJ_VERDICT_WRONG_RESULT};
        CHECK(verdicts[i] == expected[i % 5] && statuses[i] == 0);
        if (i < 5) CHECK(nj_verify(hasher, &verdict, &shares[i]) == 0 && verdict == expected[i]);
    }
    CHECK(nj_verify(hasher, NULL, &shares[0]) == NJ_ERROR_ARGUMENT);
    CHECK(nj_verify(hasher, &verdict, NULL) == NJ_ERROR_ARGUMENT);
    CHECK(nj_verify_batch(hasher, NULL, NULL, NULL, 0) == 0);
    CHECK(nj_verify_batch(hasher, NULL, statuses, shares, 2) == NJ_ERROR_ARGUMENT);
    CHECK(nj_verify_batch(hasher, verdicts, NULL, NULL, 2) == NJ_ERROR_ARGUMENT);
    shares[0].size = 8;
    CHECK(nj_verify(hasher, &verdict, &shares[0]) == NJ_ERROR_ARGUMENT);
    CHECK(nj_hasher_destroy(hasher) == 0);
}

/* A bad share among good ones. */
static void bad_shares(void) {
    uint8_t input[76];
    nj_hasher *hasher = NULL;
    nj_share shares[2];
    int32_t verdict = -1, verdicts[2], statuses[2];
    memset(input, 7, sizeof input);
    memset(shares, 0, sizeof shares);
    shares[0].input = input;
    shares[0].input_size = sizeof input;
    memset(shares[0].target, 0xFF, 32);
    CHECK(nj_hasher_create(&hasher, engine, "cn/1", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hash(hasher, shares[0].result, input, sizeof input, 0) == 0);
    shares[0].size = sizeof *shares;
    shares[1] = shares[0];
    shares[1].input_size = 42;
    CHECK(nj_verify_batch(hasher, verdicts, statuses, shares, 2) == NJ_ERROR_INPUT);
    CHECK(statuses[0] == 0 && verdicts[0] == NJ_VERDICT_OK);
    CHECK(statuses[1] == NJ_ERROR_INPUT && verdicts[1] == NJ_VERDICT_WRONG_RESULT);
    CHECK(nj_verify(hasher, &verdict, &shares[1]) == NJ_ERROR_INPUT);
    CHECK(nj_hasher_destroy(hasher) == 0);
    /* Nothing is read of what is too long. */
    CHECK(nj_hasher_create(&hasher, engine, "sha256d", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hash(hasher, shares[0].result, input, sizeof input, 0) == 0);
    shares[1].input_size = (size_t)1 << 60;
    CHECK(nj_hash(hasher, shares[1].result, input, shares[1].input_size, 0) == NJ_ERROR_INPUT);
    CHECK(nj_verify(hasher, &verdict, &shares[1]) == NJ_ERROR_INPUT);
    CHECK(nj_verify_batch(hasher, verdicts, statuses, shares, 2) == NJ_ERROR_INPUT);
    CHECK(statuses[0] == 0 && verdicts[0] == NJ_VERDICT_OK && statuses[1] == NJ_ERROR_INPUT);
    CHECK(nj_hasher_destroy(hasher) == 0);
}

/* Nothing is hashed where a known answer is not met. Other algorithms work. */
static void wrong(const char *algorithm) {
    nj_hasher *hasher = NULL;
    uint8_t digest[32];
    int i;
    for (i = 0; i < 2; i++)
        CHECK(nj_hasher_create(&hasher, engine, algorithm, NULL, NULL, 0, NJ_MODE_AUTO) == NJ_ERROR_SELFTEST);
    CHECK(hasher == NULL);
    CHECK(nj_hasher_create(&hasher, engine, "sha256d", NULL, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hash(hasher, digest, NULL, 0, 0) == 0 && nj_hasher_destroy(hasher) == 0);
}

int main(int count, char **words) {
    const char *part = count == 3 ? words[1] : "";
    if (!*part) {
        texts();
        algorithms();
        sizes();
    }
    CHECK(nj_engine_create(&engine, NULL) == 0);
    if (strcmp(part, "wrong") == 0) {
        wrong(words[2]);
    } else if (strcmp(part, "threads") == 0) {
        threads(atoi(words[2]));
    } else if (strcmp(part, "devices") == 0) {
        CHECK(nj_device_count(engine) == 1 + (size_t)atoi(words[2]));
        on_devices();
    } else {
        devices();
        hashing();
        bad_shares();
        searching();
        threads(0);
        if (!*part) {
            seeds();
            options();
            verifying();
        }
    }
    CHECK(nj_engine_destroy(engine) == 0);
    return 0;
}
