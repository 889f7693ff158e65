#!/usr/bin/env python3
"""Checks the documents, without a build.

Fails when a link or an anchor leads nowhere, when README.md has more than 120 lines or lacks one of the two commands that
are run from it, when a decision in docs/adr is missing from its index, and when a promise in SECURITY.md names no test or
check that exists.
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LONGEST_README = 120
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.M | re.S)


def anchors(text):
    """The anchors of a document's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", CODE.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def tests():
    """The names of all tests, as `Suite/test`."""
    found = set()
    for path in glob.glob(f"{ROOT}/Tests/**/*.swift", recursive=True):
        suite = None
        for line in read(path).splitlines():
            head = re.match(r"(?:@.*\) )?(?:(?:package|private|final) )*(?:struct|class|actor|enum|extension) (\w+)", line)
            suite = head.group(1) if head else suite
            name = re.search(r"\bfunc (\w+)", line)
            if suite and name:
                found.add(f"{suite}/{name.group(1)}")
    return found


def promise_faults(text):
    """Every row of the tables under "What is promised" names what holds it: a test, or a file that `make test` runs."""
    known, rows = tests(), 0
    section = text.partition("\n## What is promised\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if not line.startswith("| ") or line.startswith(("| Promise", "| ---")):
            continue
        rows += 1
        promise, _, held = line.strip("| ").rpartition(" | ")
        names = re.findall(r"`([^`]+)`", held)
        if not names:
            yield f"SECURITY.md: no test holds '{promise}'"
        for name in names:
            if name not in known and not os.path.isfile(f"{ROOT}/{name}"):
                yield f"SECURITY.md: {name} is no test"
    if rows == 0:
        yield "SECURITY.md: there is no table of promises"


def main():
    faults = []
    documents = sorted(
        glob.glob(f"{ROOT}/*.md") + glob.glob(f"{ROOT}/docs/**/*.md", recursive=True) + [f"{ROOT}/Benchmarks/README.md"])
    for path in documents:
        name = os.path.relpath(path, ROOT)
        for link in LINK.findall(CODE.sub("", read(path))):
            if re.match(r"[a-z]+:", link):
                continue
            target, _, anchor = link.partition("#")
            target = os.path.join(os.path.dirname(path), target) if target else path
            if not os.path.exists(target):
                faults.append(f"{name}: {link} does not exist")
            elif anchor and anchor not in anchors(read(target)):
                faults.append(f"{name}: {link} has no such heading")
    readme = read(f"{ROOT}/README.md")
    if readme.count("\n") > LONGEST_README:
        faults.append(f"README.md has more than {LONGEST_README} lines: what it says at length belongs to docs")
    for marker, command in [("run", "make demo"), ("test", "make test")]:
        if f"<!-- {marker} -->\n```sh\n{command}\n```\n" not in readme:
            faults.append(f"README.md has no block '{marker}' with '{command}'")
    index = read(f"{ROOT}/docs/adr/README.md")
    for path in glob.glob(f"{ROOT}/docs/adr/[0-9]*.md"):
        if f"({os.path.basename(path)})" not in index:
            faults.append(f"docs/adr/README.md does not list {os.path.basename(path)}")
    faults += promise_faults(read(f"{ROOT}/SECURITY.md"))
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
