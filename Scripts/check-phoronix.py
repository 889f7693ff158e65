#!/usr/bin/env python3
"""Checks the profile for the Phoronix Test Suite, without it and without a build.

Fails when a file is no well-formed XML, when an algorithm in its menu is in no catalog, when its version is not the
program's, or when the pattern of its result does not fit what its script prints.
"""

import glob
import os
import re
import sys
import xml.etree.ElementTree

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROFILE = f"{ROOT}/packaging/phoronix/nightjar-1.0.0"


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    faults = []
    trees = {}
    for path in sorted(glob.glob(f"{PROFILE}/*.xml")):
        try:
            trees[os.path.basename(path)] = xml.etree.ElementTree.parse(path).getroot()
        except xml.etree.ElementTree.ParseError as error:
            faults.append(f"{os.path.basename(path)}: {error}")
    names = {"test-definition.xml", "results-definition.xml"}
    if set(trees) != names:
        sys.exit("\n".join(faults + [f"the profile must have {', '.join(sorted(names))}"]))
    definition = trees["test-definition.xml"]
    known = set()
    for path in glob.glob(f"{ROOT}/Sources/NightjarCore/*/*Catalog.swift"):
        known |= set(re.findall(r'"([a-z0-9/-]+)"', read(path)))
    for option in definition.iter("Option"):
        if option.findtext("Identifier") != "algorithm":
            continue
        for value in option.iter("Value"):
            if value.text not in known:
                faults.append(f"{value.text} is in no catalog")
    version = re.search(r'"(\d+\.\d+\.\d+)"', read(f"{ROOT}/Sources/NightjarCore/Version.swift")).group(1)
    if definition.findtext("TestInformation/AppVersion") != version:
        faults.append(f"AppVersion is not {version}")
    if definition.findtext("TestProfile/Version") != PROFILE.rsplit("-", 1)[1]:
        faults.append("Version is not that of the folder's name")
    template = trees["results-definition.xml"].findtext("ResultsParser/OutputTemplate")
    printed = re.search(r"\|(Speed: \\1 H/s)\|p", read(f"{PROFILE}/install.sh"))
    if not printed or printed.group(1).replace("\\1", "#_RESULT_#") != template:
        faults.append(f"install.sh prints no line like '{template}'")
    if faults:
        sys.exit("\n".join(f"packaging/phoronix: {fault}" for fault in faults))


if __name__ == "__main__":
    main()
