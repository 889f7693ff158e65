#!/usr/bin/env python3
"""Nightjar and cpuminer-opt side by side on sha256d and scrypt: alternating runs, pair by pair.

    swift build -c release --product nightjar
    Benchmarks/compare-cpuminer.py --peer /path/to/cpuminer --pairs 5 --out result.json

cpuminer is a black box: its offline benchmark runs with the options that its --help names, and its output is read. By
itself it lowers its priority; here it keeps the usual one, as Nightjar does. --at-once runs both at the same time, each with one thread
on its own core, and then with the cores exchanged.
"""
import argparse
import datetime
import json
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Nightjar's names and cpuminer's.
PEER_NAMES = {"sha256d": "sha256d", "scrypt": "scrypt:1024"}
UNITS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}


class Failure(Exception):
    pass


def on_core(core, command):
    return command if core is None else ["taskset", "--cpu-list", str(core), *command]


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True)


def start_nightjar(arguments, algorithm, core=None):
    return start(on_core(core, [arguments.nightjar, "bench", "-a", algorithm, "--device", "cpu", "--threads",
                                str(arguments.threads if core is None else 1), "--seconds", str(arguments.seconds),
                                "--json"]))


def nightjar_rate(process):
    text = process.communicate()[0]
    try:
        report = json.loads(text[text.index("{"):])
        result = report["results"][0]
    except (ValueError, LookupError) as error:
        raise Failure(f"nightjar bench: {text.strip() or error}") from error
    if not result["verified"]:
        raise Failure(f"nightjar bench: {result.get('error')}")
    return result["hashrate"], report["host"], result.get("explanation", [])


def start_cpuminer(arguments, algorithm, core=None):
    # Its affinity would undo taskset's.
    pinned = [] if core is None else ["--cpu-affinity", str(1 << core)]
    return start(on_core(core, [arguments.peer, "--benchmark", "-a", PEER_NAMES[algorithm], "-t",
                                str(arguments.threads if core is None else 1), "--time-limit",
                                str(math.ceil(arguments.seconds)), "--cpu-priority", "2", *pinned]))


def cpuminer_rate(process, limit):
    """The rate of the whole run, which it prints at its end; or the last one that it printed before."""
    try:
        text = process.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise Failure(f"cpuminer went on for {limit:.0f} s, past its time limit") from error
    told = re.findall(r"(?:Benchmark|Total): ([\d.]+) ([kMG]?)[hH]/s", text)
    if not told:
        raise Failure(f"cpuminer told no rate:\n{text[-2000:]}")
    version = re.search(r"cpuminer-opt ([\d.]+)", text)
    return float(told[-1][0]) * UNITS[told[-1][1]], version[1] if version else "unknown"


def pair(arguments, algorithm):
    """Both rates, the host, cpuminer's version, and what Nightjar chose."""
    if not arguments.at_once:
        ours, host, explanation = nightjar_rate(start_nightjar(arguments, algorithm))
        theirs, version = cpuminer_rate(start_cpuminer(arguments, algorithm), 60 + 4 * arguments.seconds)
        return ours, theirs, host, version, explanation
    runs = []
    for our_core, their_core in [(0, 1), (1, 0)]:
        peer = start_cpuminer(arguments, algorithm, their_core)
        own = nightjar_rate(start_nightjar(arguments, algorithm, our_core))
        runs.append((own, cpuminer_rate(peer, 60 + 4 * arguments.seconds)))
    ours, theirs = (math.sqrt(math.prod(run[side][0] for run in runs)) for side in (0, 1))
    return ours, theirs, runs[0][0][1], runs[0][1][1], runs[0][0][2]


def compare(arguments, algorithm, report):
    entry = {"algorithm": algorithm, "threads": 1 if arguments.at_once else arguments.threads,
             "atOnce": arguments.at_once, "seconds": arguments.seconds, "load": list(os.getloadavg()), "pairs": []}
    report["comparisons"].append(entry)
    for number in range(1, arguments.pairs + 1):
        ours, theirs, report["host"], report["peer"], entry["explanation"] = pair(arguments, algorithm)
        entry["pairs"].append({"nightjar": ours, "peer": theirs})
        print(f"{algorithm} pair {number}: nightjar {ours:.0f} H/s, cpuminer {theirs:.0f} H/s, {ours / theirs:.3f}×",
              flush=True)
        medians = [statistics.median(one[side] for one in entry["pairs"]) for side in ("nightjar", "peer")]
        ratio = statistics.median(one["nightjar"] / one["peer"] for one in entry["pairs"])
        entry["hashrate"] = {"nightjar": medians[0], "peer": medians[1], "ratio": round(ratio, 4)}
        if arguments.out:
            arguments.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(f"{algorithm}: {arguments.pairs} pairs, medians {medians[0]:.0f} and {medians[1]:.0f} H/s, "
          f"ratio {entry['hashrate']['ratio']:.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="cpuminer's path")
    parser.add_argument("--nightjar", default=str(ROOT / ".build/release/nightjar"), help="nightjar's path")
    parser.add_argument("-a", "--algorithms", default="sha256d,scrypt", help="separated by commas")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=30, help="measured in each run (30)")
    parser.add_argument("--at-once", action="store_true",
                        help="both at the same time, a thread each on the cores 0 and 1, then exchanged")
    parser.add_argument("--out", type=pathlib.Path, help="a JSON file")
    arguments = parser.parse_args()
    report = {"date": datetime.date.today().isoformat(), "comparisons": []}
    try:
        for algorithm in arguments.algorithms.split(","):
            if algorithm not in PEER_NAMES:
                raise Failure(f"'{algorithm}' is neither of {', '.join(PEER_NAMES)}")
            compare(arguments, algorithm, report)
    except (Failure, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
