#!/bin/sh
# packaging/fleet: the names that its files use, Prometheus' rules, and the shell recipe with stand-ins for ssh and the
# programs that it runs on a rig. Tests/Fleet/rigs.py runs a whole fleet, by hand.
set -eu
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "error: $1" >&2
    exit 1
}
fleet=packaging/fleet

python3 Tests/Fleet/names.py

if command -v promtool >/dev/null; then
    cp -r "$fleet/prometheus" "$root/prometheus"
    echo token >"$root/prometheus/nightjar-token"
    promtool check config "$root/prometheus/prometheus.yml" >"$root/out" 2>&1 || fail "$(cat "$root/out")"
    promtool test rules Tests/Fleet/rules.yml >"$root/out" 2>&1 || fail "$(cat "$root/out")"
    echo "Prometheus' rules: right"
else
    echo "Prometheus' rules: not run, because promtool is not installed (Debian's package prometheus)"
fi

# Stand-ins: ssh runs the command here, where each program writes down what it was asked.
bin=$root/bin
mkdir "$bin" "$root/rig"
for name in apt-get systemctl install tee sudo; do
    printf '#!/bin/sh\necho "%s $*" >>"%s/asked"\n' "$name" "$root" >"$bin/$name"
done
cat >"$bin/nightjar" <<STANDIN
#!/bin/sh
grep -q wallet "\$3" || { echo "error: no wallet" >&2; exit 78; }
STANDIN
cat >"$bin/ssh" <<STANDIN
#!/bin/sh
while [ "\$1" = -o ]; do shift 2; done
echo "ssh \$1" >>"$root/asked"
[ "\$1" != down ] || { echo "no route to down" >&2; exit 255; }
shift
exec env TMPDIR="$root/rig" sh -c "\$*"
STANDIN
cat >"$bin/scp" <<STANDIN
#!/bin/sh
while [ "\$1" != -- ]; do shift; done
shift
for last; do :; done
while [ \$# -gt 1 ]; do cp "\$1" "\${last#*:}"; shift; done
STANDIN
chmod +x "$bin"/*
rigs() { PATH="$bin:$PATH" sh "$fleet/rigs.sh" "$@"; }

printf '# two rigs\n\nadmin@one 9090\ntwo\n' >"$root/rigs"
[ "$(rigs "$root/rigs" targets)" = "- targets:
    - one:9090
    - two:8080" ] || fail "targets: $(rigs "$root/rigs" targets)"

echo '{"user": "wallet"}' >"$root/config.json"
echo secret >"$root/token"
: >"$root/nightjar.deb"
rigs "$root/rigs" install "$root/nightjar.deb" "$root/config.json" "$root/token" >"$root/out" 2>&1 || fail "install: $(cat "$root/out")"
[ "$(cat "$root/out")" = "admin@one: runs
two: runs" ] || fail "install: $(cat "$root/out")"
grep -q 'install -m 644 .*/config.json /etc/nightjar/config.json' "$root/asked" || fail "install copied no configuration"
grep -q 'install -m 600 .*/token /etc/nightjar/token' "$root/asked" || fail "install copied no token"
[ "$(grep -c 'restart nightjar' "$root/asked")" = 2 ] || fail "install started not both services"
[ -z "$(ls "$root/rig")" ] || fail "install left files on a rig: $(ls "$root/rig")"

# A configuration that the program refuses replaces nothing.
: >"$root/asked"
echo '{}' >"$root/wrong.json"
status=0
rigs "$root/rigs" install "$root/nightjar.deb" "$root/wrong.json" "$root/token" >"$root/out" 2>&1 || status=$?
[ "$status" = 1 ] || fail "install of a wrong configuration ended with $status"
if grep -q '/etc/nightjar' "$root/asked"; then fail "a wrong configuration was installed"; fi

# A rig that is down is named, and the others go on.
printf 'down\ntwo\n' >"$root/rigs"
status=0
rigs "$root/rigs" run echo here >"$root/out" 2>&1 || status=$?
[ "$status $(cat "$root/out")" = "1 down: no route to down
two: here" ] || fail "run: $status $(cat "$root/out")"

for arguments in "" "$root/rigs" "$root/rigs nothing" "$root/rigs run" "$root/rigs install one"; do
    status=0
    # shellcheck disable=SC2086
    rigs $arguments >"$root/out" 2>&1 || status=$?
    [ "$status" = 64 ] || fail "rigs.sh $arguments: $status"
    [ "$(wc -l <"$root/out")" = 1 ] && grep -q '^error: ' "$root/out" || fail "rigs.sh $arguments: $(cat "$root/out")"
done
echo "rigs.sh: right"
