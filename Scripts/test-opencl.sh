#!/bin/sh
# Checks known answers on every OpenCL implementation for CPUs that is installed: each compiles the kernels its own way.
# On Intel's, it runs the tests of OpenCL too, if they are built: `make test` runs them on PoCL, and rusticl lacks 64-bit
# floating point, which some of them want.
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
# Folding a heavy scratchpad takes more. RandomX needs 64-bit floating point, which it lacks.
llvmpipe=sha256d,scrypt,cn/0,cn/1,cn/2,cn/r,cn-pico,cn/gpu

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

# NAME LIBRARY VARIABLES...: the tests, by one implementation alone. Those of the search for drivers have a list of their own.
suites() {
    name=$1 library=$2
    shift 2
    tests=$(ls .build/release/*PackageTests.xctest 2>/dev/null | head -n 1)
    if [ -z "$tests" ]; then
        echo "$name: without the tests, because they are not built (swift build -c release --build-tests)"
        return
    fi
    echo "$library" >"$work/vendors/one.icd"
    if ! env OCL_ICD_VENDORS="$work/vendors" XDG_CACHE_HOME="$work/cache" "$@" "$tests" --testing-library swift-testing \
        --no-parallel --filter '^NightjarOpenCLTests\.' --skip '\.DriverProbeTests/' >"$work/output" 2>&1; then
        grep '✘' "$work/output" >&2 || tail -n 40 "$work/output" >&2
        echo "error: tests on $name" >&2
        exit 1
    fi
    echo "$name: $(tail -n 1 "$work/output")"
}

# NAME PACKAGE
missing() { echo "$1: left out, because it is not installed ($2)"; }

pocl=$(ls /etc/OpenCL/vendors/pocl.icd 2>/dev/null || true)
if [ -n "$pocl" ]; then check PoCL "$(cat "$pocl")" ""; else missing PoCL pocl-opencl-icd; fi

intel=$PWD/.build/intel-opencl/lib
if [ -e "$intel/libintelocl.so" ]; then
    check "Intel's runtime" "$intel/libintelocl.so" "" LD_LIBRARY_PATH="$intel"
    suites "Intel's runtime" "$intel/libintelocl.so" LD_LIBRARY_PATH="$intel"
else
    missing "Intel's runtime" "PyPI: intel-opencl-rt intel-cmplr-lib-rt"
fi

if [ -e /etc/OpenCL/vendors/rusticl.icd ]; then
    check rusticl "$(cat /etc/OpenCL/vendors/rusticl.icd)" "$llvmpipe" RUSTICL_ENABLE=llvmpipe
else
    missing rusticl mesa-opencl-icd
fi
