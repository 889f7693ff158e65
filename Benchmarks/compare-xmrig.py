#!/usr/bin/env python3
"""Nightjar and xmrig side by side: alternating runs on a machine that is otherwise quiet, pair by pair.

    swift build -c release --product nightjar
    Benchmarks/compare-xmrig.py --peer /path/to/xmrig -a rx/0,rx/2,rx/wow --pairs 5 --out result.json
    Benchmarks/compare-xmrig.py --peer /path/to/xmrig -a cn/r --ways 1,2,3,4,5

xmrig is a black box: it is started with the options that its --help names, and its log or its HTTP API is read.
RandomX runs in its offline benchmark, and only hashes after a warm-up count. xmrig has no such benchmark for CryptoNight:
it mines at a pool on loopback whose job is never solved, with as many hashes at once per thread as --ways says. Nightjar
is compared with the best of these, and with one run in which xmrig chooses the number itself. Both sides get the same
threads, and both need huge pages.

On a machine whose speed changes from one minute to the next, runs in turn prove little. --at-once runs both at the same
time, each with one thread on its own core, and again with the cores exchanged, so that other load hits both alike.
"""
import argparse
import contextlib
import datetime
import json
import math
import os
import pathlib
import re
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Failure(Exception):
    pass


class Refused(Failure):
    """xmrig does not run the algorithm with its configuration."""


# --- Nightjar


def nightjar_command(arguments, algorithm, core=None):
    command = [arguments.nightjar, "bench", "-a", algorithm, "--device", "cpu",
               "--threads", str(arguments.threads if core is None else 1),
               "--seconds", str(arguments.seconds), "--json", *arguments.nightjar_option]
    if algorithm.startswith("rx/"):
        command += randomx_mode(arguments)
    return on_core(core, command)


def on_core(core, command):
    return command if core is None else ["taskset", "--cpu-list", str(core), *command]


def nightjar(arguments, algorithm):
    """One run of `nightjar bench`: hashes a second, seconds of set-up, and the host as it describes it."""
    command = nightjar_command(arguments, algorithm)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return nightjar_result(command, run.stdout, run.stderr)


def nightjar_result(command, output, errors):
    try:
        report = json.loads(output)
        result = report["results"][0]
    except (ValueError, LookupError) as error:
        raise Failure(f"{' '.join(command)}: {errors.strip() or error}") from error
    if not result["verified"]:
        raise Failure(f"{' '.join(command)}: {result.get('error')}")
    host = dict(report["host"], nightjar=report["version"])
    # The lanes' number of hashes at once, in Nightjar's words; each run chooses it again.
    chosen = sorted({line for line in result.get("explanation", []) if re.match(r"\d+ hash(es)? at a time \(fastest", line)})
    return {"hashrate": result["hashrate"], "setupSeconds": result["setupSeconds"], "chosen": chosen}, host


def randomx_mode(arguments):
    """The options for xmrig's mode. A build that knows no mode has the light one."""
    text = subprocess.run([arguments.nightjar, "bench", "--help"], capture_output=True, text=True, check=False).stdout
    if "--randomx-mode" in text:
        return ["--randomx-mode", "light" if arguments.light else "full"]
    if arguments.light:
        return []
    raise Failure(f"{arguments.nightjar} has no full mode; --light compares light ones")


# --- xmrig


@contextlib.contextmanager
def xmrig(arguments, options, core=None):
    """xmrig while the block runs. Yields a function that returns its log so far, and fails once it has ended."""
    with tempfile.TemporaryDirectory() as directory:
        log = pathlib.Path(directory, "log")
        command = on_core(core, [arguments.peer, *options, "--randomx-wrmsr=-1", "--donate-level=0", "--no-color",
                                 f"--log-file={log}"])
        with subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            def read():
                text = log.read_text(errors="replace") if log.exists() else ""
                if process.poll() is not None:
                    raise Failure(f"{' '.join(command)} ended with {process.returncode}:\n{text[-2000:]}")
                return text
            try:
                yield read
            finally:
                process.terminate()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def wait(read, pattern, seconds):
    """The first match of `pattern` in the log."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := re.search(pattern, read()):
            return found
        if "incompatible/disabled algorithm" in read():
            raise Refused("xmrig refuses the algorithm")
        time.sleep(0.2)
    raise Failure(f"xmrig's log has no /{pattern}/ after {seconds} s:\n{read()[-2000:]}")


def check_pages(text, arguments):
    """Both sides run on huge pages, or the comparison says nothing."""
    for percent in re.findall(r"huge pages (\d+)%", text):
        if int(percent) < 100 and not arguments.any_pages:
            raise Failure(f"xmrig got {percent} % of its huge pages; use --any-pages to run without them")


def about(text):
    found = re.search(r"\* ABOUT\s+(.+)", text)
    return found.group(1).strip() if found else "unknown"


def randomx_options(arguments, algorithm, threads):
    return ["-a", algorithm, "--bench=10M", f"--threads={threads}", "--print-time=1",
            f"--randomx-mode={'light' if arguments.light else 'fast'}"]


def progress(text):
    """(hashes, seconds) that its offline benchmark has told, in order."""
    return [(int(hashes), float(seconds)) for hashes, seconds in
            re.findall(r"bench\s+[\d.]+% (\d+)/\d+ \(([\d.]+)s\)", text)]


def randomx(arguments, algorithm):
    with xmrig(arguments, randomx_options(arguments, algorithm, arguments.threads)) as read:
        ready = wait(read, r"READY threads", 300)
        text = read()
        check_pages(text, arguments)
        setup = [int(found) / 1000 for found in re.findall(r"(?:allocated .*|dataset ready) \((\d+) ms\)", text)]
        end = time.monotonic() + arguments.warm_up + arguments.seconds + 60
        first = last = None
        while time.monotonic() < end:
            for last in progress(read()):
                if first is None and last[1] >= arguments.warm_up:
                    first = last
            if first and last[1] - first[1] >= arguments.seconds:
                rate = (last[0] - first[0]) / (last[1] - first[1])
                return {"hashrate": round(rate, 3), "setupSeconds": round(sum(setup), 3)}, about(text)
            time.sleep(0.2)
        raise Failure(f"xmrig's benchmark did not go on after {ready.group(0)}:\n{read()[-2000:]}")


class NeverSolved(socketserver.StreamRequestHandler):
    """A pool's side of Stratum: every login gets one job at the highest difficulty."""

    def handle(self):
        for line in self.rfile:
            try:
                request = json.loads(line)
            except ValueError:
                return
            result = {"status": "OK"}
            if request.get("method") == "login":
                # Any block header of the usual length is good: version 16, then zeros.
                job = {"job_id": "1", "blob": "1010" + "00" * 74, "target": "0100000000000000", "height": 1806260,
                       "seed_hash": "00" * 32, "algo": self.server.algorithm}
                result = {"id": "1", "job": job, "status": "OK", "extensions": ["algo"]}
            reply = {"id": request.get("id"), "jsonrpc": "2.0", "error": None, "result": result}
            self.wfile.write(json.dumps(reply).encode() + b"\n")


@contextlib.contextmanager
def pool(algorithm):
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), NeverSolved) as server:
        server.algorithm = algorithm
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def free_port():
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return server.server_address[1]


@contextlib.contextmanager
def mining(arguments, algorithm, ways, core=None):
    """xmrig at a pool on loopback. Yields a function that returns its log, and its API's port."""
    with pool(algorithm) as port, tempfile.TemporaryDirectory() as directory:
        api = free_port()
        config = {
            "autosave": False, "donate-level": 0, "http": {"enabled": True, "host": "127.0.0.1", "port": api},
            "cpu": {"enabled": True, "huge-pages": True},
            "pools": [{"url": f"127.0.0.1:{port}", "user": "x", "pass": "x", "algo": algorithm}],
        }
        if ways:
            config["cpu"][algorithm] = [[ways, unit] for unit in (range(arguments.threads) if core is None else [core])]
        path = pathlib.Path(directory, "config.json")
        path.write_text(json.dumps(config))
        with xmrig(arguments, [f"--config={path}", "--print-time=5"], core) as read:
            wait(read, r"READY threads", 60)
            check_pages(read(), arguments)
            yield read, api


def cryptonight(arguments, algorithm, ways):
    """xmrig mining with `ways` hashes at once on each thread; with None, xmrig chooses threads and hashes itself."""
    with mining(arguments, algorithm, ways) as (read, api):
        # xmrig's shortest average is over ten seconds, so take samples that do not overlap, after the warm-up.
        time.sleep(arguments.warm_up)
        samples = []
        end = time.monotonic() + arguments.seconds
        while not samples or time.monotonic() < end:
            time.sleep(10)
            samples.append(summary(api))
        chosen = re.search(r"READY threads (\d+)/\d+ \((\d+)\)", read())
        result = {"hashrate": round(statistics.mean(samples), 3), "ways": ways}
        if not ways and chosen:
            result.update(threads=int(chosen[1]), hashesAtOnce=int(chosen[2]))
        return result, about(read())


def summary(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/1/summary", timeout=5) as reply:
            rate = json.load(reply)["hashrate"]["total"][0]
    except (urllib.error.URLError, ValueError, LookupError) as error:
        raise Failure(f"xmrig's HTTP API: {error}") from error
    if not rate:
        raise Failure("xmrig's HTTP API shows no hash rate yet; a longer --warm-up helps")
    return rate


# --- Both at once


def beside(arguments, algorithm, core, watch):
    """A run of Nightjar on `core`. Meanwhile `watch` is called from time to time with the time."""
    command = nightjar_command(arguments, algorithm, core)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None:
                watch(time.monotonic())
                time.sleep(0.25)
            end = time.monotonic()
            return *nightjar_result(command, *process.communicate()), end
        finally:
            process.kill()


def randomx_at_once(arguments, algorithm, ours, theirs):
    seen = []

    def watch(now):
        told = progress(read())
        if told and (not seen or seen[-1][1:] != told[-1]):
            seen.append((now, *told[-1]))

    with xmrig(arguments, randomx_options(arguments, algorithm, 1), theirs) as read:
        result, host, end = beside(arguments, algorithm, ours, watch)
        check_pages(read(), arguments)
        # Count only what xmrig did while Nightjar was measured, not during Nightjar's set-up.
        told = [entry for entry in seen if entry[0] >= end - arguments.seconds]
        if len(told) < 3:
            raise Failure(f"xmrig told too little in {arguments.seconds} s:\n{read()[-2000:]}")
        rate = (told[-1][1] - told[0][1]) / (told[-1][2] - told[0][2])
        return result, {"hashrate": round(rate, 3)}, host, about(read())


def cryptonight_at_once(arguments, algorithm, ways, ours, theirs):
    seen = []

    def watch(now):
        if not seen or now - seen[-1][0] >= 1:
            with contextlib.suppress(Failure):
                seen.append((now, summary(api)))

    with mining(arguments, algorithm, ways, theirs) as (read, api):
        result, host, end = beside(arguments, algorithm, ours, watch)
        # Averages over the ten seconds before.
        rates = [rate for now, rate in seen if now >= end - arguments.seconds + 10]
        if not rates:
            raise Failure("xmrig's HTTP API showed no hash rate; more --seconds help")
        return result, {"hashrate": round(statistics.mean(rates), 3), "ways": ways}, host, about(read())


def exchange(arguments, algorithm, ways):
    """Two runs, the cores exchanged between them: means of both."""
    runs = []
    for ours, theirs in [(0, 1), (1, 0)]:
        if algorithm.startswith("rx/"):
            runs.append(randomx_at_once(arguments, algorithm, ours, theirs))
        else:
            runs.append(cryptonight_at_once(arguments, algorithm, ways, ours, theirs))
    sides = [{"hashrate": round(math.sqrt(math.prod(run[side]["hashrate"] for run in runs)), 3),
              "byCore": [run[side]["hashrate"] for run in (runs if side == 0 else runs[::-1])]} for side in (0, 1)]
    sides[0]["chosen"] = sorted({choice for run in runs for choice in run[0]["chosen"]})
    if ways:
        sides[1]["ways"] = ways
    return *sides, *runs[0][2:]


# --- Pairs


def best_ways(arguments, algorithm):
    """The number of hashes at once with which xmrig is fastest, from one run of each."""
    rates = {}
    for ways in arguments.ways:
        rates[ways] = cryptonight(arguments, algorithm, ways)[0]["hashrate"]
        print(f"{algorithm}: xmrig with {ways} at once: {rates[ways]:.1f} H/s", flush=True)
    return max(rates, key=rates.get), rates


def by_default(arguments, algorithm):
    """xmrig's run without configuration for the algorithm; None when xmrig then refuses it."""
    try:
        chosen = cryptonight(arguments, algorithm, None)[0]
    except Refused:
        print(f"{algorithm}: xmrig refuses it by default", flush=True)
        return None
    print(f"{algorithm}: xmrig by default: {chosen['hashrate']:.1f} H/s", flush=True)
    return chosen


def compare(arguments, algorithm, report):
    is_randomx = algorithm.startswith("rx/")
    entry = report_entry(report, algorithm, arguments)
    ways = None
    if not is_randomx:
        ways, rates = best_ways(arguments, algorithm) if len(arguments.ways) > 1 else (arguments.ways[0], {})
        if rates:
            entry["peerByWays"] = {str(ways): rate for ways, rate in rates.items()}
            entry["default"] = by_default(arguments, algorithm)
    for _ in range(arguments.pairs):
        if arguments.at_once:
            ours, theirs, host, peer = exchange(arguments, algorithm, ways)
        else:
            ours, host = nightjar(arguments, algorithm)
            theirs, peer = randomx(arguments, algorithm) if is_randomx else cryptonight(arguments, algorithm, ways)
        if not host["hugePages"] and not arguments.any_pages:
            raise Failure("Nightjar has no huge pages; use --any-pages to run without them")
        report.update(host=host, peer=peer)
        entry["pairs"].append({"nightjar": ours, "peer": theirs})
        print(f"{algorithm} pair {len(entry['pairs'])}: {pair_line(ours, theirs)}", flush=True)
        finish(entry)
        write(arguments, report)
    print(f"{algorithm}: {summary_line(entry)}", flush=True)


def report_entry(report, algorithm, arguments):
    threads = 1 if arguments.at_once else arguments.threads
    mode = ("light" if arguments.light else "full") if algorithm.startswith("rx/") else None
    for entry in report["comparisons"]:
        if (entry["algorithm"] == algorithm and entry.get("mode") == mode and entry["threads"] == threads
                and entry.get("atOnce", False) == arguments.at_once):
            return entry
    entry = {"algorithm": algorithm, "mode": mode, "threads": threads, "atOnce": arguments.at_once,
             "seconds": arguments.seconds, "pairs": []}
    report["comparisons"].append(entry)
    return entry


def pair_line(ours, theirs):
    line = f"nightjar {ours['hashrate']:.1f} H/s, xmrig {theirs['hashrate']:.1f} H/s, " \
           f"{ours['hashrate'] / theirs['hashrate']:.3f}×"
    if theirs.get("setupSeconds"):
        line += f"; set-up {ours['setupSeconds']:.1f} s, {theirs['setupSeconds']:.1f} s, " \
                f"{ours['setupSeconds'] / theirs['setupSeconds']:.2f}×"
    for choice in ours.get("chosen", []):
        line += f"; {choice.split(',')[0]}"
    return line


def finish(entry):
    """The medians of all pairs so far, and the median of the pairs' ratios."""
    for figure in ["hashrate", "setupSeconds"]:
        pairs = [(pair["nightjar"].get(figure), pair["peer"].get(figure)) for pair in entry["pairs"]]
        pairs = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
        if pairs:
            ours, theirs = zip(*pairs)
            entry[figure] = {"nightjar": statistics.median(ours), "peer": statistics.median(theirs),
                             "ratio": round(statistics.median(a / b for a, b in pairs), 4)}
    if default := entry.get("default"):
        default["ratio"] = round(entry["hashrate"]["nightjar"] / default["hashrate"], 4)


def summary_line(entry):
    rate = entry["hashrate"]
    line = f"{len(entry['pairs'])} pairs, medians {rate['nightjar']:.1f} and {rate['peer']:.1f} H/s, " \
           f"ratio {rate['ratio']:.3f}"
    if setup := entry.get("setupSeconds"):
        line += f"; set-up {setup['nightjar']:.1f} and {setup['peer']:.1f} s, ratio {setup['ratio']:.2f}"
    if default := entry.get("default"):
        line += f"; by default {default['hashrate']:.1f} H/s, ratio {default['ratio']:.3f}"
    return line


def write(arguments, report):
    if arguments.out:
        temporary = arguments.out.with_suffix(".tmp")
        temporary.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
        temporary.replace(arguments.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="xmrig's path")
    parser.add_argument("--nightjar", default=str(ROOT / ".build/release/nightjar"), help="nightjar's path")
    parser.add_argument("-a", "--algorithms", default="rx/0,rx/2,rx/wow", help="separated by commas")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=30, help="measured in each run (30)")
    parser.add_argument("--warm-up", type=float, default=10, 
                        help="seconds of xmrig's that do not count (10); its CryptoNight rates are of the ten that follow")
    parser.add_argument("--light", action="store_true", help="RandomX without a dataset, on both sides")
    parser.add_argument("--ways", default="1,2,3,4,5", help="CryptoNight: xmrig's hashes at once per thread, to choose from")
    parser.add_argument("--at-once", action="store_true",
                        help="both at the same time, a thread each on the cores 0 and 1, then exchanged")
    parser.add_argument("--any-pages", action="store_true", help="run without huge pages")
    parser.add_argument("--nightjar-option", action="append", default=[], help="passed on to nightjar bench")
    parser.add_argument("--out", type=pathlib.Path, help="a JSON file; if it exists, the pairs are added to its own")
    arguments = parser.parse_args()
    arguments.ways = [int(ways) for ways in arguments.ways.split(",")]
    report = {"comparisons": []}
    if arguments.out and arguments.out.exists():
        report = json.loads(arguments.out.read_text())
    report = {"date": datetime.date.today().isoformat(), **report}
    try:
        for algorithm in arguments.algorithms.split(","):
            compare(arguments, algorithm, report)
    except (Failure, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
