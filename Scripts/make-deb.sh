#!/bin/sh
# Makes Debian packages: libnightjar0, libnightjar-dev and nightjar. The Swift runtime is linked into them. The same sources,
# toolchain and system give the same bytes in any folder.
# Usage: make-deb.sh OUTPUT_FOLDER
set -eu
cd "$(dirname "$0")/.."
out=$1
# A build of its own: some C sources write the paths of their files into texts, and here the paths begin with a dot.
scratch=.build-deb
build=$scratch/release
library=$build/library
# Swift's compiler orders some instructions by where its own data are in memory. So they are at the same places each time,
# where the system allows that.
fixed=
if setarch -R true 2>/dev/null; then fixed="setarch -R"; fi
build() {
    # shellcheck disable=SC2086 # words
    sh Scripts/with-commit.sh $fixed "${SWIFT:-swift}" build -c release --scratch-path $scratch \
        -Xcc "-ffile-prefix-map=$PWD=." -Xcxx "-ffile-prefix-map=$PWD=." "$@"
}
build --product nightjar
build --target NightjarC
sh Scripts/link-library.sh $build $library
version=$(sed -n 's/.*number = "\(.*\)"/\1/p' Sources/NightjarCore/Version.swift)-1
architecture=$(dpkg --print-architecture)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
# The time of everything in the packages: that of the last commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sh Scripts/link-program.sh "$build" "$work/nightjar"
sh Scripts/install.sh "$work/nightjar" "$library" /usr "$work/all"

# Takes files out of what was installed, each to its place in a package.
take() {
    package=$1
    shift
    for file in "$@"; do
        case $file in
        usr/lib/*nightjar*.[as]* | usr/lib/pkgconfig/*) to=$work/$package/usr/lib/$triplet/${file#usr/lib/} ;;
        *) to=$work/$package/$file ;;
        esac
        mkdir -p "$(dirname "$to")"
        mv "$work/all/$file" "$to"
    done
}
mv "$work/all/usr/lib/systemd" "$work/systemd"
take libnightjar0 usr/lib/libnightjar.so.0
take libnightjar-dev usr/include/nightjar.h usr/lib/libnightjar.so usr/lib/libnightjar.a usr/lib/pkgconfig/nightjar.pc
sed -i "s|^libdir=.*|libdir=\${prefix}/lib/$triplet|" "$work/libnightjar-dev/usr/lib/$triplet/pkgconfig/nightjar.pc"
mkdir -p "$work/nightjar-package/usr/lib"
mv "$work/systemd" "$work/nightjar-package/usr/lib/"
take nightjar-package usr/bin/nightjar usr/share
left=$(find "$work/all" ! -type d)
[ -z "$left" ] || {
    echo "error: no package takes $left" >&2
    exit 1
}
gzip -9n "$work/nightjar-package/usr/share/man/man1/nightjar.1"
# Where Debian's zsh looks.
mv "$work/nightjar-package/usr/share/zsh/site-functions" "$work/nightjar-package/usr/share/zsh/vendor-completions"

# The packages of the shared libraries that a file needs, from the system's lists.
depends() {
    mkdir -p "$work/debian"
    printf 'Source: nightjar\n\nPackage: nightjar\nArchitecture: any\n' >"$work/debian/control"
    (cd "$work" && dpkg-shlibdeps --ignore-missing-info -O -e"$1") | sed -n 's/^shlibs:Depends=//p'
}

# pack FOLDER PACKAGE BINARY SECTION "FIELDS" "DESCRIPTION" <OBJECTS
pack() {
    root=$work/$1
    doc=$root/usr/share/doc/$2
    mkdir -p "$doc" "$root/DEBIAN"
    cat >"$work/objects"
    python3 Scripts/sbom.py "$2" "$3" <"$work/objects" >"$doc/$2.spdx.json"
    {
        cat packaging/copyright
        python3 Scripts/sbom.py --notices <"$work/objects"
    } >"$doc/copyright"
    {
        printf 'Package: %s\nSource: nightjar\nVersion: %s\nArchitecture: %s\n' "$2" "$version" "$architecture"
        echo "Maintainer: Nightjar contributors <nightjar@localhost>"
        echo "Installed-Size: $(du -k -s --apparent-size "$root" | cut -f 1)"
        printf 'Section: %s\nPriority: optional\n%s\nDescription: %s\n' "$4" "$5" "$6"
    } >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f | LC_ALL=C sort | xargs md5sum) >"$root/DEBIAN/md5sums"
    find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --threads-max=1 --build "$root" "$out/$2_${version}_$architecture.deb" >/dev/null
}

mkdir -p "$out"
objects=$build/nightjar.product/Objects.LinkFileList
# The library is made of rooms of the repository alone.
shared=$work/libnightjar0/usr/lib/$triplet/libnightjar.so.0
mkdir -p "$work/libnightjar0/DEBIAN"
echo "libnightjar 0 libnightjar0 (>= ${version%-*})" >"$work/libnightjar0/DEBIAN/shlibs"
echo "activate-noawait ldconfig" >"$work/libnightjar0/DEBIAN/triggers"
echo "NightjarC.build/" | pack libnightjar0 libnightjar0 "$shared" libs "Depends: $(depends "$shared")
Multi-Arch: same" "proof-of-work hashing, verifying and searching: the library
 Hashes and verifies RandomX, CryptoNight, scrypt and SHA-256d, one input or many, on the CPU and on OpenCL devices."
echo "NightjarC.build/" | pack libnightjar-dev libnightjar-dev "$shared" libdevel "Depends: libnightjar0 (= $version)
Suggests: libhwloc-dev
Multi-Arch: same" "proof-of-work hashing, verifying and searching: header and static library
 For programs in C, and in languages that call C. Linking statically needs libhwloc-dev too."
pack nightjar-package nightjar "$work/nightjar" utils "Depends: $(depends "$work/nightjar")
Recommends: ca-certificates
Suggests: ocl-icd-libopencl1" "proof-of-work miner for CPUs and OpenCL devices
 Mines RandomX, CryptoNight, scrypt and SHA-256d, at pools and nodes." <"$objects"
ls "$out"
