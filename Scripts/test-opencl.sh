#!/bin/sh
# Checks known answers on every OpenCL implementation for CPUs that is installed: each compiles the kernels its own way.
# Usage: test-opencl.sh [PROGRAM]   (.build/release/nightjar)
#
# PoCL; Intel's runtime, from the Python environment .build/intel-opencl; Mesa's rusticl with llvmpipe. `make test-opencl`
# installs them.
set -eu
cd "$(dirname "$0")/.."
program=${1:-.build/release/nightjar}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# llvmpipe leaves the loops of a kernel after 65535 turns in all, and goes on with a wrong result, which known answers find.
# CryptoNight takes more. RandomX needs 64-bit floating point, which it lacks.
llvmpipe=sha256d,scrypt

# NAME LIBRARY ALGORITHMS VARIABLES...: the known answers, by one implementation alone.
check() {
    name=$1 library=$2 algorithms=$3
    shift 3
    rm -rf "$work/vendors"
    mkdir "$work/vendors"
    echo "$library" >"$work/vendors/one.icd"
    if ! env OCL_ICD_VENDORS="$work/vendors" XDG_CACHE_HOME="$work/cache" "$@" \
        "$program" selftest --device opencl ${algorithms:+-a "$algorithms"} >"$work/output" 2>&1; then
        cat "$work/output" >&2
        echo "error: $name" >&2
        exit 1
    fi
    echo "$name: $(grep -c ': passed' "$work/output") algorithms passed"
}

# NAME PACKAGE
missing() { echo "$1: left out, because it is not installed ($2)"; }

pocl=$(ls /etc/OpenCL/vendors/pocl.icd 2>/dev/null || true)
if [ -n "$pocl" ]; then check PoCL "$(cat "$pocl")" ""; else missing PoCL pocl-opencl-icd; fi

intel=$PWD/.build/intel-opencl/lib
if [ -e "$intel/libintelocl.so" ]; then
    check "Intel's runtime" "$intel/libintelocl.so" "" LD_LIBRARY_PATH="$intel"
else
    missing "Intel's runtime" "PyPI: intel-opencl-rt intel-cmplr-lib-rt"
fi

if [ -e /etc/OpenCL/vendors/rusticl.icd ]; then
    check rusticl "$(cat /etc/OpenCL/vendors/rusticl.icd)" "$llvmpipe" RUSTICL_ENABLE=llvmpipe
else
    missing rusticl mesa-opencl-icd
fi
