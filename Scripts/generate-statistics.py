#!/usr/bin/env python3
"""Writes what NumPy and SciPy compute for generated samples, for the tests of Sources/NightjarReport/Statistics.

    generate-statistics.py                     writes Tests/Vectors/statistics.json
    generate-statistics.py -n 1000 FILE        writes more sets, which the tests take from NIGHTJAR_STATISTICS=FILE

The sets have 2 to 40 samples: normal and skewed ones, with ties, outliers and trends. Bootstrap intervals are there twice:
computed with NumPy from the same random numbers, which must agree to the last digits, and as the bounds between which the
interval of SciPy's own bootstrap lies, allowing four standard errors of 10,000 resamples.

Needs numpy and scipy.
"""

import argparse
import json
import os

import numpy as np
from scipy import stats

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RESAMPLES = 10_000
SEED = 0x4E494748544A4152


def splitmix64(seed, count):
    """The first numbers of SplitMix64: its state is a counter, so that all come at once."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        return z ^ z >> np.uint64(31)


def indices(numbers, count):
    """The upper half of number × count, in two parts that fit into 64 bits."""
    low = (numbers & np.uint64(0xFFFFFFFF)) * np.uint64(count)
    high = (numbers >> np.uint64(32)) * np.uint64(count)
    return ((high + (low >> np.uint64(32))) >> np.uint64(32)).astype(int)


def interval(drawn):
    return [float(x) for x in np.quantile(drawn, [0.025, 0.975])]


def median_interval(values):
    draws = splitmix64(SEED, RESAMPLES * len(values)).reshape(RESAMPLES, len(values))
    return interval(np.median(values[indices(draws, len(values))], axis=1))


def ratio_interval(a, b, paired):
    width = len(a) if paired else len(a) + len(b)
    draws = splitmix64(SEED, RESAMPLES * width).reshape(RESAMPLES, width)
    of_a = indices(draws[:, :len(a)], len(a))
    of_b = of_a if paired else indices(draws[:, len(a):], len(b))
    return interval(np.median(a[of_a], axis=1) / np.median(b[of_b], axis=1))


def bounds(drawn):
    """Where the ends of an interval from other random numbers may lie."""
    error = 4.5 * np.sqrt(2 * 0.025 * 0.975 / RESAMPLES)
    places = [0.025 - error, 0.025 + error, 0.975 - error, 0.975 + error]
    return [float(x) for x in np.quantile(drawn, places)]


def scipy_median(values, random):
    result = stats.bootstrap((values,), np.median, n_resamples=RESAMPLES, method="percentile", rng=random)
    return bounds(result.bootstrap_distribution)


def scipy_ratio(a, b, paired, random):
    def ratio(x, y, axis=-1):
        return np.median(x, axis=axis) / np.median(y, axis=axis)

    result = stats.bootstrap((a, b), ratio, n_resamples=RESAMPLES, method="percentile", paired=paired, rng=random,
                             vectorized=True)
    return bounds(result.bootstrap_distribution)


def mann_kendall(values):
    """S and its probability for both directions, with corrections for ties and for continuity."""
    n = len(values)
    score = int(sum(np.sign(values[late] - values[early]) for late in range(n) for early in range(late)))
    term = lambda k: k * (k - 1) * (2 * k + 5)
    _, counts = np.unique(values, return_counts=True)
    variance = (term(n) - sum(term(int(k)) for k in counts)) / 18
    if variance <= 0 or score == 0:
        return score, 1.0
    return score, float(2 * stats.norm.sf((abs(score) - 1) / np.sqrt(variance)))


def samples(random, count):
    kind = random.integers(5)
    base = 10 ** random.uniform(-1, 9)
    noise = 10 ** random.uniform(-4, -1)
    values = random.normal(1, noise, count) if kind != 1 else 1 + noise * random.gamma(1, 1, count)
    if kind == 2:
        values = np.round(values, 2)
    if kind == 3:
        values[random.integers(count)] *= random.choice([0.5, 0.8, 1.3])
    if kind == 4:
        values += np.linspace(0, random.normal(0, 3 * noise), count)
    return np.abs(values) * base + base * 1e-6


def one(random):
    count = int(random.integers(2, 41))
    a = samples(random, count)
    paired = bool(random.integers(2))
    b = a * random.uniform(0.9, 1.1) * random.normal(1, 0.01, count) if paired else samples(
        random, int(random.integers(2, 41)))
    b = np.abs(b)
    times = np.cumsum(random.uniform(0.5, 5, count))
    q1, q3 = np.quantile(a, [0.25, 0.75])
    fences = [q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)]
    score, probability = mann_kendall(a)
    line = stats.linregress(times, a)
    if count > 2 and len(set(a)) == count:
        tau = stats.kendalltau(times, a, method="asymptotic").statistic
        assert abs(tau * count * (count - 1) / 2 - score) < 1e-6
    return {
        "a": a.tolist(), "b": b.tolist(), "paired": paired, "times": times.tolist(),
        "median": float(np.median(a)), "mad": float(stats.median_abs_deviation(a)),
        "quantiles": [float(x) for x in np.quantile(a, [0, 0.1, 0.25, 0.75, 0.9, 1])],
        "fences": [float(x) for x in fences],
        "outliers": [i for i, x in enumerate(a) if not fences[0] <= x <= fences[1]] if count >= 4 else [],
        "slope": float(line.slope), "score": score, "probability": probability,
        "interval": median_interval(a), "bounds": scipy_median(a, random),
        "ratio": ratio_interval(a, b, paired), "ratioBounds": scipy_ratio(a, b, paired, random),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-n", type=int, default=40, help="how many sets")
    parser.add_argument("file", nargs="?", default=f"{ROOT}/Tests/Vectors/statistics.json")
    arguments = parser.parse_args()
    random = np.random.default_rng(SEED)
    rows = [one(random) for _ in range(arguments.n)]
    with open(arguments.file, "w", encoding="utf-8") as file:
        file.write('{"about":"written by Scripts/generate-statistics.py with NumPy and SciPy","sets":[\n')
        file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows))
        file.write("\n]}\n")


main()
