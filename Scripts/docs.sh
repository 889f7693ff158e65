#!/bin/sh
# Builds the library's documentation from its public symbols and Sources/Nightjar/Nightjar.docc; a warning is an error.
#
#     docs.sh [FOLDER]       writes a static web site to FOLDER; without one, only checks
#
# The release build must be there. It takes the compiler's own tools: a plugin would stand among the packages that every
# user of the library resolves.
set -eu
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
modules=.build/release/Modules
[ -e "$modules/Nightjar.swiftmodule" ] || {
    echo "docs.sh: build first: swift build -c release" >&2
    exit 1
}

set -- "${1:-$work/site}"
maps=
for name in CHashing CKernels COpenCL; do
    map=$(find .build/release/ -path "*/$name.build/module.modulemap" | head -n 1)
    [ -z "$map" ] || maps="$maps -Xcc -fmodule-map-file=$map"
done
# The words of NightjarCore are public through Nightjar, and belong to its documentation.
# shellcheck disable=SC2086
swift symbolgraph-extract -module-name Nightjar -target "$(uname -m)-unknown-linux-gnu" \
    -minimum-access-level public -I "$modules" -I Sources/CHwloc $maps \
    -experimental-allowed-reexported-modules=NightjarCore -skip-inherited-docs -skip-synthesized-members \
    -output-dir "$work"
docc convert Sources/Nightjar/Nightjar.docc --fallback-display-name Nightjar \
    --fallback-bundle-identifier org.nightjar.Nightjar --additional-symbol-graph-dir "$work" \
    --transform-for-static-hosting --warnings-as-errors --output-path "$1"
