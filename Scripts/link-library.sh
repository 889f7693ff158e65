#!/bin/sh
# Links libnightjar, shared and static, of the objects that `swift build` has made of the rooms below it: nothing is compiled
# a second time. The Swift runtime is in both, so that a user needs none.
# Usage: link-library.sh BUILD_FOLDER OUTPUT_FOLDER
set -eu
cd "$(dirname "$0")/.."
build=$1
out=$2
rooms="CHashing CKernels COpenCL NightjarPlatform NightjarCore NightjarDevices NightjarAlgorithms NightjarCPU NightjarOpenCL
    Nightjar NightjarC"
toolchain=$(dirname "$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')")
runtime=$toolchain/swift_static/linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of today's sources: the folder may have objects of earlier ones.
for room in $rooms; do
    folder=Sources/$room
    [ "$room" != CKernels ] || folder=Kernels
    (cd "$folder" && find . -name '*.swift' -o -name '*.c') | LC_ALL=C sort | while read -r source; do
        case $source in
        *.swift) echo "$build/$room.build/${source##*/}.o" ;;
        *) echo "$build/$room.build/${source#./}.o" ;;
        esac
    done
done >"$work/objects"
while read -r object; do
    [ -f "$object" ] || {
        echo "error: there is no $object: build the package first" >&2
        exit 1
    }
done <"$work/objects"

mkdir "$work/plain"
sh Scripts/plain-objects.sh "$work/plain" <"$work/objects" >"$work/copies"

# The header says what is exported.
tr '\n' ' ' <Sources/CNightjar/nightjar.h | grep -o 'NJ_API [a-z][^;(]*(' | sed 's/.*\(nj_[a-z_]*\)(/\1/' >"$work/names"
{
    echo '{ global:'
    sed 's/$/;/' "$work/names"
    echo 'local: *; };'
} >"$work/exports"

mkdir -p "$out"
# shellcheck disable=SC2046 # the objects' paths have no blanks
# LLVM's linker: gold leaves names of Swift's in the table of exports.
swiftc -use-ld=lld -static-stdlib -emit-library -o "$work/libnightjar.so.0" $(cat "$work/copies") -lhwloc \
    -Xlinker -soname=libnightjar.so.0 -Xlinker --version-script="$work/exports" -Xlinker --gc-sections -Xlinker --strip-all \
    -Xlinker --no-undefined -Xlinker --build-id=sha1

# One object with all of it, whose only names are the header's: others could collide with a user's.
# shellcheck disable=SC2046 # as above
ld -r -o "$work/whole.o" $(cat "$work/copies") "$runtime"/*/swiftrt.o \
    --start-group "$runtime"/libswift*.a "$runtime/libdispatch.a" "$runtime/libBlocksRuntime.a" --end-group
objcopy --strip-debug --keep-global-symbols="$work/names" "$work/whole.o" "$work/nightjar.o"
ar rcsD "$work/libnightjar.a" "$work/nightjar.o"
mv "$work/libnightjar.so.0" "$work/libnightjar.a" "$out"
