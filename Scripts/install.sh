#!/bin/sh
# Installs a built program with its manual page, completions and systemd unit, and the library for C; or removes them.
# Usage: install.sh PROGRAM LIBRARY_FOLDER PREFIX DESTDIR
#        install.sh --remove PREFIX DESTDIR
# The files go to DESTDIR/PREFIX; DESTDIR is empty, or the root of a package that is being made.
set -eu
cd "$(dirname "$0")/.."

# Every file that this script installs, below the prefix.
program=bin/nightjar
manual=share/man/man1/nightjar.1
bash=share/bash-completion/completions/nightjar
zsh=share/zsh/site-functions/_nightjar
fish=share/fish/vendor_completions.d/nightjar.fish
unit=lib/systemd/system/nightjar.service
header=include/nightjar.h
shared=lib/libnightjar.so.0
link=lib/libnightjar.so
static=lib/libnightjar.a
config=lib/pkgconfig/nightjar.pc

if [ "$1" = --remove ]; then
    root=$3$2
    for file in $program $manual $bash $zsh $fish $unit $header $shared $link $static $config; do rm -f "$root/$file"; done
    exit 0
fi

built=$1
library=$2
prefix=$3
root=$4$3
case $prefix in
*[!A-Za-z0-9/._+@-]*)
    echo "error: PREFIX '$prefix': letters, digits and /._+@- are allowed, because systemd reads it in the unit" >&2
    exit 64
    ;;
esac
command -v python3 >/dev/null 2>&1 || {
    echo "error: python3 is needed to make the manual page" >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Everything that can fail is made before the first file is installed.
python3 Scripts/manual.py "$built" >"$work/manual"
for shell in bash zsh fish; do "$built" completions $shell >"$work/$shell"; done
sed -e "s|/usr/local/bin/nightjar|$prefix/$program|" packaging/nightjar.service >"$work/unit"

version=$(sed -n 's/.*number = "\(.*\)"/\1/p' Sources/NightjarCore/Version.swift)
cat >"$work/config" <<CONFIG
prefix=$prefix
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: nightjar
Description: Proof-of-work hashing, verifying and searching on CPUs and OpenCL devices
Version: $version
Libs: -L\${libdir} -lnightjar
Libs.private: -lhwloc -lstdc++ -lm -lpthread -ldl
Cflags: -I\${includedir}
CONFIG

place() { install -D -m "$1" "$2" "$root/$3"; }
place 755 "$built" $program
place 644 "$work/manual" $manual
place 644 "$work/bash" $bash
place 644 "$work/zsh" $zsh
place 644 "$work/fish" $fish
place 644 "$work/unit" $unit
place 644 Sources/CNightjar/nightjar.h $header
place 644 "$library/libnightjar.so.0" $shared
ln -sf libnightjar.so.0 "$root/$link"
place 644 "$library/libnightjar.a" $static
place 644 "$work/config" $config
# So that the loader finds it, where it looks at all; in a package that is its installer's part.
[ -n "$4" ] || [ "$(id -u)" != 0 ] || ! command -v ldconfig >/dev/null 2>&1 || ldconfig
