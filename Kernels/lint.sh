#!/bin/sh
# Compiles every kernel, as the host builds it, by clang's own OpenCL front end: stricter than drivers, and no driver
# needed. Then by GPU vendors' compilers, those of them that are installed.
# CLANG names the front end; LLVM 16 or later.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang}
checked=0
compile() {
    "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -Wall -Wextra -Werror -I . "$@"
    checked=$((checked + 1))
}
# A line is a file and its definitions, from flavours.json, which the tests compare with what the host builds.
lines=$(python3 ../Scripts/vendors/flavours.py "$clang")
while read -r line; do
    case $line in
    # As NVIDIA's compiler would see it: any clang's front end checks the statements and their operands.
    *-DNJ_USES_PTX=1*) eval "compile -target nvptx64-unknown-nvcl $line" ;;
    # As AMD's would.
    *-DNJ_USES_GCN=1*) eval "compile -target amdgcn-amd-amdhsa -nogpulib $line" ;;
    *)
        eval "compile -target spir64-unknown-unknown $line"
        eval "compile -target spir-unknown-unknown $line"
        ;;
    esac
done <<END
$lines
END
# A missing parameter must be an error: the prelude relies on it.
for file in CryptoNight/MainLoop.cl CryptoNight/FloatLoop.cl RandomX/Execute.cl SHA256d/Scan.cl Scrypt/Mix.cl; do
    if "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -target spir64-unknown-unknown -I . \
        "$file" 2>/dev/null; then
        echo "error: $file compiles without its parameters" >&2
        exit 1
    fi
done
echo "kernels: $checked compilations, no warning"
python3 ../Scripts/vendor-compilers.py
