#!/usr/bin/env python3
"""Compares the promised interfaces of two builds of nightjar.

    Scripts/compare-interface.py BEFORE AFTER [--openapi BEFORE AFTER] [--words]

BEFORE and AFTER are two binaries. The script compares the commands and their flags (from --help), the JSON of `devices`,
`algorithms` and `bench`, the events of `mine --log json`, the HTTP API's answers and metrics, and, for the settings in
Scripts/interface-cases.json, the exit code and the output of --print-config. In JSON it compares keys and types, and values
only where every run must give the same ones. A null fits every type.

--openapi names the API description of each binary; its texts are not compared.
--words also shows messages whose words differ. Words are not promised, so they never count as differences.

It prints one line for each difference, and exits with 1 when there are any.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SCRATCH = tempfile.mkdtemp(prefix="nightjar-interface-")
BENCH = ["bench", "--json", "--hashes", "64", "-a", "cn-pico,cn/upx2,rx/0", "--device", "cpu"]
MINE = ["mine", "--sandbox", "--log", "json", "--max-seconds", "8", "-a", "cn-pico"]
PAGES = ["/1/summary", "/2/summary", "/2/backends", "/1/threads", "/api.json", "/metrics", "/health", "/", "/nothing"]


def environment(more=None):
    """An environment without the user's settings and ledger."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTJAR_")}
    return {**kept, "XDG_STATE_HOME": SCRATCH, **(more or {})}


def run(binary, arguments, more=None):
    return subprocess.run(
        [binary, *arguments], env=environment(more), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=600, cwd=SCRATCH)


# Shapes: JSON without its values.

def shape(value):
    if isinstance(value, dict):
        return {"object": {key: shape(member) for key, member in value.items()}}
    if isinstance(value, list):
        merged = {}
        for element in value:
            merge(merged, shape(element))
        return {"list": merged}
    if value is None:
        return {}
    return {"boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number": {}}


def merge(into, other):
    """The union of two shapes: kinds of value, each with its contents."""
    for kind, inside in other.items():
        if kind == "object":
            known = into.setdefault(kind, {})
            for key, member in inside.items():
                merge(known.setdefault(key, {}), member)
        else:
            merge(into.setdefault(kind, {}), inside)


def compare(before, after, place):
    """Differences of two shapes, as lines."""
    # Only nulls, or an empty list: the shape is not known and cannot differ.
    if not before or not after:
        return []
    lines = []
    for kind in sorted(set(before) ^ set(after)):
        lines.append(f"{place}: {kind} only {'before' if kind in before else 'after'}")
    for kind in sorted(set(before) & set(after)):
        if kind == "object":
            old, new = before[kind], after[kind]
            lines += [f"{place}.{key}: is gone" for key in old if key not in new]
            lines += [f"{place}.{key}: is new" for key in new if key not in old]
            for key in old:
                if key in new:
                    lines += compare(old[key], new[key], f"{place}.{key}")
        elif kind == "list":
            lines += compare(before[kind], after[kind], f"{place}[]")
    return lines


def difference(before, after, place):
    return [] if before == after else [f"{place}: {json.dumps(before)} is now {json.dumps(after)}"]


# The interface of one binary.

def commands(binary):
    """Each command's flags: every spelling of each, and whether it takes a value."""
    text = run(binary, ["--help"]).stdout
    names = re.findall(r"^  (\w[\w-]*) {2,}", text.partition("SUBCOMMANDS:")[2], re.M)
    return {name: flags(binary, [name] if name else []) for name in ["", *names]}


def flags(binary, command):
    text = run(binary, [*command, "--help"]).stdout
    found = {}
    for line in re.findall(r"^  (-.*)$", text, re.M):
        # The names end before the value, or before the help, which follows after two spaces.
        names = re.match(r"(?:-[\w-]+(?:, )?)+", line)[0]
        for name in names.split(", "):
            found[name] = {"with": names, "value": line[len(names):].startswith(" <")}
    arguments = re.findall(r"^  <([\w…,-]+)>", text.split("OPTIONS:")[0], re.M)
    return {"flags": found, "arguments": len(arguments)}


def events(lines):
    """The shape of each kind of event."""
    found = {}
    for line in lines:
        event = json.loads(line)
        merge(found.setdefault(event.get("event", "?"), {}), shape(event))
    return found


def metrics(text):
    """Each metric's kind and labels."""
    found = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.split()[2:4]
            found.setdefault(name, {"kind": kind, "labels": []})
        elif line and not line.startswith("#"):
            name = re.match(r"\w+", line)[0]
            inside = re.search(r"\{(.*)\}", line)
            labels = re.findall(r'(\w+)="', inside[1]) if inside else []
            entry = found.setdefault(name, {"kind": None, "labels": []})
            entry["labels"] = sorted(set(entry["labels"]) | set(labels))
    return found


def page(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get_content_type(), error.read().decode()


def api(binary):
    """Status, type and shape of each page, while a run mines."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    arguments = ["mine", "--sandbox", "--log", "json", "-a", "cn-pico", "--api", f"127.0.0.1:{port}"]
    with open(os.path.join(SCRATCH, "out"), "w") as out:
        process = subprocess.Popen([binary, *arguments], env=environment(), stdout=out, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + 120
        while True:
            try:
                found = json.loads(page(port, "/2/summary")[2])
                # By then every device has worked for the length of the shortest window.
                if found.get("uptime", 0) > 14 and found.get("results", {}).get("shares_good", 0) > 0:
                    break
            except (OSError, ValueError):
                pass
            if time.monotonic() > end or process.poll() is not None:
                sys.exit(f"{binary}: mine --api did not come to a share:\n" + open(out.name).read())
            time.sleep(0.3)
        answers = {}
        for path in PAGES:
            status, kind, text = page(port, path)
            answers[path] = {"status": status, "type": kind}
            if path == "/metrics":
                answers[path]["metrics"] = metrics(text)
            elif kind == "application/json":
                answers[path]["shape"] = shape(json.loads(text))
        return answers
    finally:
        process.terminate()
        process.wait(60)


def case(binary, it):
    """The results of settings, without mining: the exit code, the place of the fault, the printed text."""
    path = os.path.join(SCRATCH, "case.json")
    if "file" in it:
        with open(path, "w") as file:
            file.write(it["file"] if isinstance(it["file"], str) else json.dumps(it["file"]))
        os.chmod(path, it.get("mode", 0o600))
    with open(os.path.join(SCRATCH, "secret"), "w") as file:
        file.write("from-a-file\n")
    os.chmod(os.path.join(SCRATCH, "secret"), 0o600)
    ended = run(binary, it["arguments"], it.get("environment"))
    place = re.match(r"error: (\S*case\.json:\d+(?:: [\w.\[\]]+)?|NIGHTJAR_\w+|--?[\w-]+)", ended.stderr)
    try:
        printed = json.loads(ended.stdout)
    except ValueError:
        printed = None
    return {"code": ended.returncode, "place": place and place[1], "printed": printed}, ended.stderr.strip()


def described(value):
    """An API's description without its texts."""
    if isinstance(value, dict):
        words = {"description", "summary", "title"}
        return {key: described(member) for key, member in value.items()
                if key not in words or not isinstance(member, str)}
    return [described(element) for element in value] if isinstance(value, list) else value


# The comparison.

def compare_commands(before, after):
    old, new = commands(before), commands(after)
    lines = [f"nightjar {name}: the command is gone" for name in old if name not in new]
    lines += [f"nightjar {name}: the command is new" for name in new if name not in old]
    for name in old:
        if name not in new:
            continue
        was, now = old[name]["flags"], new[name]["flags"]
        place = f"nightjar {name}".strip()
        lines += [f"{place}: {flag} is gone" for flag in was if flag not in now]
        lines += [f"{place}: {flag} is new" for flag in now if flag not in was]
        for flag in was:
            if flag in now:
                lines += difference(was[flag], now[flag], f"{place}: {flag}")
        lines += difference(old[name]["arguments"], new[name]["arguments"], f"{place}: arguments")
    return lines


def compare_lists(before, after):
    lines = []
    for command, key in (("devices", "id"), ("algorithms", "name")):
        old, new = (json.loads(run(binary, [command, "--json"]).stdout) for binary in (before, after))
        lines += compare(shape(old), shape(new), command)
        # Both binaries run on the same machine, so devices must be equal; so must algorithms.
        lines += difference([it[key] for it in old], [it[key] for it in new], f"{command}: {key}")
        for a in old:
            for b in new:
                if a[key] == b[key]:
                    shared = [name for name in a if name in b]
                    lines += difference(
                        {name: a[name] for name in shared}, {name: b[name] for name in shared}, f"{command} {a[key]}")
    return lines


def compare_bench(before, after):
    old, new = (json.loads(run(binary, BENCH).stdout) for binary in (before, after))
    lines = compare(shape(old), shape(new), "bench")
    fixed = ["algorithm", "device", "hashes", "checksum", "verified", "mode"]
    for a, b in zip(old["results"], new["results"]):
        lines += difference(
            {name: a.get(name) for name in fixed}, {name: b.get(name) for name in fixed}, f"bench {a['algorithm']}")
    return lines + difference(len(old["results"]), len(new["results"]), "bench: results")


def compare_mine(before, after):
    a, b = run(before, MINE), run(after, MINE)
    lines = difference(a.returncode, b.returncode, "mine: exit code")
    old, new = events(a.stdout.splitlines()), events(b.stdout.splitlines())
    lines += [f"mine: the event {name} is gone" for name in old if name not in new]
    lines += [f"mine: the event {name} is new" for name in new if name not in old]
    for name in old:
        if name in new:
            lines += compare(old[name], new[name], f"mine {name}")
    last = [json.loads(text.splitlines()[-1])["event"] for text in (a.stdout, b.stdout)]
    return lines + difference(last[0], last[1], "mine: the last event")


def compare_api(before, after):
    old, new = api(before), api(after)
    lines = []
    for path in PAGES:
        was, now = old[path], new[path]
        lines += difference(was["status"], now["status"], f"GET {path}: status")
        lines += difference(was["type"], now["type"], f"GET {path}: type")
        lines += compare(was.get("shape", {}), now.get("shape", {}), f"GET {path} ")
        named, names = was.get("metrics", {}), now.get("metrics", {})
        lines += [f"metrics: {name} is gone" for name in named if name not in names]
        lines += [f"metrics: {name} is new" for name in names if name not in named]
        for name in named:
            if name in names:
                lines += difference(named[name], names[name], f"metrics: {name}")
    return lines


def compare_cases(before, after, words):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "interface-cases.json")) as file:
        cases = json.load(file)
    lines = []
    for it in cases:
        it.setdefault("arguments", ["mine", "-c", "case.json", "--print-config"])
        (old, said), (new, says) = case(before, it), case(after, it)
        lines += difference(old, new, f"settings {json.dumps(it)}")
        if words and said != says:
            print(f"words: {json.dumps(it)}\n  before: {said}\n  after:  {says}")
    return lines


def main():
    parser = argparse.ArgumentParser(description="Compares what two builds of nightjar promise.")
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--openapi", nargs=2, metavar=("BEFORE", "AFTER"))
    parser.add_argument("--words", action="store_true", help="also show messages whose words differ")
    parser.add_argument(
        "--only", action="append", metavar="PART", help="commands, lists, settings, bench, mine or api; repeatable")
    options = parser.parse_args()
    before, after = os.path.abspath(options.before), os.path.abspath(options.after)
    parts = {
        "commands": lambda: compare_commands(before, after), "lists": lambda: compare_lists(before, after),
        "settings": lambda: compare_cases(before, after, options.words),
        "bench": lambda: compare_bench(before, after), "mine": lambda: compare_mine(before, after),
        "api": lambda: compare_api(before, after),
    }
    count = 0
    for name, part in parts.items():
        if options.only and name not in options.only:
            continue
        lines = part()
        count += len(lines)
        for line in lines:
            print(line)
        print(f"{name}: {len(lines)} differences", file=sys.stderr)
    if options.openapi:
        old, new = (described(json.load(open(path))) for path in options.openapi)
        for section in sorted(set(old) | set(new)):
            lines = difference(old.get(section), new.get(section), f"openapi {section}")
            count += len(lines)
            for line in lines:
                print(line[:2000])
    sys.exit(1 if count else 0)


main()
