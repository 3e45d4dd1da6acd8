#!/usr/bin/env bash
# Makes the keys of a new installation, one file each, and never overwrites a folder.
# usage: new-secrets.sh FOLDER
# Keys are made inside the gateway's image; set PYTHON to use an interpreter that has Rowcall's packages instead.
set -euo pipefail

folder=${1:?usage: new-secrets.sh FOLDER}
image=${IMAGE:-rowcall-gateway:0.1.0}

if [[ -e $folder ]]; then
  echo "$folder exists already; keys that are lost or replaced make every stored secret unreadable." >&2
  exit 1
fi

make_keys='
import base64, secrets
from rowcall_runtime.crypto import public_key_of
master = base64.b64encode(secrets.token_bytes(32)).decode()
print(master, public_key_of(master), "rk_" + secrets.token_urlsafe(32))
'
if [[ -n ${PYTHON:-} ]]; then
  keys=$("$PYTHON" -c "$make_keys")
else
  keys=$(docker run --rm --network none --entrypoint /opt/rowcall/bin/python "$image" -c "$make_keys")
fi
read -r master public bootstrap <<<"$keys"

# Others on this machine cannot enter the folder; the files are readable, because containers run as another user.
mkdir -p "$(dirname "$folder")"
mkdir -m 0700 "$folder"
umask 022
printf '%s' "$master" >"$folder/master-key"
printf '%s' "$public" >"$folder/public-key"
printf '%s' "$bootstrap" >"$folder/bootstrap-key"
echo "Keys are in $folder. Keep a copy of master-key in a safe place; bootstrap-key opens the API."
