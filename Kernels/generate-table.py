#!/usr/bin/env python3
"""Writes KernelTable.c, which embeds every OpenCL source of this folder.

    python3 Kernels/generate-table.py           # writes KernelTable.c beside this script
    python3 Kernels/generate-table.py --check   # exit status 1 when the committed table differs

A source is embedded because it lies here: a `.cl` or `.h` file in one of the folders. `include` is for the host, and so
are the files named Launch.h, which Launch.c reads.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "KernelTable.c")
# Shared first, as sources include it; then by name.
ORDER = ["Shared", "Primitives"]


def sources():
    folders = [entry.name for entry in os.scandir(HERE) if entry.is_dir() and entry.name != "include"]
    folders.sort(key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    for folder in folders:
        for place, _, files in sorted(os.walk(os.path.join(HERE, folder))):
            for name in sorted(files, key=lambda name: (name.lower(), name)):
                if name.endswith((".cl", ".h")) and name != "Launch.h":
                    yield os.path.relpath(os.path.join(place, name), HERE).replace(os.sep, "/")


def symbol(path):
    return re.sub(r"[^a-z0-9]", "_", path.lower())


def text():
    paths = list(sources())
    symbols = [symbol(path) for path in paths]
    double = {name for name in symbols if symbols.count(name) > 1}
    if double:
        sys.exit("generate-table.py: two sources would have one name: " + ", ".join(sorted(double)))
    lines = ["// Written by generate-table.py: every OpenCL source of this folder.", '#include "CKernels.h"', ""]
    for path, name in zip(paths, symbols):
        lines += [f"static const unsigned char {name}[] = {{", f'#embed "{path}"', "};"]
    lines += ["", "static const struct nj_kernel_source sources[] = {"]
    lines += [f'    {{"{path}", {name}, sizeof {name}}},' for path, name in zip(paths, symbols)]
    lines += [
        "};", "",
        "size_t nj_kernel_source_count(void) { return sizeof sources / sizeof sources[0]; }", "",
        "struct nj_kernel_source nj_kernel_source_at(size_t index) { return sources[index]; }", "",
    ]
    return "\n".join(lines)


def main():
    wanted = text()
    if sys.argv[1:] == ["--check"]:
        with open(TABLE, encoding="utf-8") as file:
            if file.read() != wanted:
                sys.exit("KernelTable.c is not what generate-table.py writes: run it")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write(wanted)


main()
