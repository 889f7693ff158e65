#!/bin/sh
# Formats C and OpenCL C by .clang-format. Usage: format-c.sh [--check]
# With --check it changes nothing, and fails when a file is not formatted. CLANG_FORMAT names the program.
# A file that a generator wrote says so in its first line, and is left alone.
set -eu
cd "$(dirname "$0")/.."
program=${CLANG_FORMAT:-$(command -v clang-format-14 || command -v clang-format || true)}
[ -n "$program" ] || {
    echo "error: clang-format is not installed (Debian's package: clang-format)" >&2
    exit 1
}
files=$(find Sources Kernels Tests Benchmarks -name '.build*' -prune -o \( -name '*.c' -o -name '*.h' -o -name '*.cl' \) -print |
    sort | while read -r file; do
        head -n 1 "$file" | grep -q '^// Written by ' || echo "$file"
    done)
if [ "${1:-}" = --check ]; then
    # shellcheck disable=SC2086 # names without blanks
    "$program" --dry-run -Werror $files
else
    # shellcheck disable=SC2086
    "$program" -i $files
fi
