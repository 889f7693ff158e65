#!/usr/bin/env python3
"""Times every stage by itself, and compares the times with earlier ones.

    Benchmarks/stages.py --out now.json                 all stages; medians, in nanoseconds
    Benchmarks/stages.py --filter 'rx/0.*'              those whose whole name matches
    Benchmarks/stages.py --compare results/old.json     beside an earlier file's, with the ratio
    Benchmarks/stages.py --from now.json --compare results/old.json   two files, without a run

Compare only times of one kind of machine that does nothing else.
"""
import argparse
import datetime
import json
import pathlib
import platform
import shutil
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent


def measure(expression):
    """Runs the benchmarks: their names with median and 90th percentile in nanoseconds, and the number of samples."""
    output = PACKAGE / ".build/stages"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    command = ["swift", "package", "--package-path", str(PACKAGE), "--allow-writing-to-package-directory", "benchmark",
               "--format", "jmh", "--path", str(output), "--no-progress"]
    if expression:
        # Quick stages are repeated, and the tool adds that to their names.
        command += ["--filter", expression, "--filter", f"({expression}), 1000 times"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    stages = {}
    for path in sorted(output.rglob("*.json")):
        for row in json.loads(path.read_text()):
            # The tool puts `package.benchmark.TARGET.` before a name, and underscores for its spaces.
            stage = row["benchmark"].split(".", 3)[3].replace("_", " ")
            name = stage.removesuffix(", 1000 times")
            times = row["secondaryMetrics"]["Time (wall clock)"]["scorePercentiles"]
            # The tool gives microseconds.
            factor = 1000 if name == stage else 1
            stages[name] = {"median": round(times["50.0"] * factor, 1), "p90": round(times["90.0"] * factor, 1),
                            "samples": row["measurementIterations"]}
    return dict(sorted(stages.items()))


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def words(nanoseconds):
    for unit, size in [("s", 1e9), ("ms", 1e6), ("µs", 1e3)]:
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filter", help="a regular expression for whole names")
    parser.add_argument("--from", dest="source", type=pathlib.Path, help="an earlier file instead of a run")
    parser.add_argument("--compare", type=pathlib.Path, help="an earlier file")
    parser.add_argument("--out", type=pathlib.Path, help="where to write the times, as JSON")
    arguments = parser.parse_args()
    try:
        if arguments.source:
            report = json.loads(arguments.source.read_text())
        else:
            stages = measure(arguments.filter)
            report = {"date": datetime.date.today().isoformat(), "cpu": processor(), "unit": "ns", "stages": stages}
        old = json.loads(arguments.compare.read_text())["stages"] if arguments.compare else {}
    except (OSError, ValueError, LookupError, subprocess.CalledProcessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not report["stages"]:
        print("error: no stage has that name", file=sys.stderr)
        return 1
    width = max(map(len, report["stages"]))
    for stage, row in report["stages"].items():
        line = f"{stage:{width}}  {words(row['median']):>9}"
        if stage in old:
            line += f"  was {words(old[stage]['median']):>9}, {row['median'] / old[stage]['median']:.3f}×"
        print(line)
    if arguments.out:
        arguments.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
