#!/bin/sh
# Installs, updates and watches Nightjar on many machines, by ssh alone: see docs/fleet.md.
#
#   rigs.sh FILE install DEB… CONFIG TOKEN   copies packages, configuration and the API's token, and starts the service
#   rigs.sh FILE run COMMAND…                runs a command on every rig
#   rigs.sh FILE health TOKEN                asks every rig's API
#   rigs.sh FILE targets                     prints the list of rigs for Prometheus
#
# FILE has one rig a line: the name for ssh, and after a space the port of its API where that is not 8080. Empty lines and
# lines with # are left out. ssh must log in without asking, as root or as a user with sudo that does not ask. TOKEN is a
# file with the API's token. A rig that fails is named; the others go on; the status is 1 then.
set -eu
fail() {
    echo "error: $1" >&2
    exit "${2:-64}"
}
[ $# -ge 2 ] || fail "usage: rigs.sh FILE install|run|health|targets …"
file=$1 action=$2
shift 2
[ -r "$file" ] || fail "$file cannot be read" 65
list=$(grep -v '^[[:space:]]*\(#\|$\)' "$file") || fail "$file has no rig" 65
remote() { ssh -o BatchMode=yes -o ConnectTimeout=10 "$@"; }

# RIG ARGUMENTS…: one rig's turn.
install_one() {
    rig=$1
    shift
    folder=$(remote "$rig" mktemp -d) || return 1
    # ssh must not read the list of rigs from standard input.
    scp -q -o BatchMode=yes -- "$@" "$rig:$folder/" </dev/null || return 1
    remote "$rig" "sh -s -- '$folder' '$(basename "$configuration")' '$(basename "$token")'" <<'REMOTE'
set -eu
folder=$1 configuration=$2 token=$3
root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
trap 'rm -rf "$folder"' EXIT
root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$folder"/*.deb >/dev/null
# The configuration is checked before the old one is replaced.
NIGHTJAR_API_TOKEN_FILE="$folder/$token" nightjar mine -c "$folder/$configuration" --check >/dev/null
root install -d -m 755 /etc/nightjar /etc/systemd/system/nightjar.service.d
root install -m 644 "$folder/$configuration" /etc/nightjar/config.json
root install -m 600 "$folder/$token" /etc/nightjar/token
# systemd hands the token to the service; no other user can read it.
printf '[Service]\nLoadCredential=token:/etc/nightjar/token\nEnvironment=NIGHTJAR_API_TOKEN_FILE=%%d/token\n' |
    root tee /etc/systemd/system/nightjar.service.d/fleet.conf >/dev/null
root systemctl daemon-reload
root systemctl enable --quiet nightjar
root systemctl restart nightjar
REMOTE
}

status=0
case $action in
    install)
        [ $# -ge 3 ] || fail "usage: rigs.sh FILE install DEB… CONFIG TOKEN"
        for path in "$@"; do
            [ -r "$path" ] || fail "$path cannot be read" 65
            configuration=${token:-} token=$path
        done
        for rig in $(printf '%s\n' "$list" | awk '{ print $1 }'); do
            if install_one "$rig" "$@"; then echo "$rig: runs"; else
                echo "error: $rig" >&2
                status=1
            fi
        done
        ;;
    run)
        [ $# -ge 1 ] || fail "usage: rigs.sh FILE run COMMAND…"
        for rig in $(printf '%s\n' "$list" | awk '{ print $1 }'); do
            said=$(remote "$rig" "$@" </dev/null 2>&1) || status=1
            printf '%s\n' "$said" | sed "s|^|$rig: |"
        done
        ;;
    health)
        [ $# = 1 ] && [ -r "$1" ] || fail "usage: rigs.sh FILE health TOKEN"
        # The token goes through a file of curl's, so that no other user sees it among the processes.
        for rig in $(printf '%s\n' "$list" | awk '{ sub(/^.*@/, "", $1); print $1 ":" ($2 ? $2 : 8080) }'); do
            said=$(printf 'header = "Authorization: Bearer %s"\n' "$(head -n 1 "$1")" |
                curl -sS --fail-with-body --max-time 10 -K - "http://$rig/health" 2>&1) || status=1
            printf '%s\n' "$said" | sed "s|^|$rig: |"
        done
        ;;
    targets)
        echo "- targets:"
        printf '%s\n' "$list" | awk '{ sub(/^.*@/, "", $1); print "    - " $1 ":" ($2 ? $2 : 8080) }'
        ;;
    *) fail "there is no '$action': install, run, health or targets" ;;
esac
exit "$status"
