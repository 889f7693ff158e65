#!/usr/bin/env python3
"""Checks the Swift packages that Nightjar uses, without a network.

    check-dependencies.py                        compares docs/dependencies.md with Package.swift
    check-dependencies.py --newer                says which packages have newer versions
    check-dependencies.py --advisories FOLDER    says which of the resolved versions have known advisories

The versions in use are those of Package.resolved, which SwiftPM writes when it builds. `--newer` reads the tags of SwiftPM's
own copies of the repositories, which are as new as the last `swift package update`. An advisory is a file in OSV's format;
https://github.com/github/advisory-database is a collection of them.

Ends with 1 when the page is wrong, or when there is an advisory for a version in use.
"""

import argparse
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read(name):
    with open(f"{ROOT}/{name}", encoding="utf-8") as file:
        return file.read()


def identity(url):
    """A package's name in lower case, as SwiftPM tells packages apart."""
    return re.sub(r"\.git$", "", url.rstrip("/")).rsplit("/", 1)[-1].lower()


def version(text):
    """A released version as numbers; None for anything else."""
    match = re.fullmatch(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    return tuple(int(part or 0) for part in match.groups()) if match else None


def page_faults():
    declared = dict(re.findall(r'\.package\(url: "([^"]+)", from: "([^"]+)"', read("Package.swift")))
    rows = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\) \| ([^ ]+) \| ([^|]+) \| ([^|]+) \|$", read("docs/dependencies.md"), re.M)
    listed = {url: first for url, first, _, _ in rows}
    for url in sorted(declared.keys() | listed.keys()):
        if url not in listed:
            yield f"docs/dependencies.md does not list {url}"
        elif url not in declared:
            yield f"docs/dependencies.md lists {url}, which Package.swift does not use"
        elif declared[url] != listed[url]:
            yield f"docs/dependencies.md says {listed[url]} of {url}, Package.swift {declared[url]}"


def resolved():
    path = f"{ROOT}/Package.resolved"
    if not os.path.exists(path):
        sys.exit("error: there is no Package.resolved: run 'swift package resolve'")
    with open(path, encoding="utf-8") as file:
        return {pin["location"]: pin["state"]["version"] for pin in json.load(file)["pins"] if "version" in pin["state"]}


def print_newer():
    copies = {re.sub(r"-[0-9a-f]+$", "", os.path.basename(path)).lower(): path
              for path in glob.glob(f"{ROOT}/.build/repositories/*")}
    for url, used in sorted(resolved().items(), key=lambda pin: identity(pin[0])):
        if identity(url) not in copies:
            print(f"{identity(url)} {used}: SwiftPM has no copy of its repository")
            continue
        tags = subprocess.run(["git", "-C", copies[identity(url)], "tag"], check=True, capture_output=True, text=True)
        newest = max((tag for tag in tags.stdout.split() if version(tag)), key=version, default=used)
        print(f"{identity(url)} {used}: " + (f"{newest} is newer" if version(newest) > version(used) else "the newest"))


def affects(affected, used):
    """Whether an advisory's ranges hold a version. Its events are in order."""
    if used in affected.get("versions", []):
        return True
    for span in affected.get("ranges", []):
        if span.get("type") not in ("SEMVER", "ECOSYSTEM"):
            continue
        inside = False
        for event in span["events"]:
            for kind, bound in event.items():
                bound = version(bound)
                if bound is None:
                    continue
                if kind == "introduced" and version(used) >= bound:
                    inside = True
                elif kind == "fixed" and version(used) >= bound or kind == "last_affected" and version(used) > bound:
                    inside = False
        if inside:
            return True
    return False


def advisories(folder):
    """The advisories for versions in use, and how many for these packages there are at all."""
    used = {re.sub(r"^https://|\.git$", "", url).lower(): pin for url, pin in resolved().items()}
    found, known, files = [], 0, 0
    for path in glob.glob(f"{folder}/**/*.json", recursive=True):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        files += 1
        if "SwiftURL" not in text:
            continue
        entry = json.loads(text)
        for affected in entry.get("affected", []):
            package = affected.get("package", {})
            name = re.sub(r"^https://|\.git$", "", package.get("name", "")).lower()
            if package.get("ecosystem") != "SwiftURL" or name not in used or "withdrawn" in entry:
                continue
            known += 1
            if affects(affected, used[name]):
                found.append(f"{name} {used[name]}: {entry['id']}: {entry.get('summary', '')}")
    if files == 0:
        sys.exit(f"error: {folder} holds no advisories")
    print(f"{files} advisories read, {known} for these packages, {len(found)} for the versions in use")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--newer", action="store_true")
    parser.add_argument("--advisories", metavar="FOLDER")
    arguments = parser.parse_args()
    faults = list(page_faults())
    if arguments.newer:
        print_newer()
    if arguments.advisories:
        faults += advisories(arguments.advisories)
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
