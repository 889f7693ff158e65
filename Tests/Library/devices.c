/* Batches on devices other than the CPU, against the CPU's digests. */
#include "library.h"

#include <string.h>

#define COUNT 40

/* Lengths and heights by turns, and bad items among them. */
static void device_batch(
    const char *device, const char *algorithm, size_t shortest, size_t too_long, int32_t needs_height) {
    static uint8_t input[COUNT][300], digests[32 * COUNT], expected[32 * COUNT];
    const uint8_t *inputs[COUNT];
    size_t sizes[COUNT];
    uint64_t heights[COUNT];
    int32_t statuses[COUNT], verdicts[COUNT], verdict;
    nj_share shares[COUNT];
    nj_hasher *hasher = NULL, *cpu = NULL;
    uint8_t digest[32];
    int i;
    memset(shares, 0, sizeof shares);
    for (i = 0; i < COUNT; i++) {
        memset(input[i], i + 1, sizeof input[i]);
        inputs[i] = input[i];
        sizes[i] = shortest + (size_t)(i % 3) * 100;
        heights[i] = 1806260 + (uint64_t)(i % 2);
    }
    inputs[5] = NULL;
    if (too_long) {
        sizes[6] = too_long;
    } else {
        inputs[6] = NULL;
    }
    CHECK(nj_hasher_create(&hasher, engine, algorithm, device, NULL, 0, NJ_MODE_AUTO) == 0);
    CHECK(nj_hasher_create(&cpu, engine, algorithm, "cpu", NULL, 0, NJ_MODE_AUTO) == 0);
    if (needs_height) CHECK(nj_hash_batch(hasher, digests, statuses, inputs, sizes, NULL, COUNT) == NJ_ERROR_ARGUMENT);
    memset(digests, 0x5A, sizeof digests);
    CHECK(nj_hash_batch(cpu, expected, NULL, inputs, sizes, heights, COUNT) == NJ_ERROR_INPUT);
    CHECK(nj_hash_batch(hasher, digests, statuses, inputs, sizes, heights, COUNT) == NJ_ERROR_INPUT);
    CHECK(memcmp(digests, expected, sizeof digests) == 0);
    memset(digest, 0, sizeof digest);
    for (i = 0; i < COUNT; i++) {
        int is_bad = i == 5 || i == 6;
        CHECK(statuses[i] == (is_bad ? NJ_ERROR_INPUT : 0));
        CHECK((memcmp(digests + 32 * i, digest, 32) == 0) == is_bad);
        shares[i].size = sizeof *shares;
        shares[i].input = inputs[i];
        shares[i].input_size = sizes[i];
        shares[i].height = heights[i];
        memcpy(shares[i].result, expected + 32 * i, 32);
        memset(shares[i].target, 0xFF, 32);
    }
    CHECK(nj_hash(hasher, digest, inputs[7], sizes[7], heights[7]) == 0);
    CHECK(memcmp(digest, expected + 32 * 7, 32) == 0);
    /* One is wrong, and one above its target. */
    shares[8].result[31] ^= 1;
    memset(shares[9].target, 0, 32);
    CHECK(nj_verify_batch(hasher, verdicts, statuses, shares, COUNT) == NJ_ERROR_INPUT);
    for (i = 0; i < COUNT; i++) {
        int is_bad = i == 5 || i == 6;
        CHECK(statuses[i] == (is_bad ? NJ_ERROR_INPUT : 0));
        CHECK(
            verdicts[i]
            == (is_bad || i == 8 ? NJ_VERDICT_WRONG_RESULT
                    : i == 9     ? NJ_VERDICT_ABOVE_TARGET
                                 : NJ_VERDICT_OK));
    }
    CHECK(nj_verify(hasher, &verdict, &shares[10]) == 0 && verdict == NJ_VERDICT_OK);
    CHECK(nj_hasher_destroy(hasher) == 0 && nj_hasher_destroy(cpu) == 0);
}

void on_devices(void) {
    nj_device device;
    size_t i;
    for (i = 1; i < nj_device_count(engine); i++) {
        memset(&device, 0, sizeof device);
        device.size = sizeof device;
        CHECK(nj_device_info(engine, &device, i) == 0);
        device_batch(device.id, "cn-pico", 76, 0, 0);
        device_batch(device.id, "cn/r", 43, 0, 1);
        device_batch(device.id, "sha256d", 1, (size_t)1 << 60, 0);
    }
}
