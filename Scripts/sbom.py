#!/usr/bin/env python3
"""Writes what is linked into a package, with versions and licences, as an SPDX 2.3 document in JSON.

    sbom.py NAME PROGRAM_OR_LIBRARY < OBJECTS
    sbom.py --notices < OBJECTS              their licences and notices, for the package's file `copyright`

NAME is the package's. OBJECTS are the object files that PROGRAM_OR_LIBRARY was linked from, one a line, in folders named
MODULE.build. Each module must be the repository's own, or of a package that is checked out: a module of which nothing is
known is an error. SOURCE_DATE_EPOCH, in seconds, is the document's time.
"""

import datetime
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUTS = f"{ROOT}/.build-deb/checkouts"

# The first words of licences' texts, in the repositories' files.
LICENCES = {"Apache License": "Apache-2.0", "Permission is hereby granted": "MIT"}

# Code of others within packages: its module, a file that tells its version, and how.
EMBEDDED = {
    "CNIOBoringSSL": (
        "BoringSSL", "OpenSSL AND ISC AND Apache-2.0", "swift-nio-ssl/Package.swift", r"BoringSSL Commit: ([0-9a-f]{40})"),
    "CNIOLLHTTP": (
        "llhttp", "MIT", "swift-nio/Sources/CNIOLLHTTP/include/c_nio_llhttp.h",
        r"VERSION_MAJOR (\d+)\n#define LLHTTP_VERSION_MINOR (\d+)\n#define LLHTTP_VERSION_PATCH (\d+)"),
}

# Of the toolchain, which has all of it in one version.
APACHE = "Apache-2.0 WITH Swift-exception"
RUNTIME = {"Swift runtime and standard library": APACHE, "swift-corelibs-libdispatch": APACHE}
FOUNDATION = {"swift-foundation": APACHE, "swift-foundation-icu": f"{APACHE} AND Unicode-3.0"}

SHARED = {
    "libc": "LGPL-2.1-or-later", "libm": "LGPL-2.1-or-later", "ld-linux-x86-64": "LGPL-2.1-or-later",
    "libstdc++": "GPL-3.0-or-later WITH GCC-exception-3.1", "libgcc_s": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libhwloc": "BSD-3-Clause", "libsqlite3": "blessing",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def own_modules():
    return {os.path.basename(path) for path in glob.glob(f"{ROOT}/Sources/*")} | {"CKernels"}


def package_of(module):
    """The checked out package that a module is of."""
    for folder in sorted(glob.glob(f"{CHECKOUTS}/*")):
        if glob.glob(f"{folder}/Sources/**/{module}", recursive=True) or os.path.isdir(f"{folder}/{module}"):
            return os.path.basename(folder)
    sys.exit(f"error: nothing is known of the module {module}")


def licence_of(package):
    text = "".join(read(path) for path in sorted(glob.glob(f"{CHECKOUTS}/{package}/LICENSE*")))
    found = [licence for words, licence in LICENCES.items() if words in text]
    if not found:
        sys.exit(f"error: the licence of {package} is not known")
    return found[0]


def pins():
    found = json.loads(read(f"{ROOT}/Package.resolved"))["pins"]
    return {re.sub(r"\.git$", "", pin["location"]).rsplit("/", 1)[-1].lower(): pin for pin in found}


def needed(path):
    return re.findall(r"NEEDED.*\[(.*?)\.so", run("readelf", "-d", path))


def notices(packages):
    """What licences want to be told with the program. Apache's text is on every system."""
    for package in packages:
        names = ["NOTICE*", "Sources/*/LICENSE"] + (["LICENSE*"] if licence_of(package) != "Apache-2.0" else [])
        for path in sorted(path for name in names for path in glob.glob(f"{CHECKOUTS}/{package}/{name}")):
            yield f"--- {os.path.relpath(path, CHECKOUTS)}\n\n{read(path).strip()}\n"


class Document:
    def __init__(self, name, version):
        self.packages = []
        self.relationships = []
        self.main = self.add(name, version, "Apache-2.0")
        self.relate("SPDXRef-DOCUMENT", "DESCRIBES", self.main)

    def add(self, name, version, licence, place="NOASSERTION"):
        reference = "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]+", "-", name)
        package = {
            "SPDXID": reference, "name": name, "downloadLocation": place, "filesAnalyzed": False,
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": "NOASSERTION"}
        if version:
            package["versionInfo"] = version
        self.packages.append(package)
        return reference

    def relate(self, one, how, other):
        self.relationships.append({"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other})

    def link(self, how, *arguments):
        self.relate(self.main, how, self.add(*arguments))


def main():
    modules = sorted({re.search(r"([^/]+)\.build/", line).group(1) for line in sys.stdin})
    foreign = [module for module in modules if module not in own_modules()]
    packages = sorted({package_of(module) for module in foreign}, key=str.lower)
    if sys.argv[1] == "--notices":
        print("\n".join(notices(packages)), end="")
        return
    name, path = sys.argv[1:]
    version = re.search(r'number = "(.*)"', read(f"{ROOT}/Sources/NightjarCore/Version.swift")).group(1)
    document = Document(name, version)

    pinned = pins() if foreign else {}
    for package in packages:
        pin = pinned[package.lower()]
        place = f"git+{pin['location']}@{pin['state']['revision']}"
        document.link("STATIC_LINK", package, pin["state"]["version"], licence_of(package), place)
    for module in foreign:
        if module in EMBEDDED:
            title, licence, file, pattern = EMBEDDED[module]
            found = re.search(pattern, read(f"{CHECKOUTS}/{file}"))
            if not found:
                sys.exit(f"error: {file} does not tell the version of {title}")
            document.link("STATIC_LINK", title, ".".join(found.groups()), licence)

    toolchain = re.search(r"Swift version ([\d.]+)", run("swiftc", "--version")).group(1)
    for title, licence in (RUNTIME | FOUNDATION if foreign else RUNTIME).items():
        document.link("STATIC_LINK", title, toolchain, licence, "https://www.swift.org/install/")
    for library in sorted(needed(path)):
        if library not in SHARED:
            sys.exit(f"error: the licence of {library} is not known")
        document.link("DYNAMIC_LINK", library, None, SHARED[library])

    time = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    json.dump(
        {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"{name}-{version}",
            "documentNamespace": f"https://spdx.org/spdxdocs/{name}-{version}-{int(time.timestamp())}",
            "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: Scripts/sbom.py"]},
            "packages": document.packages, "relationships": document.relationships,
        },
        sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
