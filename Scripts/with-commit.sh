#!/bin/sh
# Runs a build that knows its commit, so that `nightjar --version` names it. Usage: with-commit.sh COMMAND…
#
# It writes Sources/CCommit/commit.h, runs the command, and removes the header again, so that a later `swift build` on its
# own never names a commit that is out of date. Where git or its data are missing, it only runs the command.
set -eu
folder=$(cd "$(dirname "$0")/.." && pwd -P)
header=$folder/Sources/CCommit/commit.h

rm -f "$header"
# An archive may be inside another project's checkout, whose commit would be wrong.
if [ "$(git -C "$folder" rev-parse --show-toplevel 2>/dev/null)" = "$folder" ]; then
    commit=$(git -C "$folder" rev-parse --short=12 HEAD 2>/dev/null || true)
    if [ -n "$commit" ] && ! git -C "$folder" diff --quiet HEAD 2>/dev/null; then commit="$commit, changed"; fi
    trap 'rm -f "$header"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#define NJ_COMMIT "%s"\n' "$commit" >"$header"
    # The build system learns that the source reads the header only by compiling it while the header exists.
    touch "$folder/Sources/CCommit/commit.c"
fi
"$@"
