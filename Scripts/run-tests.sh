#!/bin/sh
# Runs the tests that were built, with the arguments of `swift test`, and repeats at the end what failed: thousands of lines
# may lie between.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# A test that blocks its thread cannot be ended by its suite's time limit; this ends the run, at a time that no machine
# needs. The status goes through a file, because a pipe has the status of its last command only. The tests' program is
# started itself: `swift test` opens the build's database, which has no room for two runs at once.
{
    status=0
    timeout -k 60 4h .build/release/nightjarPackageTests.xctest --testing-library swift-testing "$@" 2>&1 || status=$?
    echo "$status" >"$folder/status"
} | tee "$folder/log"
status=$(cat "$folder/status")
[ "$status" = 0 ] && exit 0
echo "The tests ended with status $status. What failed:"
# An issue's line is followed by lines that say more of it, each with an arrow.
grep -A 3 '^✘ .* recorded an issue\|^✘ Test .* failed\|^error:\|: Fatal error' "$folder/log" | grep -v '^[◇✔]\|^--' |
    cut -c 1-400 | tail -n 20
exit "$status"
