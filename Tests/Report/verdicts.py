#!/usr/bin/env python3
"""Whether bench's verdicts are right: pairs of runs of the same program, and of the same program slowed by 3 %.

    python3 Tests/Report/verdicts.py OUTPUT-DIRECTORY

Runs `nightjar bench` with its default budget three times a pair: as it is, as it is, and slowed. The second run and the
third are compared with the first by --baseline. At least nine of ten verdicts must be 'same' for the second runs, and
'slower' for the third; else the exit code is 1. It is run by hand, on a machine that does nothing else: ten pairs
take 7 to 17 minutes. The runs' reports stay in the directory.

A run is slowed by stopping the whole process for some milliseconds, five times a second, as long as it has been stopped
for less than 3 % of its time. So its code is that of the others, and it loses that part of its hashes.
"""
import argparse
import contextlib
import ctypes
import datetime
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Seconds between two stops: long beside what it takes until all threads stand still.
PERIOD = 0.2
# Of ten.
NEEDED = 0.9


def running(process):
    """The process's threads that are running."""
    threads = []
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        with contextlib.suppress(OSError):
            # The state stands behind the name, which is in parentheses.
            if (task / "stat").read_text().rpartition(")")[2].split()[0] == "R":
                threads.append(int(task.name))
    return threads


def stop(process):
    """Stops the process, and waits until it stands still. A running thread gets the signal: one that sleeps would have to
    wait for a core before it stops the others, and that takes longer than a stop lasts."""
    ctypes.CDLL(None).tgkill(process.pid, (running(process) or [process.pid])[0], signal.SIGSTOP)
    while process.poll() is None and running(process):
        pass


def slow_down(process, part):
    """Stops the process for this part of its time, until it ends. Returns the part for which it was stopped."""
    begin, stopped = time.monotonic(), 0.0
    while process.poll() is None:
        owed = (time.monotonic() - begin) * part - stopped
        if owed > 0:
            stop(process)
            start = time.monotonic()
            try:
                time.sleep(owed)
            finally:
                process.send_signal(signal.SIGCONT)
            stopped += time.monotonic() - start
        time.sleep(PERIOD)
    return stopped / (time.monotonic() - begin)


def bench(arguments, name, baseline=None, slower=0.0):
    """Runs bench once, and returns its report."""
    path = arguments.out / f"{name}.json"
    command = [arguments.nightjar, "bench", "-a", arguments.algorithm, "--device", arguments.device, "--report", str(path)]
    command += ["--baseline", str(baseline)] if baseline else []
    command += shlex.split(arguments.more)
    with open(arguments.out / f"{name}.log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            stopped = slow_down(process, slower) if slower else 0.0
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
    if code != 0:
        sys.exit(f"{' '.join(command)}: exit code {code}: {(arguments.out / f'{name}.log').read_text().strip()}")
    report = json.loads(path.read_text())
    if slower and abs(stopped - slower) > slower / 10:
        print(f"  warning: it was stopped for {100 * stopped:.2f} % of its time, not {100 * slower:.2f} %")
    for warning in report["warnings"]:
        print(f"  warning, {name}: {warning}")
    return report


def verdict(report):
    comparison = report["baseline"]["comparisons"][0]
    words = f"{comparison['verdict']}, {comparison['ratio']:.4f}"
    if comparison["low"] is not None:
        words += f" ({comparison['low']:.4f} to {comparison['high']:.4f})"
    return comparison["verdict"], words


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=pathlib.Path, help="a directory for the runs' reports")
    parser.add_argument("--nightjar", default=os.environ.get("NIGHTJAR", str(ROOT / ".build/release/nightjar")))
    parser.add_argument("-a", "--algorithm", default="cn-pico", help="one algorithm (%(default)s)")
    parser.add_argument("--device", default="cpu", help="one device (%(default)s)")
    parser.add_argument("--pairs", type=int, default=10, help="how many (%(default)s)")
    parser.add_argument("--slower", type=float, default=0.03, help="by which part (%(default)s)")
    parser.add_argument("--with", dest="more", default="", metavar="ARGUMENTS",
                        help="more arguments for bench, as one word")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    begin, counts = time.monotonic(), {"same": 0, "slower": 0}
    for pair in range(1, arguments.pairs + 1):
        bench(arguments, f"{pair}-before")
        baseline = arguments.out / f"{pair}-before.json"
        again, words = verdict(bench(arguments, f"{pair}-again", baseline))
        slowed, slowed_words = verdict(bench(arguments, f"{pair}-slowed", baseline, arguments.slower))
        counts["same"] += again == "same"
        counts["slower"] += slowed == "slower"
        print(f"pair {pair}: again {words}; slowed {slowed_words}", flush=True)
    good = all(count >= NEEDED * arguments.pairs for count in counts.values())
    took = datetime.timedelta(seconds=round(time.monotonic() - begin))
    print(f"{'ok' if good else 'FAILED'}: {arguments.algorithm} on {arguments.device}: the same program is 'same' in "
          f"{counts['same']} of {arguments.pairs}; slowed by {100 * arguments.slower:g} % it is 'slower' in "
          f"{counts['slower']} of {arguments.pairs}; {took}")
    sys.exit(0 if good else 1)


main()
