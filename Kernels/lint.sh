#!/bin/sh
# Compiles every kernel, for every base, by clang's own OpenCL front end: stricter than drivers, and no driver needed.
# CLANG names the compiler; LLVM 16 or later.
set -eu
cd "$(dirname "$0")"
clang=${CLANG:-clang}
# Every value of a parameter that the sources branch on is tried here.
random_math='r0*=r4;r1+=r5+0x12345678u;r2-=r6;r3=rotate(r3,r7);r0=rotate(r0,0u-r8);r1^=r2;'
checked=0
compile() {
    "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header "${compile_action:--fsyntax-only}" -Wall -Wextra -Werror -I . "$@"
    checked=$((checked + 1))
}
lint() {
    file=$1
    shift
    compile "$@" -DNJ_USES_PTX="$ptx" -DNJ_CN_MEMORY=2097152 -DNJ_CN_MASK=0x1FFFF0u -DNJ_CN_UNROLL=2 \
        -DNJ_STATE_WORDS=36 -DNJ_GROUP_HASH=64 -DNJ_GROUP_FILL=64 -DNJ_GROUP_LOOP=16 "-DNJ_CN_RANDOM_MATH=$random_math" "$file"
}
lint_randomx() {
    file=$1
    shift
    compile "$@" -DNJ_USES_PTX="$ptx" -DNJ_RX_SCRATCHPAD_L3=2097152 -DNJ_RX_SCRATCHPAD_L2=262144 -DNJ_RX_SCRATCHPAD_L1=16384 \
        -DNJ_RX_PROGRAM_SIZE=256 -DNJ_RX_PROGRAM_ITERATIONS=2048 -DNJ_RX_JUMP_BITS=8 -DNJ_RX_JUMP_OFFSET=8 \
        -DNJ_RX_ROUNDING_GUARD=0 -DNJ_RX_OPCODES=0,1,2 -DNJ_RX_GENERATOR_KEYS=0,1,2 \
        -DNJ_RX_DATASET_MASK=0x7FFFFFFFu -DNJ_RX_DATASET_OFFSETS=524288 -DNJ_RX_CACHE_LINES=4194304 \
        -DNJ_RX_CACHE_ACCESSES=8 -DNJ_GROUP_HASH=64 -DNJ_GROUP_FILL=64 -DNJ_GROUP_LOOP=32 -DNJ_GROUP_ITEMS=64 "$file"
}
ptx=0
for target in spir64-unknown-unknown spir-unknown-unknown; do
    # A base, and the features that are on; every kind that a variant is of.
    while read -r base features; do
        flavour="-DNJ_CN_BASE=$base"
        for feature in LINKED_STORE REVERSED_SHUFFLE FLOAT_FEEDBACK HEAVY COMPLEMENTED_DIVISOR CHAINED_ROUND; do
            case " $features " in
            *" $feature "*) flavour="$flavour -DNJ_CN_$feature=1" ;;
            *) flavour="$flavour -DNJ_CN_$feature=0" ;;
            esac
        done
        for file in Primitives/*.cl CryptoNight/*.cl; do
            # Base 5 has a main loop of its own, and that no other base.
            case $base:$file in
            5:CryptoNight/MainLoop.cl | [!5]:CryptoNight/FloatLoop.cl) continue ;;
            esac
            for interleave in 1 4; do
                # shellcheck disable=SC2086 # definitions without blanks
                lint "$file" -target "$target" $flavour -DNJ_PAD_INTERLEAVE="$interleave"
            done
        done
    done <<'END'
0
0 FLOAT_FEEDBACK
0 HEAVY
0 HEAVY COMPLEMENTED_DIVISOR
1
1 LINKED_STORE
1 HEAVY LINKED_STORE CHAINED_ROUND
2
2 REVERSED_SHUFFLE
4
5 HEAVY
END
    for file in RandomX/*.cl; do
        for version in 0 1; do
            for light in 0 1; do
                for turns in 0 1; do
                    lint_randomx "$file" -target "$target" -DNJ_RX_LIGHT="$light" -DNJ_RX_TAKES_TURNS="$turns" \
                        -DNJ_RX_MIX_AES="$version" -DNJ_RX_PREFETCH_MA="$version" -DNJ_RX_COMMITMENT="$version"
                done
            done
        done
    done
done
for target in spir64-unknown-unknown spir-unknown-unknown; do
    for width in 1 2 4 8 16; do
        for flag in 0 1; do
            for file in SHA256d/*.cl; do
                compile -target "$target" -DNJ_SHA256D_WIDTH="$width" -DNJ_SHA256D_UNROLL="$flag" -DNJ_SHA256D_MULTIPLY="$flag" -DNJ_GROUP_HASH=256 "$file"
            done
        done
    done
    for gap in 1 2 4; do
        for items in 1 4; do
            for file in Scrypt/*.cl; do
                compile -target "$target" -DNJ_SCRYPT_N=1024 -DNJ_SCRYPT_GAP="$gap" -DNJ_SCRYPT_ITEMS="$items" \
                    -DNJ_PAD_INTERLEAVE=64 -DNJ_RECORD_WORDS=48 -DNJ_GROUP_HASH=64 -DNJ_GROUP_LOOP=64 "$file"
            done
        done
    done
done
# The PTX path, as NVIDIA's compiler would see it. Any clang's front end checks the statements and their operands; one
# with a back end for that target, which drivers for CPUs bring along, makes PTX of them.
ptx=1
target=nvptx64-unknown-nvcl
assembler=
for candidate in "$clang" clang clang-15 clang-16 clang-17 clang-18 clang-19 clang-20; do
    if "$candidate" --print-targets 2>/dev/null | grep -q nvptx64; then
        assembler=$candidate
        break
    fi
done
# Code that the compiler drops proves nothing: these instructions must be in the result.
wanted="add.rn add.rm add.rp add.rz mul.rn mul.rm mul.rp mul.rz div.rn div.rm div.rp div.rz sqrt.rn sqrt.rm sqrt.rp sqrt.rz"
front_end=$clang
for turns in 0 1; do
    for action in -fsyntax-only -S; do
        [ "$action" = -fsyntax-only ] || [ -n "$assembler" ] || continue
        output=$(
            if [ "$action" = -S ]; then clang=$assembler; else clang=$front_end; fi
            compile_action="$action" lint_randomx RandomX/Execute.cl -target "$target" -DNJ_RX_LIGHT="$turns" \
                -DNJ_RX_TAKES_TURNS="$turns" -DNJ_RX_MIX_AES=1 -DNJ_RX_PREFETCH_MA=1 -DNJ_RX_COMMITMENT=1 -O2 -o -
        )
        checked=$((checked + 1))
        [ "$action" = -S ] || continue
        for instruction in $wanted; do
            if ! printf '%s' "$output" | grep -q "$instruction.f64"; then
                echo "error: no $instruction.f64 in the PTX of RandomX/Execute.cl" >&2
                exit 1
            fi
        done
    done
done
if [ -n "$assembler" ]; then
    echo "PTX: 16 directed operations, made by $("$assembler" --version | head -n 1)"
else
    echo "PTX: syntax only; no clang here has a back end for $target"
fi
ptx=0
# A missing parameter must be an error: the prelude relies on it.
for file in CryptoNight/MainLoop.cl CryptoNight/FloatLoop.cl RandomX/Execute.cl SHA256d/Scan.cl Scrypt/Mix.cl; do
    if "$clang" -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only -target spir64-unknown-unknown -I . \
        "$file" 2>/dev/null; then
        echo "error: $file compiles without its parameters" >&2
        exit 1
    fi
done
echo "kernels: $checked compilations, no warning"
