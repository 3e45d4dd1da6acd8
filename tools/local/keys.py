"""Secrets of the laptop stack: given by the user, or made once and kept where only this user can read them."""

import base64
import secrets
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import SecretStr

from rowcall_runtime.crypto import BadKey, public_key_of
from tools.local.errors import LaptopError
from tools.local.settings import LocalSettings
from tools.local.state import StateFolder

KEY_PREFIX = "rk_"
SHORTEST_BOOTSTRAP_KEY = 32


class Secret(StrEnum):
    """Secrets that only some services receive; the value is the environment variable."""

    BOOTSTRAP_KEY = "ROWCALL_BOOTSTRAP_KEY"
    MASTER_KEY = "ROWCALL_MASTER_KEY"
    LLM_API_KEY = "ROWCALL_LLM_API_KEY"

    @property
    def file_variable(self) -> str:
        """The variable that names a file with the secret."""
        return f"{self}_FILE"


class BadSecretError(LaptopError):
    """A given secret cannot be read or has the wrong form; the message never shows it."""


def secret_files(settings: LocalSettings, state: StateFolder) -> Mapping[Secret, Path]:
    """Returns a file for every secret there is. Services get the file's path, so no configuration holds a secret.

    Raises `BadSecretError`.
    """
    given: dict[Secret, tuple[SecretStr | None, Path | None]] = {
        Secret.BOOTSTRAP_KEY: (settings.bootstrap_key, settings.bootstrap_key_file),
        Secret.MASTER_KEY: (settings.master_key, settings.master_key_file),
        Secret.LLM_API_KEY: (settings.llm_api_key, settings.llm_api_key_file),
    }
    files = {secret: _file(secret, *sources, state=state) for secret, sources in given.items()}
    return {secret: file for secret, file in files.items() if file is not None}


def read_bootstrap_key(files: Mapping[Secret, Path]) -> str:
    """Returns the operator's key. Raises `BadSecretError` when it is not `rk_` and 32 characters or more in all."""
    key = _read(Secret.BOOTSTRAP_KEY, files)
    if not key.startswith(KEY_PREFIX) or len(key) < SHORTEST_BOOTSTRAP_KEY:
        raise BadSecretError(f"{Secret.BOOTSTRAP_KEY} must begin with rk_ and have at least 32 characters.")
    return key


def read_public_key(files: Mapping[Secret, Path]) -> str:
    """Returns the base64 X25519 public key that belongs to the master key. Raises `BadSecretError`."""
    try:
        return public_key_of(_read(Secret.MASTER_KEY, files))
    except BadKey as error:
        raise BadSecretError(str(error)) from error


def _file(secret: Secret, value: SecretStr | None, file: Path | None, *, state: StateFolder) -> Path | None:
    if value is not None:
        return state.write_private(f"{secret.lower()}.given", value.get_secret_value())
    if file is not None:
        return file.resolve()
    make = _MADE.get(secret)
    return _kept(secret, make, state) if make else None


def _kept(secret: Secret, make: Callable[[], str], state: StateFolder) -> Path:
    kept = state.root / f"{secret.lower().removeprefix('rowcall_')}"
    if not kept.exists():
        state.write_private(kept.name, make()).replace(kept)
    return kept


def _read(secret: Secret, files: Mapping[Secret, Path]) -> str:
    try:
        return files[secret].read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSecretError(f"{secret.file_variable}: the file cannot be read ({error.strerror}).") from error


_MADE: Mapping[Secret, Callable[[], str]] = {
    Secret.BOOTSTRAP_KEY: lambda: KEY_PREFIX + secrets.token_urlsafe(32),
    Secret.MASTER_KEY: lambda: base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
}
