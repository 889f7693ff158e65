#!/bin/sh
# Installs the library into an empty folder and uses it from there, as programs in C and Python do: its header in every
# standard, its names, what it needs, every function and every error, arguments by chance, and known answers for every
# algorithm. NIGHTJAR_FUZZ_CALLS is the number of calls by chance, NIGHTJAR_FUZZ_SEED begins another sequence of them.
set -eu
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "error: $1" >&2
    exit 1
}

make --no-print-directory install DESTDIR= PREFIX="$root/usr" >/dev/null
lib=$root/usr/lib
export PKG_CONFIG_PATH="$lib/pkgconfig" LD_LIBRARY_PATH="$lib"
flags="$(pkg-config --cflags nightjar) -Wall -Wextra -Werror"
header=$root/usr/include/nightjar.h

for standard in c89 c99 c11 c2x; do
    # shellcheck disable=SC2086 # words
    cc -std=$standard -pedantic $flags -fsyntax-only -x c "$header" || fail "the header is no $standard"
done
# shellcheck disable=SC2086 # words
c++ -std=c++17 -pedantic $flags -fsyntax-only -x c++ "$header" || fail "the header is no C++"

# What is exported, by both libraries, is what the header declares.
tr '\n' ' ' <"$header" | grep -o 'NJ_API [a-z][^;(]*(' | sed 's/.*\(nj_[a-z_]*\)(/\1/' | LC_ALL=C sort >"$root/declared"
[ "$(wc -l <"$root/declared")" -ge 20 ] || fail "the header declares too little"
nm -D --defined-only "$lib/libnightjar.so.0" | awk '{print $3}' | LC_ALL=C sort >"$root/shared"
diff "$root/declared" "$root/shared" || fail "the shared library's names are not the header's"
nm --defined-only --extern-only "$lib/libnightjar.a" | awk 'NF == 3 {print $3}' | LC_ALL=C sort >"$root/static"
diff "$root/declared" "$root/static" || fail "the static library's names are not the header's"
needed=$(readelf -d "$lib/libnightjar.so.0" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sed 's/\.so.*//' | LC_ALL=C sort | tr '\n' ' ')
case $needed in
"ld-linux-x86-64 libc libgcc_s libhwloc libm libstdc++ " | "libc libgcc_s libhwloc libm libstdc++ ") ;;
*) fail "the library needs $needed" ;;
esac
readelf -d "$lib/libnightjar.so.0" | grep -q 'SONAME.*\[libnightjar.so.0\]' || fail "the library has another SONAME"

# shellcheck disable=SC2046,SC2086 # words
cc -std=c99 $flags Tests/Library/library.c Tests/Library/search.c Tests/Library/devices.c Tests/Library/threads.c \
    $(pkg-config --libs nightjar) -lm -lpthread -o "$root/shared-test"
"$root/shared-test" || fail "the program that uses every function fails"
devices=$("$root/usr/bin/nightjar" devices --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)) - 1)')
[ "$devices" -gt 0 ] || fail "the tests need an OpenCL device"
"$root/shared-test" devices "$devices" || fail "batches on OpenCL devices fail"
# A library with a wrong known answer: a digit of cn/0's first one in it is another.
mkdir "$root/wrong"
known=$(sed -n '/algorithm: "cn\/0"/,/digest/s/.*digest: "\(.*\)".*/\1/p' Sources/NightjarDevices/KnownAnswerRows.swift | head -n 1)
case $known in *0) digit=1 ;; *) digit=0 ;; esac
LC_ALL=C sed "s/$known/${known%?}$digit/" "$lib/libnightjar.so.0" >"$root/wrong/libnightjar.so.0"
! cmp -s "$lib/libnightjar.so.0" "$root/wrong/libnightjar.so.0" || fail "the library has no known answer for cn/0"
LD_LIBRARY_PATH="$root/wrong" "$root/shared-test" wrong cn/0 || fail "a wrong known answer is passed over"
# shellcheck disable=SC2046,SC2086 # words
cc -std=c99 $flags -O1 Tests/Library/fuzz.c $(pkg-config --libs nightjar) -o "$root/fuzz"
"$root/fuzz" "${NIGHTJAR_FUZZ_CALLS:-20000}" "${NIGHTJAR_FUZZ_SEED:-0}"
# shellcheck disable=SC2046,SC2086 # words
cc -std=c89 -pedantic $flags examples/c/hash.c "$lib/libnightjar.a" \
    $(pkg-config --static --libs-only-l nightjar | sed 's/-lnightjar //') -o "$root/hash"
digest=$("$root/hash" cn/0 "This is a test")
[ "$digest" = a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605 ] || fail "examples/c/hash.c prints $digest"

if command -v rustc >/dev/null 2>&1; then
    # shellcheck disable=SC2046 # words
    rustc --edition 2021 -O -D warnings examples/rust/hash.rs $(pkg-config --libs nightjar) -o "$root/rust-hash"
    digest=$("$root/rust-hash" cn/0 "This is a test" "")
    [ "$digest" = "a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605
eb14e8a833fac6fe9a43b57b336789c46ffe93f2868452240720607b14387e11" ] || fail "examples/rust/hash.rs prints $digest"
    others=", Rust"
else
    others=", and no Rust: there is no rustc"
fi

export PYTHONDONTWRITEBYTECODE=1
python3 examples/python/test_nightjar.py Tests/Vectors
python3 examples/python/test_pool_verifier.py Tests/Vectors
echo "library: header, names, C, Python$others"
