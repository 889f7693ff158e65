#!/bin/sh
# Compiles every kernel, for every base, by clang's own OpenCL front end: stricter than drivers, and no driver needed.
# CLANG names the compiler; LLVM 16 or later.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang}
# Every flavour of a parameter that the sources branch on stands here.
random_math='r0*=r4;r1+=r5+0x12345678u;r2-=r6;r3=rotate(r3,r7);r0=rotate(r0,0u-r8);r1^=r2;'
checked=0
lint() {
    file=$1
    shift
    "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -Wall -Wextra -Werror -I . "$@" \
        -DNJ_CN_MEMORY=2097152 -DNJ_CN_ITERATIONS=0x80000 -DNJ_CN_MASK=0x1FFFF0u \
        -DNJ_GROUP_HASH=64 -DNJ_GROUP_FILL=64 -DNJ_GROUP_LOOP=16 "-DNJ_CN_RANDOM_MATH=$random_math" "$file"
    checked=$((checked + 1))
}
for target in spir64-unknown-unknown spir-unknown-unknown; do
    for file in Primitives/*.cl CryptoNight/*.cl; do
        for base in 0 1 2 4; do
            for interleave in 1 4; do
                lint "$file" -target "$target" -DNJ_CN_BASE="$base" -DNJ_PAD_INTERLEAVE="$interleave"
            done
        done
    done
done
# A missing parameter must be an error: the prelude relies on it.
if "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -target spir64-unknown-unknown -I . \
    CryptoNight/MainLoop.cl 2>/dev/null; then
    echo "error: CryptoNight/MainLoop.cl compiles without its parameters" >&2
    exit 1
fi
echo "kernels: $checked compilations, no warning"
