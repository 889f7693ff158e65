#!/bin/sh
# The systemd unit: what systemd says of it, and the program under the rights that it leaves. Needs the program as built by
# `make build` or the tests; NIGHTJAR names another one.
set -eu
cd "$(dirname "$0")/../.."
program=$(realpath "${NIGHTJAR:-.build/release/nightjar}")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "error: $1" >&2
    exit 1
}

# The unit alone: systemd would take the drop-in beside it into account, too.
unit=$root/nightjar.service
sed "s|^ExecStart=[^ ]*|ExecStart=$program|" packaging/nightjar.service >"$unit"
gpu=packaging/nightjar.service.d/gpu.conf
said=$(SYSTEMD_LOG_LEVEL=warning systemd-analyze verify --man=no "$unit" 2>&1) || fail "systemd-analyze verify: $said"
[ -z "$said" ] || fail "systemd-analyze verify: $said"
# In tenths: below 1.8.
systemd-analyze security --offline=true --threshold=17 "$unit" >"$root/security" || fail "$(tail -n 1 "$root/security")"
grep -o 'Overall exposure level.*: [0-9.]*' "$root/security"

# `nobody` runs the program, when root runs this: the folders must be its own, and the program within its reach.
mkdir "$root/state" "$root/cache"
cp "$program" "$root/nightjar"
chmod 755 "$root" "$root/nightjar"
chmod 700 "$root/state" "$root/cache"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$root/state" "$root/cache"
export XDG_STATE_HOME="$root/state" XDG_CACHE_HOME="$root/cache" POCL_CACHE_DIR="$root/cache/pocl" HOME="$root/state"
unset SUDO_USER LD_LIBRARY_PATH
# Not a Python of the user that starts this: nobody must be able to run it.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
confined() { "$python" Tests/Service/confined.py "$unit" "$@"; }

# The sandbox shows that a filter is loaded at all.
confined -- "$python" -c 'import mmap; mmap.mmap(-1, 4096, prot=7)' 2>/dev/null && fail "the unit allows rwx memory"
confined -- "$python" -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000) == 0)' ||
    fail "the unit allows namespaces"

confined -- "$root/nightjar" selftest -a rx/0,rx/2,cn/r,cn/gpu --device cpu >"$root/out" 2>&1 ||
    fail "selftest under the unit: $(cat "$root/out")"
confined -- "$root/nightjar" mine --sandbox -a cn/r --device cpu --max-shares 2 --max-seconds 120 \
    --api 127.0.0.1:0 --log-file "$root/state/log" >"$root/out" 2>&1 &
miner=$!
python3 - "$root/out" <<'PYTHON' || fail "the API under the unit: $(cat "$root/out")"
import re, sys, time, urllib.request
for _ in range(600):
    found = re.search(r"API: (http://[0-9.:]+/)", open(sys.argv[1], encoding="utf-8").read())
    if found:
        break
    time.sleep(0.1)
text = urllib.request.urlopen(found.group(1) + "metrics", timeout=30).read().decode()
sys.exit(0 if "nightjar_" in text else 1)
PYTHON
wait "$miner" || fail "mine under the unit: $(cat "$root/out")"
grep -q 'programs are compiled' "$root/out" || fail "no compiled programs under the unit: $(cat "$root/out")"
grep -q ' accepted' "$root/out" || fail "no share under the unit: $(cat "$root/out")"
[ "$(stat -c %a "$root/state/log")" = 600 ] || fail "the log is open to others"

confined "$gpu" -- "$root/nightjar" selftest -a cn-pico,cn/r --device opencl >"$root/out" 2>&1 ||
    fail "OpenCL under the unit with gpu.conf: $(cat "$root/out")"
echo "service: CPU mining with compiled programs, API and OpenCL work under the unit's rights"
