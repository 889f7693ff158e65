#!/bin/sh
# Builds and runs the smallest user of the library, and shows that it carries no network, database or Foundation code.
set -eu
cd "$(dirname "$0")"
swift build -c release --scratch-path ../../.build-consumer
binary=../../.build-consumer/release/Consumer

# The published answer for cn/0 (CNS008's test vector for "This is a test").
out=$("$binary")
echo "$out"
expect() {
    case $(echo "$out" | sed -n "$1p") in
    $2) ;;
    *) echo "error: line $1 of the consumer should be $2" >&2; exit 1 ;;
    esac
}
expect 1 a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605
expect 2 'argument: rx/0 needs a seed'
# A share of the search, of three units of work, and a speed.
expect 3 'true 1ddd6d4c6b9c41a89daa323b1e140e62d5ebf40a5962028cd1b4acd68deed830'
expect 4 'three units: true'
expect 5 '10 true 1'

libraries=$(ldd "$binary")
if echo "$libraries" | grep -E 'Foundation|sqlite|ssl|dispatch_http|OpenCL' >&2; then
    echo "error: the library drags in what a user of the engine must not need" >&2
    exit 1
fi
if nm -C "$binary" | grep -m 3 -E 'NIOCore|NIOPosix|GRDB|FoundationEssentials|Hummingbird' >&2; then
    echo "error: the library has network, database or Foundation code in it" >&2
    exit 1
fi

# Parameters that no code was written for end in a trap: no other package can make an algorithm of them.
forged=../../.build-consumer/forged.swift
echo 'import NightjarCore
let forged = Algorithm(name: "cn/forged", parameters: Algorithm.cn0.parameters)' >"$forged"
if swiftc -typecheck -I ../../.build-consumer/release/Modules "$forged" 2>../../.build-consumer/forged.log; then
    echo "error: an algorithm can be made outside the package" >&2
    exit 1
fi
if ! grep -q "'package' protection level" ../../.build-consumer/forged.log; then
    cat ../../.build-consumer/forged.log >&2
    exit 1
fi
echo "1 passed, 0 failed"
