#!/bin/sh
# Measures this machine's OpenCL devices with the nightjar beside this script, prints the results, and writes them as JSON.
# Usage: report.sh [-o FILE] [-d DEVICES] [-a ALGORITHMS] [-s SECONDS] [-n]
#        report.sh --quick [-o FILE] [-d DEVICE] [-s SECONDS]
#   -o  where the JSON goes (report.json): a new file, which is written again after each step
#   -d  comma-separated device names (opencl: all OpenCL devices)
#   -a  comma-separated algorithms (all)
#   -s  seconds of tuning for each algorithm on each device (60); benchmarks take a sixth of it
#   -n  no tuning
#   --quick  the first GPU alone, for at most eight minutes (-s: 480 seconds), with a model's predictions beside the results
set -u
here=$(cd "$(dirname "$0")" && pwd)
nightjar=$here/nightjar
output=report.json
devices=opencl
algorithms=
seconds=60
total=480
tunes=yes
mode=full
while getopts o:d:a:s:n-: option; do
    case $option$OPTARG in
    -quick) mode=quick ;;
    -*) exit 64 ;;
    o*) output=$OPTARG ;;
    d*) devices=$OPTARG ;;
    a*) algorithms=$OPTARG ;;
    s*) seconds=$OPTARG total=$OPTARG ;;
    n*) tunes=no ;;
    *) exit 64 ;;
    esac
done
fail() {
    echo "error: $output: $1" >&2
    exit 1
}
# What is there stays: it may be a link that leads to any file of the user's.
if [ -e "$output" ] || [ -L "$output" ]; then fail "it is there already; name a new file with -o"; fi
(set -C && : >"$output") 2>/dev/null || fail "it cannot be made; name another file with -o"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# Whether only root could have put a file where it is: it is loaded as code.
is_roots() {
    path=$(realpath "$1") || return 1
    while :; do
        [ -n "$(find "$path" -maxdepth 0 -user root ! -perm /022)" ] || return 1
        [ "$path" != / ] || return 0
        path=$(dirname "$path")
    done
}
# Many containers have NVIDIA's driver without the file by which loaders find it.
if ! ls /etc/OpenCL/vendors/*.icd >/dev/null 2>&1 && [ -z "${OCL_ICD_VENDORS:-}${OCL_ICD_FILENAMES:-}" ]; then
    driver=$(ldconfig -p 2>/dev/null | awk '/libnvidia-opencl.so.1/ { print $NF; exit }')
    if [ -z "$driver" ]; then
        find / -xdev -name 'libnvidia-opencl.so.1' -user root >"$work/drivers" 2>/dev/null
        while read -r found; do
            if is_roots "$found"; then driver=$found && break; fi
        done <"$work/drivers"
    fi
    if [ -n "$driver" ]; then
        mkdir "$work/vendors"
        echo "$driver" >"$work/vendors/nvidia.icd"
        export OCL_ICD_VENDORS="$work/vendors"
        # The driver's own libraries are beside it, where the loader may not look.
        export LD_LIBRARY_PATH="$(dirname "$driver")${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    fi
fi
[ -n "${HOME:-}${XDG_CACHE_HOME:-}" ] || export XDG_CACHE_HOME="$work/cache"
failed=0

# Lines as a JSON array of strings.
lines() {
    [ -s "$1" ] || { echo '[]'; return; }
    sed -e 's/[\\"]/\\&/g' -e 's/[[:cntrl:]]/ /g' -e 's/.*/"&"/' "$1" | paste -sd, - | sed -e 's/^/[/' -e 's/$/]/'
}
# A section's JSON from a command; null when there is none.
object() { if [ -s "$work/$1" ]; then cat "$work/$1"; else echo null; fi; }
# Each lookup gap, and four work-items a hash.
scrypt_settings='gap=1 gap=2 gap=4 items=4'
# Writes the results so far: a machine may be taken away before the end.
write() {
    {
        printf '{"kernel":"%s",\n' "$(uname -srm)"
        printf '"devices":%s,\n' "$(object devices)"
        printf '"selftest":%s,\n' "$(lines "$work/selftest")"
        printf '"bench":%s,\n' "$(object bench)"
        printf '"portable":%s,\n' "$(object portable)"
        printf '"ptx":%s,\n' "$(object ptx)"
        for setting in $scrypt_settings; do
            printf '"scrypt %s":%s,\n' "$setting" "$(object "scrypt-$setting")"
        done
        printf '"tune":%s,\n' "$(object tune)"
        printf '"tuned":%s}\n' "$(object tuned)"
    } >"$work/report"
    publish
}
# Gives the report its name.
publish() {
    # A new file takes the name: another user who may write the folder could have put a link there meanwhile.
    new=$(mktemp "$output.XXXXXX") || fail "no file can be made beside it"
    cat "$work/report" >"$new" && chmod "$(printf '%o' "$((0666 & ~$(umask)))")" "$new" && mv -T "$new" "$output" || {
        rm -f "$new"
        fail "it cannot be written"
    }
}
title() { printf '\n== %s\n' "$1"; }
# One line a result of a benchmark.
show() { object "$1" | sed -e 's/{"algorithm"/\n&/g' | sed -e '/"deviceName"/!d' -e 's/,"explanation.*//'; }

if [ "$mode" = quick ]; then
    # shellcheck source=Scripts/gpu-quick.sh
    . "$here/quick.sh"
    printf '\nwritten to %s\n' "$output"
    exit $failed
fi
algorithm=${algorithms:+-a $algorithms}
span=$(awk -v s="$seconds" 'BEGIN { print s / 6 }')

title "devices, and the memory of each"
"$nightjar" devices --measure --json >"$work/devices" || failed=1
"$nightjar" devices --measure || failed=1
write

title "selftest"
# shellcheck disable=SC2086 # A flag and its value, or nothing.
"$nightjar" selftest $algorithm --device "$devices" >"$work/selftest" 2>&1 || failed=1
cat "$work/selftest"
write

title "speed with the defaults"
# shellcheck disable=SC2086
"$nightjar" bench $algorithm --device "$devices" --seconds "$span" --randomx-mode full --json >"$work/bench" || failed=1
show bench
write

# Compare the device's own rounding modes with those computed from exact residuals. A device without PTX says so.
for path in 0 1; do
    name=portable
    [ "$path" = 0 ] || name=ptx
    title "RandomX, the $name path"
    "$nightjar" bench -a rx/0,rx/2 --device "$devices" --seconds "$span" --randomx-mode full --set "ptx=$path" --json \
        >"$work/$name" || [ "$path" = 1 ] || failed=1
    show "$name"
    write
done

# Whether memory or arithmetic is the limit depends on the card.
for setting in $scrypt_settings; do
    title "scrypt, $setting"
    "$nightjar" bench -a scrypt --device "$devices" --seconds "$span" --set "$setting" --json >"$work/scrypt-$setting" ||
        failed=1
    show "scrypt-$setting"
    write
done

if [ "$tunes" = yes ]; then
    title "tune"
    # shellcheck disable=SC2086
    "$nightjar" tune $algorithm --device "$devices" --seconds "$seconds" --json >"$work/tune" || failed=1
    object tune | sed -e 's/"explanation":/\n&/g' | sed -n 's/^"explanation":\("[^"]*"\).*/\1/p'
    write
    title "speed as tuned"
    # shellcheck disable=SC2086
    "$nightjar" bench $algorithm --device "$devices" --seconds "$span" --randomx-mode full --json >"$work/tuned" || failed=1
    show tuned
    write
fi
printf '\nwritten to %s\n' "$output"
exit $failed
