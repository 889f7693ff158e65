#!/usr/bin/env python3
"""Records how the speed of this machine scatters, for the tests of bench's intervals: Tests/Vectors/report/noise.json.

    record-noise.py                          adds a recording of two and a half minutes
    record-noise.py --replace N              puts it in the place of recording N, from 1
    record-noise.py --file FILE              adds it to another file, which need not exist

The rates are parts of their median. What the machine did meanwhile is in the text beside them. Needs a release build.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# The test draws single samples from them.
FEWEST = 100
# The longest line.
WIDTH = 134


def measure(nightjar, arguments):
    command = ["bench", "-a", arguments.algorithm, "--device", "cpu", "-t", str(arguments.threads),
               "--seconds", f"{arguments.samples * arguments.seconds:g}", "--repetitions", str(arguments.samples)]
    run = subprocess.run([nightjar, *command, "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                         check=False)
    if run.returncode != 0:
        sys.exit(f"nightjar bench ended with exit code {run.returncode}")
    return " ".join(["nightjar", *command]), json.loads(run.stdout)


def about(report, samples, seconds):
    conditions = report["conditions"]
    words = f"{samples} samples of {seconds:g} s, one after the other, on {conditions['cores']} cores of {conditions['cpu']}"
    if conditions["virtual"] not in (None, "none"):
        words += f" ({conditions['virtual']})"
    load = conditions["load"]
    words += f": load {load[0]:.1f} before and {load[1]:.1f} after" if load else ""
    steal = conditions["steal"]
    words += f", {100 * steal:.1f} % of the time stolen" if steal is not None else ""
    return "; ".join([words, *[warning.rstrip(".") for warning in report["warnings"]]])


def text(recording):
    lines, line = [], ""
    for number in [f"{rate:g}" for rate in recording["rates"]]:
        if line and len(line) + len(number) + 3 > WIDTH:
            lines.append(line + ",")
            line = ""
        line += f", {number}" if line else number
    lines.append(line)
    head = [f'"{name}":{json.dumps(recording[name], ensure_ascii=False)},' for name in ("about", "command")]
    return "{\n" + "\n".join([*head, '"rates":[', *lines]) + "\n]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--file", default=f"{ROOT}/Tests/Vectors/report/noise.json")
    parser.add_argument("--replace", type=int, metavar="N")
    parser.add_argument("--nightjar", default=os.environ.get("NIGHTJAR", f"{ROOT}/.build/release/nightjar"))
    parser.add_argument("-a", "--algorithm", default="cn-pico")
    parser.add_argument("-t", "--threads", type=int, default=1)
    parser.add_argument("--samples", type=int, default=150)
    parser.add_argument("--seconds", type=float, default=1, help="of a sample")
    arguments = parser.parse_args()
    if arguments.samples < FEWEST:
        sys.exit(f"--samples {arguments.samples}: the test needs {FEWEST} at least")
    recordings = []
    if os.path.exists(arguments.file):
        with open(arguments.file, encoding="utf-8") as file:
            recordings = json.load(file)["recordings"]
    if arguments.replace is not None and not 1 <= arguments.replace <= len(recordings):
        sys.exit(f"--replace {arguments.replace}: there are {len(recordings)} recordings")

    command, report = measure(arguments.nightjar, arguments)
    samples = report["results"][0]["samples"]
    rates = [sample["hashes"] / sample["seconds"] for sample in samples]
    middle = statistics.median(rates)
    recording = {"about": about(report, len(rates), arguments.seconds), "command": command,
                 "rates": [round(rate / middle, 5) for rate in rates]}
    if arguments.replace is None:
        recordings.append(recording)
    else:
        recordings[arguments.replace - 1] = recording
    with open(arguments.file, "w", encoding="utf-8") as file:
        file.write('{"recordings":[' + ",\n".join(text(recording) for recording in recordings) + "]}\n")
    spread = statistics.quantiles(recording["rates"], n=20)
    print(f"{recording['about']}\nnine of ten samples are between {spread[0]:.4f} and {spread[-1]:.4f} of the median")


main()
