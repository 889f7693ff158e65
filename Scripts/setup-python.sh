#!/bin/sh
# Makes a Python environment with the packages of a requirements file, unless it has them already.
# Usage: setup-python.sh FOLDER REQUIREMENTS
# Uses the system's Python, for which the packages are built; NIGHTJAR_PYTHON names another.
set -eu
folder=$1
requirements=$2
mark="$folder/$(basename "$requirements")"

if cmp -s "$requirements" "$mark"; then
    exit 0
fi
python=${NIGHTJAR_PYTHON:-/usr/bin/python3}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
rm -rf "$folder"
echo "setup: making a Python environment in $folder"
if ! { "$python" -m venv "$folder" && "$folder/bin/pip" install --disable-pip-version-check --require-hashes --only-binary :all: -r "$requirements"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "error: could not install the packages of $requirements" >&2
    exit 1
fi
cp "$requirements" "$mark"
