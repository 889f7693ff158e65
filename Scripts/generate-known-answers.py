#!/usr/bin/env python3
"""Writes the engine's known answers and checksums from Tests/Vectors.

    python3 Scripts/generate-known-answers.py           # writes KnownAnswerRows.swift and KnownChecksums.swift
    python3 Scripts/generate-known-answers.py --check   # exit status 1 when a committed file differs

An algorithm's checksums are all of its rows in bench.json. Its known answers are these rows of the vectors:

- where there is a seed: every row with the benchmark's seed, 32 zero bytes. One cache serves them all.
- where there is a height: every row with the height of its first row. One compiled program serves them all.
- elsewhere: the first row, and the first one whose length is not among LENGTHS; the second row where all lengths are.
  CryptoNight's vectors begin with inputs of LENGTHS, followed by inputs of any length.
- also the rows of FINAL_HASHES.

Each algorithm must have two answers at least. So a new variant needs a catalog entry, rows in the vectors, and a run of
this script.
"""

import json
import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
VECTORS = os.path.join(ROOT, "Tests", "Vectors")
OUTPUT = os.path.join(ROOT, "Sources", "NightjarDevices")

# The vectors of the families that a device can run.
FAMILIES = ["cryptonight", "randomx", "sha256d", "scrypt"]
BENCHMARK_SEED = "00" * 32
LENGTHS = {43, 76, 77, 80, 112, 127, 128, 129, 200, 407}
# CryptoNight ends with one of four hashes, which its state chooses. With these rows, cn/0 and cn/2 use each of the
# four, and together with cn/1 each more than once. Numbers count an algorithm's rows from 0.
FINAL_HASHES = {"cn/0": [1, 3], "cn/1": [5], "cn/2": [1, 2]}

HEAD = "// Written by Scripts/generate-known-answers.py from Tests/Vectors; edit those.\nimport NightjarCore\n"


def vectors(name):
    with open(os.path.join(VECTORS, name + ".json"), encoding="utf-8") as file:
        return json.load(file)["vectors"]


def by_algorithm(rows):
    """Rows of each algorithm, in the order of the file."""
    groups = {}
    for row in rows:
        groups.setdefault(row["algorithm"], []).append(row)
    return groups


def chosen(algorithm, rows):
    """The rows of an algorithm that become known answers, by the rule above."""
    if "seed" in rows[0]:
        numbers = [i for i, row in enumerate(rows) if row["seed"] == BENCHMARK_SEED]
    elif "height" in rows[0]:
        numbers = [i for i, row in enumerate(rows) if row["height"] == rows[0]["height"]]
    else:
        others = [i for i, row in enumerate(rows) if len(row["input"]) // 2 not in LENGTHS]
        numbers = sorted({0, *(others or [1])[:1], *FINAL_HASHES.get(algorithm, [])})
    if len(numbers) < 2:
        sys.exit(f"error: {algorithm} has fewer than two known answers in Tests/Vectors")
    return [rows[i] for i in numbers]


def literal(digits, indent):
    """A string of hex digits, on as many lines as it needs."""
    lines = [digits[i:i + 90] for i in range(0, len(digits), 90)] or [""]
    return ("\n" + " " * indent + "+ ").join(f'"{line}"' for line in lines)


def answer_rows():
    parts = []
    for name in FAMILIES:
        for algorithm, rows in by_algorithm(vectors(name)).items():
            for row in chosen(algorithm, rows):
                height = f", height: {row['height']}" if "height" in row else ""
                parts.append(
                    f'        Row(\n            algorithm: "{algorithm}"{height},\n'
                    f"            input: {literal(row['input'], 16)},\n"
                    f"            digest: {literal(row['hash'], 16)}),\n")
    return HEAD + "\nextension KnownAnswers {\n    static let rows: [Row] = [\n" + "".join(parts) + "    ]\n}\n"


def checksums():
    algorithms = {row["algorithm"] for name in FAMILIES for row in vectors(name)}
    parts = []
    for algorithm, rows in by_algorithm(vectors("bench")).items():
        if algorithm in algorithms:
            values = "".join(f"            {row['hashes']}: 0x{row['checksum']},\n" for row in rows)
            parts.append(f'        "{algorithm}": [\n{values}        ],\n')
    return (HEAD + "\nextension KnownAnswers {\n    /// By algorithm and number of hashes.\n"
            "    static let checksums: [String: [UInt64: UInt64]] = [\n" + "".join(parts) + "    ]\n}\n")


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    differs = False
    for name, text in [("KnownAnswerRows.swift", answer_rows()), ("KnownChecksums.swift", checksums())]:
        path = os.path.join(OUTPUT, name)
        if check:
            with open(path, encoding="utf-8") as file:
                same = file.read() == text
            if not same:
                print(f"error: {os.path.relpath(path, ROOT)} is not what Scripts/generate-known-answers.py writes",
                      file=sys.stderr)
            differs |= not same
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
