#!/usr/bin/env python3
"""Measures how long a share takes from its find to its submission, in a run of `mine` at a pool of this script's own.

  python3 Scripts/share-latency.py .build/release/nightjar -a rx/0 --rate 10 --seconds 60 [-- more flags of mine]

The CPU mines, unless a --device is among those flags: an OpenCL device that is the same CPU would take its time.
The pool sends one job, and first a difficulty of 1000. When the program has told how fast it hashes, the pool sets the
difficulty for the wanted number of shares a second. It accepts every share. The times are those that `mine --log json`
tells.
"""

import argparse
import json
import socket
import subprocess
import sys
import threading
import time

BLOB = "1010" + "00" * 74
SEED = "00" * 32


class Pool:
    """One miner's pool: a job that does not change but for its difficulty."""

    def __init__(self, algorithm):
        self.algorithm = algorithm
        self.difficulty = 1000
        self.jobs = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.connection = None
        threading.Thread(target=self.serve, daemon=True).start()

    def job(self):
        self.jobs += 1
        target = (0xFFFFFFFFFFFFFFFF // self.difficulty).to_bytes(8, "little").hex()
        return {
            "job_id": str(self.jobs), "blob": BLOB, "target": target, "algo": self.algorithm, "height": 3000000,
            "seed_hash": SEED,
        }

    def send(self, message):
        self.connection.sendall((json.dumps(message) + "\n").encode())

    def set(self, difficulty):
        self.difficulty = max(1, int(difficulty))
        self.send({"jsonrpc": "2.0", "method": "job", "params": self.job()})

    def serve(self):
        self.connection, _ = self.server.accept()
        for line in self.connection.makefile():
            request = json.loads(line)
            result = {"status": "OK"}
            if request["method"] == "login":
                result = {"id": "1", "status": "OK", "extensions": ["algo", "keepalive"], "job": self.job()}
            self.send({"id": request["id"], "jsonrpc": "2.0", "error": None, "result": result})


def quantile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program")
    options.add_argument("-a", dest="algorithm", default="rx/0")
    options.add_argument("--rate", type=float, default=10, help="shares a second")
    options.add_argument("--seconds", type=float, default=60, help="after the difficulty is set")
    options, more = options.parse_known_args()
    more = [word for word in more if word != "--"]
    if not any(word.startswith("--device") for word in more):
        more += ["--device", "cpu"]

    pool = Pool(options.algorithm)
    command = [
        options.program, "mine", "-o", f"127.0.0.1:{pool.port}", "-u", "x", "-a", options.algorithm, "--log", "json",
        "--ledger", "none", *more,
    ]
    miner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    waits, latencies, found = [], [], []
    limit = None
    rates = 0
    for line in miner.stdout:
        event = json.loads(line)
        now = time.monotonic()
        if event["event"] == "hashrate" and limit is None:
            # The first ones still have the beginning in them.
            rates += 1
            if rates == 3:
                pool.set(event["total"] / options.rate)
                limit = now + 5 + options.seconds
        if event["event"] != "share":
            continue
        if limit is not None and now > limit - options.seconds:
            if event["state"] == "submitted":
                waits.append(event["foundToSentMs"])
                found.append(now)
            if "latencyMs" in event:
                latencies.append(event["latencyMs"])
        if limit is not None and now > limit:
            break
    miner.terminate()
    for line in miner.stdout:
        event = json.loads(line)
    miner.wait()
    if not waits:
        sys.exit("error: no share was submitted")
    seconds = found[-1] - found[0]
    print(f"{options.algorithm}, {' '.join(more)}: {len(waits)} shares in {seconds:.0f} s, "
          f"{len(waits) / max(seconds, 0.001):.1f} a second, difficulty {pool.difficulty}")
    for name, part in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)]:
        print(f"  {name}: found to sent {quantile(waits, part):.1f} ms, answers {quantile(latencies, part)} ms")
    print("  summary:", {key: event[key] for key in ("found", "accepted", "rejected", "stale", "expired", "unaccounted")})


if __name__ == "__main__":
    main()
