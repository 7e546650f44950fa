#!/bin/sh
# Puts MLX's wheels for macOS 14 in place of those that fit the builder's own, newer system: their
# shaders are compiled for one system and everything after it. Takes the environment's Python.
set -eu
cd "$(dirname "$0")/../.."
python="${1:-python}"
lines="$(mktemp)"
trap 'rm -f "$lines"' EXIT
awk '/^mlx(-metal)?==/ { found = 1 } found { print } !/\\$/ { found = 0 }' requirements/run.txt > "$lines"
folder="$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')"
"$python" -m pip install --require-hashes --no-deps --upgrade --only-binary=:all: \
    --platform macosx_14_0_arm64 --target "$folder" -r "$lines"
