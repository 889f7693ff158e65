#!/usr/bin/env python3
"""What the host compiles for GPUs, from Kernels/flavours.json, and which of it differs in more than numbers.

    flavours.py CLANG    prints what Kernels/lint.sh compiles: a file and its definitions a line, quoted for a shell
"""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KERNELS = f"{ROOT}/Kernels"


@dataclass
class Unit:
    """A source file with kernels, and the definitions of one flavour."""

    source: str
    algorithm: str
    # What only this program of the algorithm has.
    own: dict = field(default_factory=dict)
    definitions: dict = field(default_factory=dict)
    # The settings that differ from a GPU's defaults.
    settings: dict = field(default_factory=dict)

    @property
    def is_for_nvidia(self):
        """Whether it has what is the default on NVIDIA's devices, and on no others."""
        return self.definitions.get("NJ_USES_PTX") == "1" or self.definitions.get("NJ_CN_TABLE_BANKS") == "32"

    @property
    def is_for_amd(self):
        """The same for AMD's devices."""
        return self.definitions.get("NJ_USES_GCN") == "1"

    def is_default(self, statements):
        """Whether a device has it by default whose compiler takes asm statements in "PTX", in "GCN", or none."""
        if statements == "PTX":
            return self.definitions.get("NJ_USES_PTX") != "0" and self.settings.get("tableBanks") != 1
        return statements is None or self.definitions.get("NJ_USES_GCN") != "0"

    def flavour(self, statements):
        """A name for people and for the table of counts. It leaves out what is usual with a compiler's statements."""
        words = ["light"] if self.definitions.get("NJ_RX_LIGHT") == "1" else []
        words += ["without PTX"] if statements == "PTX" and self.definitions.get("NJ_USES_PTX") == "0" else []
        words += ["without GCN"] if statements == "GCN" and self.definitions.get("NJ_USES_GCN") == "0" else []
        usual = {"ptx", "gcn"} if statements == "PTX" else {"ptx", "gcn", "tableBanks", "groupFill"}
        words += [f"{name} {value}" for name, value in self.settings.items() if name not in usual]
        return ", ".join([self.algorithm] + words)

    @property
    def options(self):
        return [f"-D{name}={value}" for name, value in self.definitions.items()]


def text(path):
    with open(f"{KERNELS}/{path}", encoding="utf-8") as file:
        return file.read()


def parts(source):
    """The files with kernels that a program has: itself, or, where it only includes others, those."""
    if "__kernel" in text(source):
        return [source]
    return re.findall(r'^#include "([^"]+)"', text(source), re.M)


def all_units():
    """Every file with kernels in every flavour that the host builds."""
    with open(f"{KERNELS}/flavours.json", encoding="utf-8") as file:
        algorithms = json.load(file)["algorithms"]
    for algorithm in algorithms:
        for program in algorithm["programs"]:
            own = program["definitions"]
            for part in parts(program["source"]):
                yield Unit(part, algorithm["name"], own, {**algorithm["definitions"], **own}, program["settings"])


def sources():
    return sorted(
        os.path.relpath(os.path.join(folder, name), KERNELS)
        for folder, _, names in os.walk(KERNELS) for name in names if name.endswith(".cl"))


def branched_on():
    """The parameters that decide which code there is. All others are numbers within the same code."""
    conditions = re.findall(r"^\s*#\s*(?:el)?if\s(.*)", "\n".join(text(source) for source in sources()), re.M)
    return set(re.findall(r"\bNJ_\w+", "\n".join(conditions)))


def shapes(units, clang):
    """The first unit of each shape: units of one shape differ only in numbers, as cn/0 and cn-lite/0 do."""
    names = branched_on()
    varied = {name for unit in units for name in unit.own}
    found = {}
    for unit in units:
        kept = [f"-D{name}={value}" for name, value in unit.definitions.items() if name in names or name in varied]
        # A name that stands for itself is a number that the preprocessor leaves alone.
        open_ = [f"-D{name}={name}" for name in unit.definitions if name not in names and name not in varied]
        key = unit.source, preprocessed(clang, unit.source, tuple(kept + open_))
        found.setdefault(key, unit)
    return list(found.values())


_preprocessed = {}


def preprocessed(clang, source, options):
    key = source, options
    # What only AMD's compiler sees is a shape of its own.
    options += ("-D__AMDGCN__",) if "-DNJ_USES_GCN=1" in options else ()
    if key not in _preprocessed:
        _preprocessed[key] = subprocess.run(
            [clang, "-x", "cl", "-cl-std=CL1.2", "-target", "spir64", "-E", "-P", "-I", KERNELS, *options, f"{KERNELS}/{source}"],
            check=True, capture_output=True, text=True).stdout
    return _preprocessed[key]


def includes(source, seen=None):
    """The .cl files that a source includes, directly or not."""
    seen = set() if seen is None else seen
    for path in re.findall(r'^#include "([^"]+\.cl)"', text(source), re.M):
        if path not in seen:
            seen.add(path)
            includes(path, seen)
    return seen


def checked(clang):
    """A unit of each shape; and each other source by itself, as the first unit has it that includes it."""
    units = shapes(list(all_units()), clang)
    for source in sources():
        if "__kernel" not in text(source) and not text(source).endswith('.cl"\n'):
            user = next((unit for unit in units if source in includes(unit.source)), None)
            units.append(Unit(source, user.algorithm if user else "none", {}, user.definitions if user else {}))
    return units


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for unit in checked(sys.argv[1]):
        print(shlex.join([unit.source, *unit.options]))
