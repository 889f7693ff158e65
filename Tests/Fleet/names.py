#!/usr/bin/env python3
"""Holds the files of packaging/fleet against the program: every metric that they name is one that the program has or a
rule records, with labels that it has; every flag and key in the manifests is in docs/settings.md; JSON is JSON."""

import json
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
fleet = root / "packaging/fleet"
faults = []

source = "".join(p.read_text() for p in sorted((root / "Sources/NightjarAPI").rglob("*.swift")))
metrics = set(re.findall(r'"(nightjar_[a-z0-9_]+)"', source))
recorded = set(re.findall(r"record: (\S+)", (fleet / "prometheus/recording.yml").read_text()))
settings = (root / "docs/settings.md").read_text()
variables = set(re.findall(r"`(NIGHTJAR_[A-Z_]+)`", settings))
flags = set(re.findall(r"`(--?[a-z-]+)`", settings))

for path in [*sorted(fleet.rglob("*")), root / "Tests/Fleet/rules.yml"]:
    if path.suffix not in {".yml", ".yaml", ".json"}:
        continue
    name, text = path.relative_to(root), path.read_text()
    # Comments name files and commands.
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    for rule in set(re.findall(r"[a-z]+:nightjar_[a-z0-9_:]+", text)) - recorded:
        faults.append(f"{name}: no rule records {rule}")
    for metric in set(re.findall(r"(?<![:\w/])nightjar_[a-z0-9_]+", text)) - metrics:
        faults.append(f"{name}: the program has no metric {metric}")
    for variable in set(re.findall(r"NIGHTJAR_[A-Z_]+", text)) - variables:
        faults.append(f"{name}: no setting is read from {variable}")
    for arguments in re.findall(r"(?:args|command): \[(mine[^\]]*)\]", text):
        for flag in set(re.findall(r"(?<!\w)--?[a-z][a-z-]*", arguments)) - flags - {"-c"}:
            faults.append(f"{name}: mine has no flag {flag}")
    if path.suffix == ".json":
        json.loads(text)
if not recorded or not metrics or not variables:
    faults.append("nothing was found to hold the files against")
for fault in faults:
    print("error:", fault, file=sys.stderr)
sys.exit(1 if faults else 0)
