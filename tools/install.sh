#!/usr/bin/env bash
# Builds or completes a virtual environment from hash-locked requirements.
# usage: install.sh VENV LOCK... [-- PACKAGE_FOLDER...]
set -euo pipefail

venv=$1
shift

locks=()
while (($#)) && [[ $1 != -- ]]; do
  locks+=(-r "requirements/$1.txt")
  shift
done
(($#)) && shift

packages=()
for folder in "$@"; do packages+=(-e "./$folder"); done

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info)' 2>/dev/null; }

find_python() {
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if suits "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  echo "Rowcall needs Python 3.11 or newer; ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1 || true)." >&2
  echo "Install one, or name it: make PYTHON=/path/to/python3.12 install" >&2
  exit 1
}

if ! suits "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$python lacks the venv module. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi

# --no-deps: the locks are complete, so there is nothing to resolve.
pip=("$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps)
echo "Installing into $venv ..."
"${pip[@]}" --require-hashes --only-binary :all: "${locks[@]}"
if ((${#packages[@]})); then
  "${pip[@]}" --no-build-isolation "${packages[@]}"
fi
