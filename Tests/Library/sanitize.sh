#!/bin/sh
# Runs the program that uses every function of the library, and the one that calls them with arguments by chance, under
# sanitizers and under Valgrind. By hand: the builds take minutes.
#
#     sanitize.sh [address] [thread] [memory]      all three unless named
#
# `address` is AddressSanitizer with UndefinedBehaviorSanitizer in C, and `thread` ThreadSanitizer: builds of their own, in
# .build-library-address and .build-library-thread, that are linked with the programs. `memory` is Valgrind on the static
# library that `make library` has made. NIGHTJAR_SECONDS is how long eight threads share a hasher under ThreadSanitizer, a
# minute unless given.
set -eu
cd "$(dirname "$0")/../.."
header="-ISources/CNightjar -Wall -Wextra -Werror -g -O1"

# Builds the library's rooms with a sanitizer, and links the two programs with them.
build() {
    scratch=.build-library-$1
    mkdir -p "$scratch"
    sanitizer=$1
    shift
    swift build -c debug --target NightjarC --scratch-path "$scratch" --sanitize="$sanitizer" -Xcc -O1 -Xcc -g "$@" \
        >"$scratch/build.log" 2>&1 || {
        tail -n 20 "$scratch/build.log"
        exit 1
    }
    # The first file of each gives its program the name.
    for files in "library search devices threads" fuzz; do
        objects=
        for file in $files; do
            # shellcheck disable=SC2086 # words
            clang -std=c99 $header -fsanitize="$sanitizer" -c "Tests/Library/$file.c" -o "$scratch/$file.o"
            objects="$objects $scratch/$file.o"
        done
        find "$scratch/debug"/*.build -name '*.o' -print >"$scratch/objects"
        # shellcheck disable=SC2086 # words
        swiftc -use-ld=lld -sanitize="$sanitizer" -emit-executable -o "$scratch/${files%% *}" $objects \
            "@$scratch/objects" -lhwloc -lm -lpthread
    done
}

# Drivers are other people's code, and some cannot be loaded under a sanitizer.
none=$(mktemp -d)
trap 'rm -rf "$none"' EXIT
export OCL_ICD_VENDORS="$none/"

for which in ${*:-address thread memory}; do
    case $which in
    address)
        build address -Xcc -fsanitize=undefined -Xcc -fno-sanitize=vptr,function -Xcc -fno-sanitize-recover=undefined
        # Swift's runtime never frees some of its memory: leaks are Valgrind's part.
        export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1
        .build-library-address/library
        .build-library-address/fuzz 20000 1
        ;;
    thread)
        # See Scripts/sanitize.sh.
        build thread -Xswiftc -DNIGHTJAR_THREAD_SANITIZER
        export TSAN_OPTIONS="suppressions=$PWD/Scripts/tsan.supp"
        .build-library-thread/library threads "${NIGHTJAR_SECONDS:-60}"
        .build-library-thread/fuzz 5000 2
        ;;
    memory)
        # The static library has the names that the suppressions go by.
        mkdir -p .build-library-memory
        # shellcheck disable=SC2086 # words
        cc -std=c99 $header Tests/Library/library.c Tests/Library/search.c Tests/Library/devices.c Tests/Library/threads.c \
            .build/release/library/libnightjar.a -lhwloc -lstdc++ -lm -lpthread -ldl -o .build-library-memory/library
        # cn/r writes machine code anew in memory that has a file behind it.
        valgrind --quiet --error-exitcode=1 --smc-check=all --leak-check=full --show-leak-kinds=definite \
            --errors-for-leak-kinds=definite --suppressions=Tests/Library/valgrind.supp .build-library-memory/library without rx
        ;;
    *)
        echo "sanitize.sh [address] [thread] [memory]" >&2
        exit 64
        ;;
    esac
    echo "$which: no findings"
done
