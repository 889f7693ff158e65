# shellcheck shell=sh
# The first minutes on a GPU: measures what the model of docs/gpu-predictions.md predicts, the most telling first, and
# prints both. report.sh reads this file for its option --quick, and has the functions and variables that are not here.
# What has been measured is on disk after each step. When the time is over, the rest is listed as not measured.
begin=$(date +%s)
length=$(awk -v s="$total" 'BEGIN { print s / 80 }')
# Runs the program, for a sixth of the time at most: one that hangs must not take the time of all others.
limited() {
    seconds=$((total - $(date +%s) + begin))
    [ "$seconds" -gt 0 ] || return 1
    most=$((total / 6 + 1))
    [ "$seconds" -lt "$most" ] || seconds=$most
    timeout --foreground -k 2 "$seconds" "$nightjar" "$@"
}

# The device: the first GPU, or the first device of all, unless one is named.
quit() {
    rm -f "$output"
    fail "$1"
}
"$nightjar" devices --json >"$work/list" || quit "the devices cannot be listed"
sed 's/},{/},\n{/g' "$work/list" >"$work/rows"
device=${devices%%,*}
if [ "$device" = opencl ]; then
    first=$(grep '"kind":"gpu"' "$work/rows" || grep -v '"id":"cpu"' "$work/rows") || quit "there is no OpenCL device"
    device=$(printf '%s\n' "$first" | sed -n '1s/.*"id":"\([^"]*\)".*/\1/p')
fi
row=$(grep -F "\"id\":\"$device\"" "$work/rows") || quit "there is no device $device"
units=$(printf '%s\n' "$row" | sed -n 's/.*"computeUnits":\([0-9]*\).*/\1/p')
name=$(printf '%s\n' "$row" | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
# The column of the predictions, and the card that it is for.
column=$(awk -F'|' -v name="$name" '$1 == "device name" { for (i = 3; i <= NF; i++) if (index(name, $i)) { print i; exit } }' \
    "$here/predictions.txt")
card=$(awk -F'|' -v i="${column:-0}" '$1 == "card" && i { print $i; exit }' "$here/predictions.txt")
# The settings of an algorithm: "batch 8448, groupLoop 16, …". The program lists them when it is given an unknown one.
settings() {
    "$nightjar" bench -a "$1" --device "$device" --hashes 1 --set none=0 --json 2>/dev/null |
        sed -n 's/.*; it has \([^"]*\)".*/\1/p'
}
known=$(settings rx/0)

write_quick() {
    {
        printf '{"mode":"quick","kernel":"%s","device":"%s","predictionsFor":' "$(uname -srm)" "$device"
        if [ -n "$card" ]; then printf '"%s",\n' "$card"; else printf 'null,\n'; fi
        printf '"devices":%s,\n' "$(object devices)"
        printf '"steps":[\n%s],\n' "$(cat "$work/steps" 2>/dev/null)"
        printf '"complete":%s}\n' "$1"
    } >"$work/report"
    publish
}
# A number, or null.
number() { if [ -n "$1" ]; then echo "$1"; else echo null; fi; }
# The prediction of a row; empty when there is none.
predicted() {
    awk -F'|' -v row="$1" -v i="${column:-0}" '$1 == row && i && $i != "-" { print $i; exit }' "$here/predictions.txt"
}
unit() { awk -F'|' -v row="$1" '$1 == row { print $2; exit }' "$here/predictions.txt"; }
# Adds a step to the report: row, measured number in the row's unit or nothing, seconds, file with JSON.
note() {
    expected=$(predicted "$1")
    if [ -z "$2" ]; then
        words="not measured"
    elif [ -n "$expected" ]; then
        words="$2 $(unit "$1"), predicted $expected: $(awk -v a="$2" -v b="$expected" 'BEGIN { printf "%.2f", a / b }') times"
    else
        words="$2 $(unit "$1")"
    fi
    printf '%-42s %s\n' "$1" "$words"
    [ ! -s "$work/steps" ] || printf ',\n' >>"$work/steps"
    printf '{"name":"%s","unit":"%s","measured":%s,"predicted":%s,"seconds":%s,"result":%s}' "$1" "$(unit "$1")" \
        "$(number "$2")" "$(number "$expected")" "$3" "$(object "$4")" >>"$work/steps"
    write_quick false
}
# Measures an algorithm: row, algorithm, settings or nothing.
step() {
    start=$(date +%s)
    : >"$work/step"
    # A program that was stopped has printed nothing.
    limited bench -a "$2" --device "$device" --seconds "$length" --randomx-mode full ${3:+--set "$3"} --json \
        >"$work/step" 2>"$work/error" || failed=1
    rate=$(sed -n 's/.*"hashrate":\([0-9.e+]*\),.*/\1/p' "$work/step" | awk -v unit="$(unit "$1")" '
        { split("k 1e3 M 1e6 G 1e9", f); for (i = 1; i < 6; i += 2) if (substr(unit, 1, 1) == f[i]) $1 /= f[i + 1]
          printf "%.4g", $1 }')
    note "$1" "$rate" "$(($(date +%s) - start))" step
}

title "$name, ${card:+predictions for $card, }at most $total s"
write_quick false
# 1. Random accesses over the memory: what bounds CryptoNight, and RandomX at best.
: >"$work/devices"
limited devices --measure --json >"$work/devices" || failed=1
accesses=$(sed 's/},{"id"/},\n{"id"/g' "$work/devices" | grep -F "\"id\":\"$device\"" | sed 's/{"footprint"/\n&/g' |
    sed -n 's/^{"footprint":\([0-9]*\).*"accessesPerSecond":\([0-9.e+]*\).*/\1 \2/p' |
    awk '$1 > most { most = $1; rate = 0 } $1 == most && $2 > rate { rate = $2 } END { if (rate) printf "%.4g", rate / 1e9 }')
: >"$work/step"
note "random accesses of 64 bytes, read and written" "$accesses" "$(($(date +%s) - begin))" step
[ -z "$accesses" ] || awk -v r="$accesses" 'BEGIN {
    printf "  such memory allows %.0f H/s of rx/0 and %.0f H/s of cn/r\n", 2e9 * r / 1.25e6, 2e9 * r / 2.1e6 }'
# 2. One of each family.
step "rx/0 groupLoop=32" rx/0 groupLoop=32
seconds=$(sed -n 's/.*"datasetSeconds":\([0-9.e+]*\).*/\1/p' "$work/step")
: >"$work/step"
note "dataset" "$seconds" 0 step
step "cn/r batch=64 a unit" cn/r "batch=$((64 * ${units:-1}))"
step "sha256d multiply=0" sha256d multiply=0
step "scrypt gap=1" scrypt gap=1
# 3. RandomX: which groups are best, whether the speed grows with the batch, whether the other form of streams is faster, what
# streams gain.
for group in 16 8; do step "rx/0 groupLoop=$group" rx/0 "groupLoop=$group"; done
batch=$(printf '%s\n' "$known" | sed -n 's/.*batch \([0-9]*\).*/\1/p')
for hashes in 96 192; do
    # More than the memory allows is not tried.
    [ "$((hashes * ${units:-1}))" -lt "${batch:-0}" ] || continue
    step "rx/0 batch=$hashes a unit, groupLoop=32" rx/0 "batch=$((hashes * units)),groupLoop=32"
done
case $known in *"streams 2"*) other=1 ;; *) other=2 ;; esac
step "rx/0 streams=$other, groupLoop=32" rx/0 "streams=$other,groupLoop=32"
step "rx/0 streams=0, groupLoop=32" rx/0 streams=0,groupLoop=32
# 4. CryptoNight: the number of hashes from which on memory is the limit.
for hashes in 32 128 256; do step "cn/r batch=$hashes a unit" cn/r "batch=$((hashes * ${units:-1}))"; done
step "cn-heavy/0" cn-heavy/0
# 5. SHA-256d: additions as multiplications; scrypt: memory or arithmetic.
step "sha256d multiply=1" sha256d multiply=1
for value in 4 2; do step "scrypt gap=$value" scrypt "gap=$value"; done
# 6. The rest.
case $known in
*"ptx 1"*) step "rx/0 ptx=0" rx/0 ptx=0 ;;
*"gcn 1"*) step "rx/0 gcn=0" rx/0 gcn=0 ;;
esac
step "rx/2" rx/2
step "cn/0" cn/0
write_quick true
