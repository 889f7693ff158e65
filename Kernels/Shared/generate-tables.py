#!/usr/bin/env python3
"""Writes the tables of this folder from their definitions.

    python3 Kernels/Shared/generate-tables.py           # writes the headers beside this script
    python3 Kernels/Shared/generate-tables.py --check   # exit status 1 when a committed header differs

Everything that follows from arithmetic is computed here (finite fields, digits of pi and of roots, shift registers,
initial values that are themselves outputs of the hash); only what a designer chose freely is written as a literal.
"""

import os
import sys
from math import isqrt

M64 = (1 << 64) - 1


# --- arithmetic -------------------------------------------------------------------------------------------------------

def gf256(a, b):
    """Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1: the field of AES and Groestl."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= 0x11B
        b >>= 1
    return product


def rol(x, n, bits):
    n %= bits
    return ((x << n) | (x >> (bits - n))) & ((1 << bits) - 1)


def little(values):
    """Bytes, first the least significant, as one number."""
    return sum(v << (8 * i) for i, v in enumerate(values))


def fraction_of_root(n, bits):
    """The first bits of the fractional part of the square root of n."""
    return isqrt(n << (2 * bits)) & ((1 << bits) - 1)


def fraction_of_cube_root(n, bits):
    """The first bits of the fraction of a number's cube root."""
    scaled, low, high = n << 3 * bits, 0, n << bits
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle ** 3 <= scaled else (low, middle - 1)
    return low & ((1 << bits) - 1)


def primes(count):
    found = []
    number = 2
    while len(found) < count:
        if all(number % p for p in found):
            found.append(number)
        number += 1
    return found


def fraction_of_pi(bits):
    """The first bits of the fractional part of pi, by Machin's formula with guard bits."""
    guard = 64
    one = 1 << (bits + guard)

    def arctan_inverse(x):
        power, total, k = one // x, 0, 0
        while power:
            total += (-1 if k & 1 else 1) * (power // (2 * k + 1))
            power //= x * x
            k += 1
        return total

    pi = 4 * (4 * arctan_inverse(5) - arctan_inverse(239))
    return (pi >> guard) & ((1 << bits) - 1)


def words(number, count, bits):
    """A number as `count` words of `bits` bits, most significant first."""
    return [(number >> (bits * (count - 1 - i))) & ((1 << bits) - 1) for i in range(count)]


# --- AES (FIPS 197) ---------------------------------------------------------------------------------------------------

def aes_sbox():
    box = []
    for x in range(256):
        inverse = next((y for y in range(256) if gf256(x, y) == 1), 0)
        box.append(inverse ^ rol(inverse, 1, 8) ^ rol(inverse, 2, 8) ^ rol(inverse, 3, 8) ^ rol(inverse, 4, 8) ^ 0x63)
    return box


# --- Keccak (FIPS 202, 3.2) -------------------------------------------------------------------------------------------

def keccak_round_constants():
    register, constants = 1, []
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << ((1 << j) - 1)
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        constants.append(constant)
    return constants


def keccak_walk():
    """rho and pi as one walk through the 24 lanes other than (0, 0): where each goes, and by how much it turns."""
    lanes, rotations = [], []
    x, y = 1, 0
    for t in range(24):
        rotations.append(((t + 1) * (t + 2) // 2) % 64)
        x, y = y, (2 * x + 3 * y) % 5
        lanes.append(x + 5 * y)
    return lanes, rotations


# --- BLAKE-256 (SHA-3 final-round submission, 2.1) --------------------------------------------------------------------

BLAKE_SIGMA = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
]


# --- Groestl (SHA-3 final-round submission, 3.4.5) --------------------------------------------------------------------

GROESTL_CIRCULANT = [2, 2, 3, 4, 5, 3, 5, 7]


def groestl_t0(sbox):
    """SubBytes and MixBytes of a byte in row 0; row i of the result is byte i of the word."""
    return [little([gf256(sbox[x], GROESTL_CIRCULANT[-i % 8]) for i in range(8)]) for x in range(256)]


# --- JH (SHA-3 final-round submission) --------------------------------------------------------------------------------

JH_S0 = [9, 0, 4, 11, 13, 12, 3, 15, 1, 10, 2, 6, 7, 5, 8, 14]
JH_S1 = [3, 12, 6, 13, 5, 7, 1, 9, 15, 2, 0, 4, 11, 10, 14, 8]


def jh_double(a):
    """Twice a in GF(2^4) modulo x^4 + x + 1."""
    return ((a << 1) ^ (0x13 if a & 8 else 0)) & 15


def jh_permutation(a):
    """P_d: the order of 2^d elements after pi, P' and phi."""
    n = len(a)
    a = [a[i ^ (i >> 1 & 1)] for i in range(n)]
    a = a[0::2] + a[1::2]
    return [a[i] if i < n // 2 else a[i ^ 1] for i in range(n)]


def jh_round(a, constant):
    """R_d on 2^d elements of four bits; constant has one bit for each."""
    a = [(JH_S1 if constant[i] else JH_S0)[v] for i, v in enumerate(a)]
    for i in range(0, len(a), 2):
        a[i + 1] ^= jh_double(a[i])
        a[i] ^= jh_double(a[i + 1])
    return jh_permutation(a)


def jh_constants():
    """The 256-bit constants of the 42 rounds, as lists of bits: each is R_6 of the one before."""
    constant = words(fraction_of_root(2, 256), 64, 4)
    rounds = []
    for _ in range(42):
        rounds.append([v >> (3 - b) & 1 for v in constant for b in range(4)])
        constant = jh_round(constant, [0] * 64)
    return rounds


def bits_to_words(bits):
    """Bits in the order of their bytes, highest first, as little-endian 64-bit words."""
    data = [int("".join(map(str, bits[i:i + 8])), 2) for i in range(0, len(bits), 8)]
    return [little(data[i:i + 8]) for i in range(0, len(data), 8)]


def jh_bitslice(constants):
    """The constants in the order in which a bit-sliced E_8 meets the elements.

    It keeps even elements in one half and odd ones in the other, and instead of permuting all of them it exchanges
    odd elements at distance 2^(round mod 7). So an element's place drifts away from its index; follow it.
    """
    even, odd = list(range(0, 256, 2)), list(range(1, 256, 2))
    result = []
    for r, constant in enumerate(constants):
        result.append(bits_to_words([constant[i] for i in even] + [constant[i] for i in odd]))
        after = jh_permutation(list(range(256)))
        index_after = {before: now for now, before in enumerate(after)}
        odd = [odd[i ^ (1 << r % 7)] for i in range(128)]
        even, odd = [index_after[i] for i in even], [index_after[i] for i in odd]
        assert all(i % 2 == 0 and odd[n] == i + 1 for n, i in enumerate(even))
    return result


def jh256_initial(constants):
    """H(0) = F_8(H(-1), 0), where H(-1) is the digest's length in bits followed by zeros."""
    h = words(256 << 1008, 1024, 1)
    grouped = [8 * h[i] + 4 * h[i + 256] + 2 * h[i + 512] + h[i + 768] for i in range(256)]
    a = [grouped[i // 2 + 128 * (i % 2)] for i in range(256)]
    for constant in constants:
        a = jh_round(a, constant)
    grouped = a[0::2] + a[1::2]
    return bits_to_words([v >> (3 - b) & 1 for b in range(4) for v in grouped])


# --- Skein-512 (SHA-3 final-round submission, version 1.3) ------------------------------------------------------------

SKEIN_ROTATIONS = [
    [46, 36, 19, 37], [33, 27, 14, 42], [17, 49, 36, 39], [44, 9, 54, 56],
    [39, 30, 34, 24], [13, 50, 10, 17], [25, 29, 39, 43], [8, 35, 56, 22],
]
SKEIN_PERMUTATION = [2, 1, 4, 7, 6, 5, 0, 3]
SKEIN_C240 = 0x1BD11BDAA9FC1A22  # AES-256 of the number 240 under the zero key


def threefish512(key, tweak, block):
    key = key + [SKEIN_C240]
    for k in key[:8]:
        key[8] ^= k
    tweak = tweak + [tweak[0] ^ tweak[1]]
    v = list(block)
    for d in range(73):
        if d % 4 == 0:
            s = d // 4
            for i in range(8):
                v[i] += key[(s + i) % 9]
            v[5] += tweak[s % 3]
            v[6] += tweak[(s + 1) % 3]
            v[7] += s
            v = [x & M64 for x in v]
        if d == 72:
            return v
        for j in range(4):
            v[2 * j] = (v[2 * j] + v[2 * j + 1]) & M64
            v[2 * j + 1] = rol(v[2 * j + 1], SKEIN_ROTATIONS[d % 8][j], 64) ^ v[2 * j]
        v = [v[i] for i in SKEIN_PERMUTATION]


def skein512_256_initial():
    """UBI of the 32-byte configuration: schema "SHA3", version 1, 256 bits of output; no tree."""
    block = [little(b"SHA3") | 1 << 32, 256] + [0] * 6
    tweak = [32, 4 << 56 | 1 << 62 | 1 << 63]
    return [a ^ b for a, b in zip(threefish512([0] * 8, tweak, block), block)]


# --- output -----------------------------------------------------------------------------------------------------------

C_TYPES = {8: "nj_u8", 32: "nj_u32", 64: "nj_u64"}


def table(comment, name, bits, values):
    nested = isinstance(values[0], list)
    shape = "[%d]" % len(values) + ("[%d]" % len(values[0]) if nested else "")

    def literal(v):
        return {8: "%d", 32: "0x%08xU", 64: "0x%016xUL"}[bits] % v

    def rows(flat, indent):
        per_row = {8: 16, 32: 8, 64: 4}[bits]
        lines = []
        for i in range(0, len(flat), per_row):
            lines.append(indent + ", ".join(literal(v) for v in flat[i:i + per_row]) + ",")
        return lines

    out = ["// " + line for line in comment.strip().split("\n")]
    out.append("NJ_TABLE %s %s%s = {" % (C_TYPES[bits], name, shape))
    if nested:
        for row in values:
            out.append("    { " + ", ".join(literal(v) for v in row) + " },")
    else:
        out += rows(values, "    ")
    out.append("};")
    return "\n".join(out)


def header(name, about, parts):
    guard = "NIGHTJAR_SHARED_%s_H" % name.upper()
    lines = ["// Written by generate-tables.py; edit that."]
    lines += ["// " + line for line in about.strip().split("\n")]
    lines += ["#ifndef " + guard, "#define " + guard, "", '#include "Dialect.h"', ""]
    return "\n".join(lines) + "\n" + "\n\n".join(parts) + "\n\n#endif\n"


def headers():
    sbox = aes_sbox()
    inverse = [sbox.index(x) for x in range(256)]
    te0 = [little([gf256(s, 2), s, s, gf256(s, 3)]) for s in sbox]
    td0 = [little([gf256(s, 14), gf256(s, 9), gf256(s, 13), gf256(s, 11)]) for s in inverse]
    yield "AES", header("AES", "AES, FIPS 197. A column of the state is a little-endian 32-bit word.", [
        table("SubBytes.", "nj_aes_sbox", 8, sbox),
        table("InvSubBytes.", "nj_aes_inverse_sbox", 8, inverse),
        table("SubBytes and MixColumns of the byte in row 0. For row n, rotate left by 8 n bits.", "nj_aes_te0", 32, te0),
        table("InvSubBytes and InvMixColumns of the byte in row 0. For row n, rotate left by 8 n bits.",
              "nj_aes_td0", 32, td0),
    ])

    lanes, rotations = keccak_walk()
    yield "Keccak", header("Keccak", "Keccak-f[1600], FIPS 202, 3.2. Lane (x, y) is word x + 5 y.", [
        table("iota: XORed into lane 0 at the end of each round.", "nj_keccak_round_constants", 64,
              keccak_round_constants()),
        table("rho and pi as one walk: starting with the lane 1, what was picked up is rotated left by\n"
              "nj_keccak_rotations[t] and laid down at nj_keccak_lanes[t], where the next is picked up.",
              "nj_keccak_lanes", 8, lanes),
        table("In bits.", "nj_keccak_rotations", 8, rotations),
    ])

    yield "Blake256", header(
        "Blake256", "BLAKE-256 as in the final round of the SHA-3 competition: 14 rounds, big-endian words.", [
            table("The first 512 bits of the fraction of pi.", "nj_blake256_constants", 32,
                  words(fraction_of_pi(512), 16, 32)),
            table("The initial value: fractions of the roots of the first eight primes.", "nj_blake256_iv", 32,
                  [fraction_of_root(p, 32) for p in primes(8)]),
            table("Message word order. Round r uses row r mod 10.", "nj_blake256_sigma", 8, BLAKE_SIGMA),
        ])

    yield "SHA256", header("SHA256", "SHA-256, FIPS 180-4. Words are big-endian.", [
        table("Round constants: fractions of the cube roots of the first 64 primes.", "nj_sha256_constants", 32,
              [fraction_of_cube_root(p, 32) for p in primes(64)]),
        table("The initial value: fractions of the roots of the first eight primes.", "nj_sha256_iv", 32,
              [fraction_of_root(p, 32) for p in primes(8)]),
    ])

    yield "Groestl256", header(
        "Groestl256", "Groestl-256, final round of the SHA-3 competition. A column is a little-endian 64-bit word,\n"
        "row 0 its lowest byte.", [
            table("SubBytes and MixBytes of the byte in row 0. For row n, rotate left by 8 n bits.", "nj_groestl_t0", 64,
                  groestl_t0(sbox)),
            table("Row n of P moves left by this many columns.", "nj_groestl256_shift_p", 8, list(range(8))),
            table("Row n of Q moves left by this many columns.", "nj_groestl256_shift_q", 8, [1, 3, 5, 7, 0, 2, 4, 6]),
        ])

    constants = jh_constants()
    yield "JH256", header(
        "JH256", "JH-256 (42 rounds) for a bit-sliced E8. Words are little-endian loads of the state's bytes.", [
            table("The initial value: x[row][half] is word 2 row + half.", "nj_jh256_iv", 64, jh256_initial(constants)),
            table("Round r: words 0 and 1 go with the halves of the even rows, 2 and 3 with those of the odd rows.\n"
                  "Odd rows then exchange groups of 2^(r mod 7) bits.", "nj_jh_round_constants", 64,
                  jh_bitslice(constants)),
        ])

    yield "Skein512", header("Skein512", "Skein-512-256, version 1.3: Threefish-512 in UBI chaining, little-endian.", [
        table("Threefish-512 rotations: round d uses row d mod 8, MIX j column j.", "nj_skein512_rotations", 8,
              SKEIN_ROTATIONS),
        table("After each round, word i becomes word nj_skein512_permutation[i].", "nj_skein512_permutation", 8,
              SKEIN_PERMUTATION),
        "// XORed with a key's eight words, it gives the ninth.\n"
        "#define NJ_SKEIN_C240 0x%016xUL" % SKEIN_C240,
        table("The chaining value after the configuration block for 256 bits of output.", "nj_skein512_256_iv", 64,
              skein512_256_initial()),
    ])


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    wrong = []
    for name, text in headers():
        path = os.path.join(folder, name + ".h")
        if "--check" in sys.argv[1:]:
            if not os.path.exists(path) or open(path).read() != text:
                wrong.append(path)
        else:
            with open(path, "w") as file:
                file.write(text)
    for path in wrong:
        print("differs from what generate-tables.py makes: " + path, file=sys.stderr)
    sys.exit(1 if wrong else 0)


main()
