#!/bin/sh
# A report's page in a browser: makes pages of an invented report, one with hostile names, looks at them as phones, desktops
# and printers show them, and leaves screenshots and PDFs to be looked at in the directory that is given. Measures nothing.
# Then runs the profile for the Phoronix Test Suite as that program would. Needs Chromium, tidy and Python, and is run by
# hand:
#   sh Tests/Report/check.sh OUTPUT-DIRECTORY [REPORT.json]…
set -eu
cd "$(dirname "$0")/../.."
out=${1:?an output directory}
shift
mkdir -p "$out"
program=$PWD/${NIGHTJAR:-.build/release/nightjar}
case ${NIGHTJAR:-} in /*) program=$NIGHTJAR ;; esac
export PYTHONDONTWRITEBYTECODE=1
python3 Tests/Report/hostile.py Tests/Vectors/report/input.json "$out/hostile.json"
for report in Tests/Vectors/report/input.json "$out/hostile.json" "$@"; do
    page=$out/$(basename "$report" .json).html
    "$program" report "$report" -o "$page" -o "${page%.html}.svg"
    # An SVG's title may have an id, which tidy does not know.
    tidy -errors -quiet --drop-empty-elements no "$page" 2>"$out/tidy.txt" || true
    if grep -E 'Error:|Warning:' "$out/tidy.txt" | grep -v '<title> proprietary attribute "id"'; then
        echo "FAILED: tidy finds faults in $page" >&2
        exit 1
    fi
    python3 -c 'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "${page%.html}.svg"
    python3 Tests/Report/check.py "$page" "$out"
done
"$program" report Tests/Vectors/report/input.json "$out/hostile.json" -o "$out/compared.html"
python3 Tests/Report/check.py "$out/compared.html" "$out"

# As the Phoronix Test Suite does it: install.sh and the program that it makes run in a folder that is HOME.
home=$out/phoronix
rm -rf "$home"
mkdir -p "$home"
(
    export HOME="$home" LOG_FILE="$home/log" NIGHTJAR="$program"
    profile=$PWD/packaging/phoronix/nightjar-1.0.0
    cd "$home"
    sh "$profile/install.sh"
    [ "$(cat install-exit-status)" = 0 ]
    ./nightjar --seconds 1 -a cn-pico --device cpu
    [ "$(cat test-exit-status)" = 0 ]
    grep -Eq '^Speed: [0-9.]+ H/s$' log
    ./nightjar --seconds 1 -a none --device cpu
    [ "$(cat test-exit-status)" = 64 ]
    ! grep -q '^Speed:' log
)
echo "ok: the Phoronix profile installs, gives a number, and none after an error"
