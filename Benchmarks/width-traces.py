#!/usr/bin/env python3
"""Records how fast each width of a CPU lane hashes on this machine over time, as data for tests.

    Benchmarks/width-traces.py -a cn/r --units 0 --seconds 60 --out Tests/Vectors/widths/cn-r.json
    Benchmarks/width-traces.py -a cn/r --units 0 --load 1 --load-memory 64 --on 8 --off 12 --seconds 60 --out …

All widths take turns (see Benchmarks/Stages/WidthRecorder.swift). With --load, another process copies memory on a
processing unit for some seconds, rests for some, and begins again. What else runs on the machine is a load, too: say
with --others what it was.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import time

PACKAGE = pathlib.Path(__file__).resolve().parent

# Milliseconds between rows beyond which time is cut out: the recorder was stopped for a while.
LONGEST = 3000


def load(unit, mebibytes, on, off):
    """Copies memory on a processing unit, and rests, for ever."""
    os.sched_setaffinity(0, {unit})
    source = bytearray(mebibytes << 19)
    target = bytearray(mebibytes << 19)
    while True:
        time.sleep(off)
        end = time.monotonic() + on
        while time.monotonic() < end:
            target[:] = source


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def recorder(path):
    if path:
        return [str(path)]
    subprocess.run(["swift", "build", "-c", "release", "--package-path", str(PACKAGE), "--product", "WidthTraces"],
                   check=True, stdout=sys.stderr)
    return [str(PACKAGE / ".build/release/WidthTraces")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-a", "--algorithm", required=True)
    parser.add_argument("--units", default="0", help="the lanes' processing units, such as 0,1")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=0, help="keep a row only so many seconds after the one before")
    parser.add_argument("--load", type=int, help="the load's processing unit")
    parser.add_argument("--load-memory", type=int, default=64, help="MiB that the load copies")
    parser.add_argument("--on", type=float, default=8, help="seconds that the load works")
    parser.add_argument("--off", type=float, default=12, help="seconds that it rests, at first, too")
    parser.add_argument("--others", default="", help="what else runs, in words")
    parser.add_argument("--wall", action="store_true", help="keep the times by the clock on the wall, too")
    parser.add_argument("--recorder", type=pathlib.Path, help="a built recorder")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    command = recorder(arguments.recorder) + [arguments.algorithm, arguments.units, "1e6"]
    words = [arguments.others] if arguments.others else []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    other = None
    widths, batch, rows, last, cut, previous = [], 0, [], -1e9, 0, 0
    try:
        for line in process.stdout:
            numbers = line.split()
            if numbers and numbers[0] == "widths":
                widths, batch = [int(number) for number in numbers[1:-2]], int(numbers[-1])
                continue
            if not widths:
                print(line, end="", file=sys.stderr)
                continue
            if arguments.load is not None and other is None:
                # The lanes stand ready.
                other = multiprocessing.Process(
                    target=load, args=(arguments.load, arguments.load_memory, arguments.on, arguments.off), daemon=True)
                other.start()
            row = [int(number) for number in numbers]
            # A recorder that was stopped goes on where it was.
            cut += max(0, row[0] - previous - LONGEST)
            previous = row[0]
            row[0] -= cut
            if row[0] > 1000 * arguments.seconds:
                break
            if row[0] - last >= 1000 * arguments.every:
                rows.append(row)
                last = row[0]
    except KeyboardInterrupt:
        print("ended early", file=sys.stderr)
    finally:
        process.terminate()
        if other:
            other.kill()
    if not rows:
        print("error: nothing was recorded", file=sys.stderr)
        return 1
    if arguments.load is not None:
        words.append(f"unit {arguments.load} copies {arguments.load_memory} MiB: rests {arguments.off:g} s, "
                     f"works {arguments.on:g} s, and so on")
    # Processor times of three or four digits.
    count = len(widths)
    middle = sorted(time for row in rows for time in row[1:count + 1])[len(rows) * count // 2]
    tick = 1
    while middle / tick > 2000:
        tick *= 10
    head = {"algorithm": arguments.algorithm, "cpu": processor(), "units": arguments.units,
            "load": "; ".join(words) or "none", "widths": widths, "batch": batch or None, "tick": tick}

    def table(name, first):
        lines = [[row[0]] + [round(value / tick) for value in row[first:first + count]] for row in rows]
        return f', "{name}": [\n' + ",\n".join(json.dumps(line).replace(" ", "") for line in lines) + "\n]"
    text = json.dumps(head, ensure_ascii=False)[:-1] + table("rows", 1)
    if arguments.wall:
        text += table("wall", 1 + count)
    text += "}\n"
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(text)
    print(f"{arguments.out}: {len(rows)} rows, {len(text)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
