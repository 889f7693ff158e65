#!/bin/sh
# Copies object files without what differs between builds of the same sources in different folders: debug information, and
# Swift's note of what it compiled, which has the folder's name in it. Prints the copies' paths, in the same order.
# Usage: plain-objects.sh FOLDER < PATHS
set -eu
number=10000
while read -r object; do
    number=$((number + 1))
    objcopy --strip-debug --remove-section=.swift_modhash "$object" "$1/$number.o"
    echo "$1/$number.o"
done
