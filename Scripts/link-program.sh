#!/bin/sh
# Links the program anew, of the objects that `swift build` has made: with the Swift runtime and Foundation in it, so that it
# runs where there is no Swift, and without symbols. This is the program of the packages.
# Usage: link-program.sh BUILD_FOLDER OUTPUT
set -eu
cd "$(dirname "$0")/.."
build=$1
out=$2
objects=$build/nightjar.product/Objects.LinkFileList
[ -f "$objects" ] || {
    echo "error: there is no $objects: build the program first" >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Paths in the list are absolute, and of the folder where it was built; those with blanks are quoted. In any folder the order
# is the same: by name.
mkdir "$work/plain"
sed -e "s|^.*/release/|$build/|" -e "s/'\$//" "$objects" | LC_ALL=C sort >"$work/objects"
sh Scripts/plain-objects.sh "$work/plain" <"$work/objects" >"$work/copies"
swiftc -use-ld=lld -static-stdlib -emit-executable -o "$work/nightjar" "@$work/copies" -lhwloc -lsqlite3 \
    -lCoreFoundation -l_FoundationICU -l_FoundationCShims -l_FoundationCollections \
    -Xlinker --defsym=main=NightjarCommand_main -Xlinker --gc-sections -Xlinker --strip-all -Xlinker --build-id=sha1
mkdir -p "$(dirname "$out")"
mv "$work/nightjar" "$out"
