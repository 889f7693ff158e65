#!/bin/sh
# The dashboard in a browser: builds nothing, mines in the sandbox for as long as it takes, and leaves screenshots to be
# looked at in the directory that is given. Needs Chromium and Python, and is run by hand:
#   sh Tests/Dashboard/check.sh OUTPUT-DIRECTORY
set -eu
cd "$(dirname "$0")/../.."
out=${1:?an output directory}
mkdir -p "$out"
token=token-of-this-check
NIGHTJAR_API_TOKEN=$token .build/release/nightjar mine --sandbox --api 127.0.0.1:0 >"$out/miner.log" 2>&1 &
miner=$!
trap 'kill $miner 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/.*API: \(http:[^ ]*\).*/\1/p' "$out/miner.log")
    [ -n "$url" ] && break
    sleep 0.2
done
[ -n "$url" ] || { cat "$out/miner.log"; exit 1; }
python3 Tests/Dashboard/check.py "$url" "$token" "$out"
