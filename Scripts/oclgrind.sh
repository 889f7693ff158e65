#!/bin/sh
# Runs every kernel, on small parameters, in oclgrind's simulator of an OpenCL device, which sees what no device says: an
# access outside of a buffer, a race, a read of what nobody wrote. Needs oclgrind, and the tests as built by
#
#   swift build -c release --build-tests
set -eu
cd "$(dirname "$0")/.."

# Its interpreter lacks an instruction of LLVM's, freeze, that the optimizer makes of our loops. Its checker of reads is
# not made for threads, nor for buffers that come after others have gone: hence one thread, and a process a test.
check="--data-races --uninitialized --num-threads 1 --max-errors 20 --build-options -cl-opt-disable"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A checker that finds nothing might be one that looks at nothing: first what it must find.
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
# NAME OPTIONS...: runs a test on the simulator.
simulate() {
    name=$1
    shift
    # shellcheck disable=SC2086
    oclgrind $check "$@" "$tests" --testing-library swift-testing --no-parallel --filter "SmallKernelTests/$name\\("
}
# That the tests' kernels are run by the simulator and by nothing else: its counter names them. (It may crash over them,
# and so counts here alone.)
simulate plain0 --inst-counts >"$work/output" 2>&1 || true
grep -qa "for kernel 'cn_main_loop'" "$work/output" || {
    echo "error: the tests do not run in oclgrind" >&2
    exit 1
}
# The digests that come out must be right, which takes every kernel.
for name in $(sed -n 's/^    @Test func \([a-zA-Z0-9]*\)().*/\1/p' Tests/NightjarOpenCLTests/SmallKernelTests.swift); do
    if ! simulate "$name" --log "$work/log" >"$work/output" 2>&1 || ! grep -qa "with 1 test in 1 suite passed" "$work/output"; then
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
