#!/usr/bin/env bash
# Resolves requirements/*.in into hash-locked files that hold for every platform and name no index.
set -euo pipefail
cd "$(dirname "$0")/../requirements"

compile() {
  ../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --override overrides.in "${@:2}" "$1.in" --output-file "$1.txt"
}

# Each constrains the ones after it.
compile services
compile build
compile embedded
compile embedded-store --prerelease allow
compile dev
compile training
