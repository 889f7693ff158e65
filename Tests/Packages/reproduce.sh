#!/bin/sh
# Builds the packages of the last commit twice, in folders of different names and depths, and compares them byte by byte. It
# takes as long as two builds of everything. Ends with 1 when a package differs. Both folders' paths have the same length,
# because the compiler writes it into some code: see docs/packages.md.
# Usage: reproduce.sh [FOLDER]       where the two folders are made; the working folder of mktemp unless given
set -eu
cd "$(dirname "$0")/../.."
source=$PWD
root=${1:-$(mktemp -d)}
commit=$(git rev-parse HEAD)
for folder in the-first-one a/second/of-2; do
    mkdir -p "$root/$folder"
    git clone -q "$source" "$root/$folder"
    (
        cd "$root/$folder"
        git checkout -q "$commit"
        # The same versions of all packages.
        cp "$source/Package.resolved" .
        make --no-print-directory deb
    )
done
status=0
for package in "$root"/the-first-one/.build/packages/*.deb; do
    name=${package##*/}
    if cmp "$package" "$root/a/second/of-2/.build/packages/$name"; then
        sha256sum "$package"
    else
        status=1
    fi
done
exit $status
