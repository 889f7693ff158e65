#!/bin/sh
# Installs the packages of `make deb` on a bare Debian 12, uses them there, and takes them away: nothing of them stays. Needs
# root, mmdebstrap, and a mirror of Debian.
# Usage: check.sh FOLDER_OF_PACKAGES [BARE]      BARE is a folder with a bare system to copy, instead of one made anew
set -eu
cd "$(dirname "$0")/../.."
packages=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# For apt's own user.
chmod 755 "$work"
root=$work/root
fail() {
    [ ! -f "$work/log" ] || tail -n 20 "$work/log" >&2
    echo "error: $1" >&2
    exit 1
}
if [ $# -gt 1 ]; then
    cp -a "$2" "$root"
else
    command -v mmdebstrap >/dev/null 2>&1 || fail "mmdebstrap is not installed"
    mmdebstrap --quiet --variant=minbase bookworm "$root" >"$work/log" 2>&1 || fail "mmdebstrap"
fi
mkdir "$root/packages"
cp "$packages"/*.deb examples/c/hash.c "$root/packages"

# Runs a command there. The mounts go with it. What the program keeps for its user is no part of the packages.
there() {
    unshare -m sh -c 'mount -t proc proc "$0/proc" && mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" &&
        exec chroot "$0" "$@"' "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive XDG_CACHE_HOME=/packages/cache XDG_STATE_HOME=/packages/state "$@"
}
# All files but those, and the package manager's own notes.
files() {
    (cd "$root" && find . -path ./packages -prune -o -path ./proc -prune -o -path ./sys -prune -o -path ./dev -prune \
        -o -path ./var/lib/apt -prune -o -path ./var/lib/dpkg -prune -o -path ./var/cache -prune -o -path ./var/log -prune \
        -o -print | LC_ALL=C sort)
}
deb() { (cd "$root" && ls "packages/$1"_*.deb | sed "s|^|/|"); }
get() { there apt-get install -qq --no-install-recommends "$@" >"$work/log" 2>&1 || fail "apt-get install $*"; }
remove() { there apt-get purge -qq --auto-remove "$@" >"$work/log" 2>&1 || fail "apt-get purge $*"; }
is_answer() {
    [ "$2" = a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605 ] || fail "$1 hashes: $2"
}

there apt-get update -qq >"$work/log" 2>&1 || fail "apt-get update"
files >"$work/before"
get "$(deb libnightjar0)" "$(deb libnightjar-dev)" "$(deb nightjar)"
is_answer "the installed program" "$(echo 5468697320697320612074657374 | there nightjar hash -a cn/0 --device cpu)"
there nightjar devices --json | grep -q '"cpu"' || fail "the installed program lists no CPU"
for package in libnightjar0 libnightjar-dev nightjar; do
    ! there dpkg --verify $package | grep . || fail "files of $package differ"
    python3 -c 'import json, sys; json.load(open(sys.argv[1]))["spdxVersion"]' \
        "$root/usr/share/doc/$package/$package.spdx.json" || fail "the list of $package"
done
remove nightjar libnightjar-dev libnightjar0
files >"$work/after"
diff "$work/before" "$work/after" || fail "what is removed leaves files"

get "$(deb libnightjar0)" "$(deb libnightjar-dev)" gcc libc6-dev libhwloc-dev libstdc++-12-dev pkg-config
there sh -c 'cc /packages/hash.c $(pkg-config --cflags --libs nightjar) -o /packages/hash' || fail "linking"
is_answer "the linked program" "$(there /packages/hash cn/0 "This is a test")"
there sh -c 'cc /packages/hash.c -Wl,-Bstatic -lnightjar -Wl,-Bdynamic \
    $(pkg-config --static --libs-only-l nightjar | sed "s/-lnightjar //") -o /packages/static-hash' ||
    fail "linking statically"
# Its library is not there any more.
there apt-get purge -qq libnightjar-dev libnightjar0 >"$work/log" 2>&1 || fail "apt-get purge"
is_answer "the statically linked program" "$(there /packages/static-hash cn/0 "This is a test")"
echo "packages: installed on a bare Debian, linked with, and removed without a trace"
