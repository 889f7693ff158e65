#!/bin/sh
# Installs into an empty folder, looks at what came, runs it from there, and takes it away again. Needs the program as built
# by `make build` or the tests; NIGHTJAR names another one.
set -eu
cd "$(dirname "$0")/../.."
program=${NIGHTJAR:-.build/release/nightjar}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
fail() {
    echo "error: $1" >&2
    exit 1
}

! sh Scripts/install.sh "$program" .build/release/library '/opt/R&D' "$root" 2>/dev/null || fail "a prefix that the unit cannot hold is taken"
make --no-print-directory install NIGHTJAR="$program" DESTDIR="$root" PREFIX=/opt/test
(cd "$root" && find . -type f | sort) >"$root.files"
cat >"$root.wanted" <<'FILES'
./opt/test/bin/nightjar
./opt/test/include/nightjar.h
./opt/test/lib/libnightjar.a
./opt/test/lib/libnightjar.so.0
./opt/test/lib/pkgconfig/nightjar.pc
./opt/test/lib/systemd/system/nightjar.service
./opt/test/share/bash-completion/completions/nightjar
./opt/test/share/fish/vendor_completions.d/nightjar.fish
./opt/test/share/man/man1/nightjar.1
./opt/test/share/zsh/site-functions/_nightjar
FILES
diff "$root.wanted" "$root.files" || fail "the installed files differ from the wanted ones"
rm -f "$root.files" "$root.wanted"

installed=$root/opt/test
digest=$(echo 5468697320697320612074657374 | "$installed/bin/nightjar" hash -a cn/0 --device cpu)
[ "$digest" = a084f01d1437a09c6985401b60d43554ae105802c5f5d8a9b3253649c0be6605 ] || fail "the installed program hashes: $digest"
grep -q '^ExecStart=/opt/test/bin/nightjar mine ' "$installed/lib/systemd/system/nightjar.service" ||
    fail "the unit does not start the installed program"

# Every command that the program lists has its place on the page and in each shell's script.
commands=$("$installed/bin/nightjar" --help | sed -n '/SUBCOMMANDS:$/,/^$/s/^  \([a-z]*\)  .*/\1/p')
[ -n "$commands" ] || fail "the program lists no commands"
for command in $commands; do
    grep -q "^\.SS $command\$" "$installed/share/man/man1/nightjar.1" || fail "the manual page lacks $command"
    for script in bash-completion/completions/nightjar zsh/site-functions/_nightjar fish/vendor_completions.d/nightjar.fish; do
        grep -q "$command" "$installed/share/$script" || fail "$script lacks $command"
    done
done
for shell in bash zsh fish; do
    command -v $shell >/dev/null 2>&1 || continue
    case $shell in
    bash) script=share/bash-completion/completions/nightjar ;;
    zsh) script=share/zsh/site-functions/_nightjar ;;
    fish) script=share/fish/vendor_completions.d/nightjar.fish ;;
    esac
    $shell -n "$installed/$script" || fail "$shell can't read $script"
done
if command -v groff >/dev/null 2>&1; then
    warnings=$(groff -k -man -ww -Tutf8 "$installed/share/man/man1/nightjar.1" 2>&1 >/dev/null)
    [ -z "$warnings" ] || fail "groff warns of the manual page: $warnings"
fi

make --no-print-directory uninstall DESTDIR="$root" PREFIX=/opt/test
left=$(find "$root" ! -type d)
[ -z "$left" ] || fail "uninstall leaves $left"

# The commit in a build: named while the build runs, and not known to a later one.
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
    seen=$(sh Scripts/with-commit.sh cat Sources/CCommit/commit.h)
    case $seen in
    "#define NJ_COMMIT \"$(git rev-parse --short=12 HEAD)"*) ;;
    *) fail "a build is told of this commit: $seen" ;;
    esac
    [ ! -e Sources/CCommit/commit.h ] || fail "with-commit.sh leaves its header"
    ! sh Scripts/with-commit.sh false || fail "with-commit.sh hides that its command failed"
    [ ! -e Sources/CCommit/commit.h ] || fail "with-commit.sh leaves its header when its command fails"
fi
echo "install: program, library, manual page, completions and unit; uninstall leaves nothing"
