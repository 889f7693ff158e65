#!/usr/bin/env python3
"""Compiles the kernels by GPU vendors' own compilers, which need no GPU, and compares what they make with a budget.

    vendor-compilers.py             the kernels of mining as a GPU launches them by default, for some devices
    vendor-compilers.py --all       every flavour that the host builds (Kernels/flavours.json), for all devices
    vendor-compilers.py --update    as the first, and writes what was found into Kernels/budgets.json
    --only TEXT                     only files whose name has TEXT

A vendor whose compiler is not installed is left out, and named. It ends with 1 when a compiler refuses a file or warns,
when registers are spilled, when a kernel that runs for most of a hash's time has private memory or calls a function, when
a number is above 110 % of the budget, or when a kernel has none. Budgets hold for the versions that they were made with;
with others only the rest is checked. Exceptions stand in Kernels/budgets.json, each with its reason.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from vendors import compilers, flavours  # noqa: E402

BUDGETS = f"{flavours.KERNELS}/budgets.json"
# What a budget has. A kernel may take less; a tenth more may be another version's doing.
BUDGETED = ("registers", "local", "private", "instructions")
SLACK = 1.1
# These run for most of a hash's time. The others run once or twice a hash, or once a program.
HOT = {
    "cn_explode", "cn_implode", "cn_main_loop", "rx_fill", "rx_digest", "rx_generate", "rx_execute", "rx_dataset",
    "sha256d_scan", "scrypt_mix"}
# Enough to find what one device's compiler does and another's does not, within minutes.
QUICK = {
    "NVIDIA": ("sm_75", "sm_80", "sm_90", "sm_120"), "NVIDIA's libnvvm": ("nvvm_120",), "AMD": ("gfx900", "gfx1030", "gfx1100"), "Intel": ("dg2", "pvc")}
# Intel's compiler takes minutes for these, which are not hot.
SLOW = {"Intel": ("CryptoNight/Finish.cl",)}
# With these settings a launch is a GPU's default. All others are a tuner's choice: what they cost is measured there.
DEFAULTS = {"streams", "ptx", "gcn", "tableBanks", "groupFill"}


def jobs(chosen, everything, only):
    """The compilations: (compiler, unit, targets)."""
    for compiler in chosen:
        statements = compiler.statements
        units = [
            unit for unit in flavours.all_units()
            if only in unit.source and (statements == "PTX" or not unit.is_for_nvidia) and (statements == "GCN" or not unit.is_for_amd)]
        if not everything:
            units = [
                unit for unit in units
                if unit.settings.keys() <= DEFAULTS and unit.source not in SLOW.get(compiler.name, ())
                and unit.is_default(statements)]
            units = flavours.shapes(units, compiler.clang or shutil.which("clang"))
        for unit in units:
            targets = [
                target for target in compiler.targets
                if compiler.takes(unit, target) and (everything or target in QUICK[compiler.name])]
            if targets:
                yield compiler, unit, targets


def faults(name, target, counts, budgets, tuned, compares, complete):
    """What is wrong with a kernel, one sentence each.

    tuned: whether a setting is a tuner's choice. compares: whether the budget is of this compiler. complete: whether there
    must be one."""
    kernel = name.split(",")[0]
    allowed = {
        row["what"]: row["at_most"] for row in budgets["allowed"]
        if re.fullmatch(row["where"], name) and target in row["targets"]}
    rules = [("spilled", "spilled registers")] + [("calls", "calls"), ("private", "bytes of private memory")] * (kernel in HOT)
    for what, words in rules if not tuned else []:
        if (number := getattr(counts, what)) > allowed.get(what, 0):
            yield f"{number} {words}"
    budget = budgets["counts"].get(name, {}).get(target)
    if complete and compares and not budget:
        yield "no budget; --update writes one"
    if budget and compares:
        for what, most in zip(BUDGETED, budget):
            if getattr(counts, what) > SLACK * most:
                yield f"{getattr(counts, what)} {what}; the budget is {most}"


def cell(counts):
    words = [f"{counts.registers}r", f"{counts.instructions}i"]
    words += [f"{counts.local / 1024:.3g}K"] if counts.local >= 1024 else []
    words += [f"st{counts.private}"] if counts.private else []
    words += [f"spilled{counts.spilled}"] if counts.spilled else []
    words += [f"calls{counts.calls}"] if counts.calls else []
    return " ".join(words)


def table(found, targets):
    """r: registers, i: instructions, K: local memory, st: private memory in bytes."""
    head = ["kernel and flavour", *targets]
    rows = [[name, *(cell(row[target]) if target in row else "" for target in targets)] for name, row in sorted(found.items())]
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip())


def update(budgets, found, versions):
    counts = budgets["counts"]
    for name, row in found.items():
        counts.setdefault(name, {}).update(
            {target: [getattr(value, what) for what in BUDGETED] for target, value in row.items()})
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(counts[name])}" for name in sorted(counts))
    allowed = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in budgets["allowed"])
    with open(BUDGETS, "w", encoding="utf-8") as file:
        file.write(
            '{\n  "about": ' + json.dumps(budgets["about"]) + ',\n  "compilers": '
            + json.dumps({**budgets["compilers"], **versions}) + ',\n  "columns": ' + json.dumps(BUDGETED)
            + ',\n  "allowed": [\n' + allowed + '\n  ],\n  "counts": {\n' + lines + "\n  }\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    with open(BUDGETS, encoding="utf-8") as file:
        budgets = json.load(file)

    start = time.monotonic()
    chosen = []
    for compiler in compilers.compilers():
        if compiler.missing:
            print(f"{compiler.name}: left out, without {' and '.join(compiler.missing)} ({compiler.packages})")
        else:
            chosen.append(compiler)
    versions = {compiler.name: compiler.version for compiler in chosen}
    work = list(jobs(chosen, arguments.all, arguments.only))
    with concurrent.futures.ProcessPoolExecutor() as pool:
        results = list(pool.map(compilers.compile_unit, work))

    found, wrong = {}, []
    for (compiler, unit, _), result in zip(work, results):
        flavour = unit.flavour(compiler.statements)
        tuned = not unit.settings.keys() <= DEFAULTS
        compares = budgets["compilers"].get(compiler.name) == versions[compiler.name] and not arguments.update
        for target, kernels in result.items():
            if isinstance(kernels, str):
                wrong.append(f"{unit.source}, {flavour}, {target}: {kernels}")
                continue
            for kernel, counts in kernels.items():
                name = f"{kernel}, {flavour}"
                found.setdefault(name, {})[target] = counts
                wrong += [
                    f"{name}, {target}: {fault}" for fault in faults(name, target, counts, budgets, tuned, compares, not arguments.all)]
    table(found, [target for compiler in chosen for target in compiler.targets if any(target in row for row in found.values())])
    if arguments.update:
        update(budgets, found, versions)
    for name, version in versions.items():
        if (of := budgets["compilers"].get(name)) != version:
            print(f"{name}: {version}; not compared, because the budgets are of {of or 'nothing'}")
    print(f"{len(work)} compilations of {', '.join(versions) or 'nothing'} in {time.monotonic() - start:.0f} s")
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
