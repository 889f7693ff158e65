// CryptoNight-R's main loop with its random program as machine code. Part of cryptonight_loop.h.
//
// A turn begins with the program, which needs nothing that the turn reads. The program runs for two hashes at once where
// there are four or more, so that each hides the other's chain of multiplications. It reads and writes only memory, because
// it does not follow C's calling convention.
//
// Both accesses of a turn wait for the cache. So a group of hashes ends its turn only after the next group's program and
// first half: then each access was prefetched some hundred instructions before.

// A hash's state beside the part that the program uses.
typedef struct {
    uint8_t *pad;
    // The offset of the next access in it.
    uint64_t at;
    block c;
} hash_r;

INLINE void first_half_r(hash_r *h, const nj_random_math_hash *l, uint64_t mask) {
    const uint64_t at = h->at;
    block a = block_load(l->a), b = block_load(l->b), b1 = block_load(l->older_b);
    block c = block_aes(block_load(h->pad + at), a);
    block at10 = block_load(h->pad + (at ^ 0x10)), at20 = block_load(h->pad + (at ^ 0x20));
    block at30 = block_load(h->pad + (at ^ 0x30));
    c = block_xor(block_xor(c, at10), block_xor(at20, at30));
    h->c = c;
    h->at = block_low(c) & mask;
    PREFETCH(h->pad + h->at);
    block_store(h->pad + (at ^ 0x10), block_add(at30, b1));
    block_store(h->pad + (at ^ 0x20), block_add(at10, b));
    block_store(h->pad + (at ^ 0x30), block_add(at20, a));
    block_store(h->pad + at, block_xor(b, c));
}

INLINE void second_half_r(hash_r *h, nj_random_math_hash *l, uint64_t mask) {
    const uint64_t at = h->at;
    block a = block_load(l->a), b = block_load(l->b), b1 = block_load(l->older_b);
    uint64_t dl = nj_load64(h->pad + at) ^ l->sums, dh = nj_load64(h->pad + at + 8);
    uint64_t al = l->a[0] ^ nj_load64(&l->r[2]), ah = l->a[1] ^ nj_load64(&l->r[0]);
    unsigned __int128 product = (unsigned __int128)block_low(h->c) * dl;
    al += (uint64_t)(product >> 64);
    ah += (uint64_t)product;
    KEEP_SCALAR(al, ah);
    block at10 = block_load(h->pad + (at ^ 0x10)), at20 = block_load(h->pad + (at ^ 0x20));
    block at30 = block_load(h->pad + (at ^ 0x30));
    block_store(h->pad + (at ^ 0x10), block_add(at30, b1));
    block_store(h->pad + (at ^ 0x20), block_add(at10, b));
    block_store(h->pad + (at ^ 0x30), block_add(at20, a));
    nj_store64(h->pad + at, al);
    nj_store64(h->pad + at + 8, ah);
    al ^= dl;
    ah ^= dh;
    KEEP_SCALAR(al, ah);
    h->at = al & mask;
    PREFETCH(h->pad + h->at);
    block_store(l->older_b, b);
    block_store(l->b, block_xor(block_xor(h->c, at10), block_xor(at20, at30)));
    // Store the whole block: loading it soon after two half stores would be slow.
    block_store(l->a, block_make(al, ah));
}

// Of `count` hashes from `first` on, as far as there are any.
INLINE void second_halves_r(
    hash_r *h, nj_random_math_hash *hashes, uint64_t mask, const int first, const int count, const int width) {
    NJ_UNROLL
    for (int i = first; i < first + count; i++)
        if (i < width) second_half_r(&h[i], &hashes[i], mask);
}

INLINE void loop_compiled(
    const nj_cryptonight *cn, nj_cryptonight_record *records, const nj_random_math_program *program, const int width) {
    const uint64_t mask = cn->mask, turns = cn->iterations;
    hash_r h[NJ_CRYPTONIGHT_WIDEST];
    nj_random_math_hash hashes[NJ_CRYPTONIGHT_WIDEST];
    NJ_UNROLL
    for (int i = 0; i < width; i++) {
        const uint8_t *state = (const uint8_t *)records[i].words;
        h[i].pad = cn->scratchpads + (size_t)i * cn->memory;
        hashes[i].a[0] = nj_load64(state) ^ nj_load64(state + 32);
        hashes[i].a[1] = nj_load64(state + 8) ^ nj_load64(state + 40);
        block_store(hashes[i].b, block_xor(block_load(state + 16), block_load(state + 48)));
        block_store(hashes[i].older_b, block_xor(block_load(state + 64), block_load(state + 80)));
        for (int k = 0; k < 4; k++) hashes[i].r[k] = nj_load32(state + 96 + 4 * k);
        h[i].at = hashes[i].a[0] & mask;
    }
    const int side_by_side = width < 4 ? 1 : NJ_RANDOM_MATH_SIDE_BY_SIDE;
    const int groups = (width + side_by_side - 1) / side_by_side;
    for (uint64_t turn = 0; turn < turns; turn++) {
        NJ_UNROLL
        for (int group = 0; group < groups; group++) {
            const int first = group * side_by_side, rest = width - first;
            const int count = rest < side_by_side ? rest : side_by_side;
            run_compiled(program, &hashes[first], count);
            for (int i = first; i < first + count; i++) first_half_r(&h[i], &hashes[i], mask);
            const int before = (group + groups - 1) % groups;
            if (groups == 1 || group > 0 || turn > 0)
                second_halves_r(h, hashes, mask, before * side_by_side, side_by_side, width);
        }
    }
    if (groups > 1) second_halves_r(h, hashes, mask, (groups - 1) * side_by_side, side_by_side, width);
}

LOOP_WITH(r_compiled, loop_compiled, cn->program)
