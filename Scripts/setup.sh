#!/bin/sh
# Installs missing system packages, and prints their names. Usage: setup.sh PACKAGE…
# It works on Debian and Ubuntu; on other systems it only names the packages.
set -eu

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup: not a Debian system; these Debian packages' counterparts are needed: $*" >&2
    exit 0
fi

missing=
for package in "$@"; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
        *" installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

run=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "error: these packages are missing, and there is neither root nor sudo to install them:$missing" >&2
        exit 1
    fi
    run=sudo
fi
echo "setup: installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists may be old or, on a fresh image, empty.
# shellcheck disable=SC2086
if ! { $run apt-get update && DEBIAN_FRONTEND=noninteractive $run apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "error: could not install$missing" >&2
    exit 1
fi
