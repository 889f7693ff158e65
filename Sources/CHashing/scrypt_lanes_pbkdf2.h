// PBKDF2-HMAC-SHA256 with one iteration, in lanes: the input becomes a hash's first block, and the last block its
// digest. Part of scrypt_lanes.h.

INLINE word rotr(word value, const int count) { return rotl(value, 32 - count); }
INLINE word swapped(word value) { return (rotl(value, 8) & 0x00FF00FF) | (rotr(value, 8) & 0xFF00FF00); }

// Called about twenty times for a group of hashes. All this takes 1.6 % of the time with AVX-512.
SEPARATE void compress(word state[8], const word message[16]) {
    word w[16], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6],
                h = state[7];
    memcpy(w, message, sizeof w);
    ROLL for (int i = 0; i < 64; i += 16) {
        UNROLL for (int j = 0; j < 16; j++) {
            word first =
                h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + nj_sha256_constants[i + j] + w[j];
            word second = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));
            h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
            word s0 = w[(j + 1) % 16], s1 = w[(j + 14) % 16];
            s0 = rotr(s0, 7) ^ rotr(s0, 18) ^ s0 >> 3;
            s1 = rotr(s1, 17) ^ rotr(s1, 19) ^ s1 >> 10;
            w[j] += s0 + w[(j + 9) % 16] + s1;
        }
    }
    const word change[8] = {a, b, c, d, e, f, g, h};
    UNROLL for (int i = 0; i < 8; i++) state[i] += change[i];
}

INLINE void begin(word state[8]) {
    for (int i = 0; i < 8; i++) state[i] = (word){} + nj_sha256_iv[i];
}

// The inputs, `length` bytes each, one after the other. Lanes beyond them hash the last input again.
typedef struct {
    const uint8_t *bytes;
    size_t length, count;
} inputs_of_lanes;

// 64 bytes from `at` on, zeros beyond the inputs' end, as big-endian words.
INLINE void load(word message[16], const inputs_of_lanes *inputs, size_t at) {
    for (size_t lane = 0; lane < LANES; lane++) {
        size_t index = lane < inputs->count ? lane : inputs->count - 1;
        uint8_t bytes[64] = {0};
        size_t length = at < inputs->length ? inputs->length - at : 0;
        if (length > 0) memcpy(bytes, inputs->bytes + index * inputs->length + at, length < 64 ? length : 64);
        for (int i = 0; i < 16; i++) message[i][lane] = nj_load32_big(bytes + 4 * i);
    }
}

INLINE void put_byte(word message[32], size_t at, uint32_t byte) { message[at / 4] |= byte << (24 - at % 4 * 8); }

// The last one or two blocks of a message that is `before` bytes and then the inputs with `extra` zero bytes behind
// them, padded.
INLINE size_t load_end(word message[32], const inputs_of_lanes *inputs, size_t before, size_t extra) {
    size_t whole = inputs->length / 64 * 64, end = inputs->length - whole + extra;
    size_t blocks = end + 9 <= 64 ? 1 : 2;
    load(message, inputs, whole);
    for (int i = 16; i < 32; i++) message[i] = (word){};
    put_byte(message, end, 0x80);
    uint64_t bits = 8 * (uint64_t)(before + inputs->length + extra);
    message[16 * blocks - 2] |= (uint32_t)(bits >> 32);
    message[16 * blocks - 1] |= (uint32_t)bits;
    return blocks;
}

// Takes up all whole blocks of the inputs.
INLINE void absorb(word state[8], const inputs_of_lanes *inputs) {
    word message[16];
    for (size_t at = 0; at + 64 <= inputs->length; at += 64) {
        load(message, inputs, at);
        compress(state, message);
    }
}

typedef struct {
    word inner[8], outer[8];
} hmac;

INLINE void hmac_begin(hmac *key, const inputs_of_lanes *inputs) {
    word message[32];
    if (inputs->length > 64) {
        word digest[8];
        begin(digest);
        absorb(digest, inputs);
        size_t blocks = load_end(message, inputs, 0, 0);
        for (size_t i = 0; i < blocks; i++) compress(digest, message + 16 * i);
        for (int i = 0; i < 16; i++) message[i] = i < 8 ? digest[i] : (word){};
    } else {
        load(message, inputs, 0);
    }
    for (int i = 0; i < 16; i++) message[i] ^= 0x36363636;
    begin(key->inner);
    compress(key->inner, message);
    for (int i = 0; i < 16; i++) message[i] ^= 0x36363636 ^ 0x5C5C5C5C;
    begin(key->outer);
    compress(key->outer, message);
}

// The outer hash of the inner one.
INLINE void hmac_end(word digest[8], const hmac *key, const word inner[8]) {
    word message[16] = {};
    for (int i = 0; i < 8; i++) message[i] = inner[i];
    message[8] += 0x80000000;
    message[15] += 8 * (64 + 32);
    memcpy(digest, key->outer, sizeof key->outer);
    compress(digest, message);
}

// The first block: four digests of the input and a number.
INLINE void expand(block *b, const hmac *key, const inputs_of_lanes *inputs) {
    word common[8], message[32];
    memcpy(common, key->inner, sizeof common);
    absorb(common, inputs);
    size_t blocks = load_end(message, inputs, 64, 4), number = inputs->length % 64 + 3;
    for (uint32_t part = 0; part < 4; part++) {
        word inner[8], digest[8], numbered[32];
        memcpy(inner, common, sizeof inner);
        memcpy(numbered, message, sizeof message);
        put_byte(numbered, number, part + 1);
        for (size_t i = 0; i < blocks; i++) compress(inner, numbered + 16 * i);
        hmac_end(digest, key, inner);
        for (int i = 0; i < 8; i++) b->halves[part / 2][part % 2 * 8 + i] = swapped(digest[i]);
    }
}

// The digests: of the last block and the number 1.
INLINE void contract(const block *b, const hmac *key, uint8_t (*digests)[32], size_t count) {
    word inner[8], message[16], digest[8];
    memcpy(inner, key->inner, sizeof inner);
    for (int h = 0; h < 2; h++) {
        for (int i = 0; i < 16; i++) message[i] = swapped(b->halves[h][i]);
        compress(inner, message);
    }
    for (int i = 0; i < 16; i++) message[i] = (word){};
    message[0] += 1;
    message[1] += 0x80000000;
    message[15] += 8 * (64 + 128 + 4);
    compress(inner, message);
    hmac_end(digest, key, inner);
    for (size_t lane = 0; lane < count; lane++)
        for (int i = 0; i < 8; i++) nj_store32_big(digests[lane] + 4 * i, digest[i][lane]);
}
