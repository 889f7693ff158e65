#!/usr/bin/env python3
"""Checks the imports of every file: they go downward only, and Package.swift declares them.

Fails when
- a room imports one that stands on a higher floor, or on its own floor without a reason below;
- a file imports what is not a declared dependency of its target;
- a target declares a dependency that none of its files imports;
- a room that libraries are built of imports Foundation.

The compiler checks the rest: with MemberImportVisibility, a file that uses a member must import its module.
"""

import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The floors, as docs and Package.swift draw them.
FLOORS = [
    ["CHashing", "CKernels", "COpenCL", "CHwloc", "CDashboard", "CCommit", "CPlatform", "CSQLite"],
    ["NightjarPlatform", "NightjarCore"],
    ["NightjarDevices", "NightjarAlgorithms", "NightjarJSON", "NightjarWire", "NightjarNode"],
    ["NightjarCPU", "NightjarOpenCL", "NightjarReport"],
    ["Nightjar"],
    ["NightjarC", "NightjarMiner", "NightjarAPI"],
    ["NightjarCommand"],
]
# Imports within a floor, each with its reason.
ALONG = {
    ("NightjarWire", "NightjarJSON"): "pools speak JSON",
    ("NightjarNode", "NightjarJSON"): "nodes speak JSON",
    ("NightjarNode", "NightjarWire"): "mines as a pool's client does",
    ("NightjarAPI", "NightjarMiner"): "shows and steers a run",
}
# A program that links the library builds these rooms, so they must not import Foundation.
WITHOUT_FOUNDATION = 4
# Modules of the toolchain.
SYSTEM = {
    "Swift", "Glibc", "Dispatch", "Synchronization", "Foundation", "FoundationEssentials", "FoundationNetworking",
    "Testing", "RegexBuilder",
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?([A-Za-z_]\w*)", re.M)


def dependencies(target):
    for dependency in target["dependencies"]:
        for kind in ("byName", "target", "product"):
            if kind in dependency:
                yield dependency[kind][0]


def files(target):
    folder = target.get("path") or ("Tests/" if target["type"] == "test" else "Sources/") + target["name"]
    for place, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith(".swift"):
                yield os.path.join(place, name)


def main():
    dumped = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, capture_output=True, text=True)
    if dumped.returncode != 0:
        sys.exit(dumped.stderr)
    package = json.loads(dumped.stdout)
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    executables = {target["name"] for target in package["targets"] if target["type"] == "executable"}
    faults = []
    for target in package["targets"]:
        name, declared = target["name"], set(dependencies(target))
        # Tests, and targets that only tests and Benchmarks use, have no floor.
        isRoom = target["type"] in ("regular", "executable") and (target.get("path") or "Sources/").startswith("Sources/")
        if isRoom and name not in floor:
            faults.append(f"Package.swift: {name} has no floor: give it one in Scripts/check-imports.py")
        imported = set()
        for path in files(target):
            with open(path) as file:
                text = file.read()
            for match in IMPORT.finditer(text):
                module = match[1]
                imported.add(module)
                line = text.count("\n", 0, match.start(1)) + 1
                place = f"{os.path.relpath(path, ROOT)}:{line}"
                if module not in SYSTEM and module not in declared:
                    faults.append(f"{place}: {module} is no declared dependency of {name}")
                if not isRoom or name not in floor:
                    continue
                if module.startswith("Foundation") and floor[name] <= WITHOUT_FOUNDATION:
                    faults.append(f"{place}: {name} is part of the library, which does without Foundation")
                if module in floor and floor[module] > floor[name]:
                    faults.append(f"{place}: {name} stands on floor {floor[name]}, and {module} above it")
                if module in floor and floor[module] == floor[name] and (name, module) not in ALONG:
                    faults.append(f"{place}: {name} and {module} stand on the same floor")
        if any(files(target)):
            for module in sorted(declared - imported):
                # Tests run a program and need not import it.
                if not (target["type"] == "test" and module in executables):
                    faults.append(f"Package.swift: no file of {name} imports {module}")
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


main()
