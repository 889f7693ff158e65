#!/bin/sh
# Runs the tests under the sanitizers, and counts the findings.
#
#     sanitize.sh [address] [thread]        both unless named
#
# `address` is AddressSanitizer, with UndefinedBehaviorSanitizer in the C targets (Swift has none on Linux); `thread` is
# ThreadSanitizer. Each has a build of its own, in .build-asan and .build-tsan. C is optimized a little, because hashing
# would take hours otherwise. It runs only suites without JIT code, which no sanitizer can see,
# and without other Nightjar processes. It does not look for leaks, because Swift's runtime never frees some memory.
#
# Prints each finding and their number. Ends with 1 when there is one, or when a test fails.
set -eu
cd "$(dirname "$0")/.."

SUITES='NightjarPlatformTests\.
NightjarCoreTests\.
NightjarAlgorithmsTests\.(CryptoNightPartTests|CryptoNightRandomMathTests|RandomXPrimitiveTests|RandomXSuperscalarTests)/
NightjarAlgorithmsTests\.CryptoNightTests/nativeEqualsPortable
NightjarCPUTests\.(PinTests|LaneChoiceTests|WidthChoiceTests|DatasetPlacementTests)/
NightjarTests\.(ChannelTests|JobBoardTests|MiningTests|RecoveryTests|SettlingTests)/
NightjarWireTests\.
NightjarNodeTests\.
NightjarMinerTests\.
NightjarAPITests\.'

run() {
    name=$1 scratch=.build-$2
    shift 2
    mkdir -p "$scratch"
    # Warnings are not errors in this build: the linker warns about the sanitizers' own symbols.
    swift build -c debug --build-tests --scratch-path "$scratch" -Xcc -O1 -Xcc -g "$@" >"$scratch/build.log" 2>&1 || {
        grep -E 'error:' "$scratch/build.log" || tail -n 20 "$scratch/build.log"
        exit 1
    }
    failed=0
    : >"$scratch/tests.log"
    for suite in $SUITES; do
        echo "$name: $suite"
        timeout -k 10 1800 "$scratch/debug/nightjarPackageTests.xctest" --testing-library swift-testing --no-parallel \
            --filter "^$suite" >>"$scratch/tests.log" 2>&1 || failed=1
    done
    grep -E 'recorded an issue|^Fatal error|Test run with' "$scratch/tests.log" || true
    grep -E "$FINDING" "$scratch/tests.log" | sort | uniq -c || true
    count=$(grep -cE "$FINDING" "$scratch/tests.log" || true)
    echo "$name: $count findings (all that was said: $scratch/tests.log)"
    [ "$count" -eq 0 ] && [ "$failed" -eq 0 ] || status=1
}

FINDING='ERROR: (Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer|ThreadSanitizer: CHECK failed'
status=0
for which in ${*:-address thread}; do
    case $which in
    address)
        export ASAN_OPTIONS=detect_leaks=0:halt_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
        run "address and undefined" asan --sanitize=address -Xswiftc -sanitize-recover=address \
            -Xcc -fsanitize-recover=address -Xcc -fsanitize=undefined -Xcc -fno-sanitize=vptr,function
        ;;
    thread)
        export TSAN_OPTIONS="halt_on_error=0 suppressions=$PWD/Scripts/tsan.supp"
        # The standard library's mutex hands itself over inside the kernel, which the sanitizer does not see.
        run thread tsan --sanitize=thread -Xswiftc -DNIGHTJAR_THREAD_SANITIZER
        ;;
    *)
        echo "sanitize.sh [address] [thread]" >&2
        exit 64
        ;;
    esac
done
exit $status
