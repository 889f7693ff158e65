#!/bin/sh
# Makes nightjar-gpu.tar.gz: the program, everything that it needs except a C library and a GPU driver, and report.sh,
# which measures a card. Usage: gpu-bundle.sh OUTPUT
set -eu
cd "$(dirname "$0")/.."
output=${1:-.build-bundle/nightjar-gpu.tar.gz}
build=.build-bundle
limit=$((60 * 1000 * 1000))

# The libraries are beside the binary. The old kind of run path is also used for the libraries' own libraries.
sh Scripts/with-commit.sh swift build -c release --product nightjar --scratch-path "$build" --static-swift-stdlib \
    -Xlinker -rpath -Xlinker '$ORIGIN/lib' -Xlinker --disable-new-dtags

stage=$build/stage/nightjar-gpu
rm -rf "$build/stage"
mkdir -p "$stage/lib"
cp "$build/release/nightjar" "$stage/nightjar"
strip "$stage/nightjar"
# Every library except those of the C library: they must be the machine's own, because its drivers use them too.
ldd "$stage/nightjar" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | while read -r library; do
    case $(basename "$library") in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libresolv.so.* | libutil.so.*) ;;
    libswift* | libFoundation* | lib_Foundation* | libdispatch*)
        echo "error: $library is not linked statically" >&2
        exit 1
        ;;
    *) cp -L "$library" "$stage/lib/" && strip --strip-unneeded "$stage/lib/$(basename "$library")" ;;
    esac
done
# These are opened at run time, so they are not among the linked libraries.
loader=$(/sbin/ldconfig -p | awk '$1 == "libOpenCL.so.1" { print $NF; exit }')
[ -n "$loader" ] && cp -L "$loader" "$stage/lib/libOpenCL.so.1" && strip --strip-unneeded "$stage/lib/libOpenCL.so.1"
for library in libOpenCL.so.1 libhwloc.so.15; do
    [ -f "$stage/lib/$library" ] || { echo "error: $library is not in the bundle" >&2; exit 1; }
done
cp Scripts/gpu-report.sh "$stage/report.sh"
cp Scripts/gpu-quick.sh "$stage/quick.sh"
cp Scripts/gpu-predictions.txt "$stage/predictions.txt"
cp LICENSE "$stage/LICENSE"
chmod 755 "$stage/nightjar" "$stage/report.sh"
mkdir -p "$(dirname "$output")"
# The same files give the same archive.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$build/stage" -cf - nightjar-gpu | gzip -9n >"$output"

size=$(wc -c <"$output")
[ "$size" -lt "$limit" ] || { echo "error: $output has $size bytes, and may have $limit" >&2; exit 1; }
glibc=$(objdump -T "$stage/nightjar" "$stage"/lib/* | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
echo "$output: $size bytes; needs $glibc and a GPU driver"
