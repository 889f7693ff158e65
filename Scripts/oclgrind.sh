#!/bin/sh
# Runs every kernel, with small parameters, in oclgrind's simulator of an OpenCL device. The simulator finds faults that no
# device reports: an access outside a buffer, a race, a read of unwritten memory. It needs oclgrind, and tests built by
#
#   swift build -c release --build-tests
set -eu
cd "$(dirname "$0")/.."

# oclgrind's interpreter lacks LLVM's instruction freeze, which the optimizer puts into our loops, so the optimizer is off.
# Its check of reads works neither with several threads nor with buffers that are made after others were released. So
# there is one thread, and a process for each test.
check="--data-races --uninitialized --num-threads 1 --max-errors 20 --build-options -cl-opt-disable"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A checker that finds nothing may not be checking. So the first kernels have faults that it must find.
cat >"$work/control.cl" <<'END'
__kernel void race(__global int *sum) { sum[0] += get_global_id(0); }
__kernel void unwritten(__global int *sum) { __local int from[4]; sum[get_global_id(0)] = from[1]; }
__kernel void outside(__global int *sum) { sum[get_global_id(0) + 100] = 1; }
END
control() {
    printf 'control.cl\n%s\n4 1 1\n1 1 1\n<size=16 fill=0 int>\n' "$1" >"$work/control.sim"
    # shellcheck disable=SC2086 # a list of options
    (cd "$work" && oclgrind-kernel $check --log control.log control.sim >/dev/null 2>&1) || true
    grep -q "$2" "$work/control.log" || {
        echo "error: oclgrind does not find what is wrong with '$1'" >&2
        exit 1
    }
}
control race "data race"
control unwritten "Uninitialized"
control outside "Invalid write"

tests=$(ls .build/release/*PackageTests.xctest)
# The tests open OpenCL's loader at run time. `oclgrind` preloads a library in the loader's place, which they would not use,
# so the loader gets the simulator as its only driver. The variables are what `oclgrind` sets for the options above.
# The simulated device has 64 KiB of local memory, as GPUs have: their tables take more than the 32 KiB by default.
icd=$(ls /usr/lib/*/oclgrind/liboclgrind-rt-icd.so /usr/lib/oclgrind/liboclgrind-rt-icd.so 2>/dev/null | head -n 1)
mkdir "$work/vendors"
echo "$icd" >"$work/vendors/oclgrind.icd"
# NAME VARIABLES...: runs a test on the simulator.
simulate() {
    name=$1
    shift
    env OCL_ICD_VENDORS="$work/vendors" OCLGRIND_DATA_RACES=1 OCLGRIND_UNINITIALIZED=1 OCLGRIND_NUM_THREADS=1 \
        OCLGRIND_MAX_ERRORS=20 OCLGRIND_BUILD_OPTIONS=-cl-opt-disable OCLGRIND_LOCAL_MEM_SIZE=65536 "$@" \
        "$tests" --testing-library swift-testing --no-parallel --filter "SmallKernelTests/$name\\("
}
# The simulator must run the tests' kernels, and no other device may: its counter of instructions names them. It counts here
# alone, because the counter may crash.
simulate plain0 OCLGRIND_INST_COUNTS=1 >"$work/output" 2>&1 || true
grep -qa "for kernel 'cn_main_loop'" "$work/output" || {
    echo "error: the tests do not run in oclgrind" >&2
    exit 1
}
# The digests must be right, which needs every kernel.
for name in $(sed -n 's/^    @Test func \([a-zA-Z0-9]*\)().*/\1/p' Tests/NightjarOpenCLTests/SmallKernelTests.swift); do
    if ! simulate "$name" OCLGRIND_LOG="$work/log" >"$work/output" 2>&1 || ! grep -qa "with 1 test in 1 suite passed" "$work/output"; then
        tail -n 40 "$work/output" >&2
        echo "error: $name" >&2
        exit 1
    fi
    if [ -s "$work/log" ]; then
        cat "$work/log" >&2
        echo "error: $name" >&2
        exit 1
    fi
    echo "$name: right; no invalid access, no race, no uninitialised read"
done
