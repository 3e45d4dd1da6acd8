"""Database files: only regular ones, below the allowed roots, with the engine's signature inside."""

import stat
from dataclasses import dataclass
from pathlib import Path

from rowcall_databases.access import AccessPolicy
from rowcall_databases.errors import FileNotFound, LocationRefused, NotADatabase


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Bytes that every database file of an engine has at `offset`."""

    engine: str
    offset: int
    magic: bytes


SQLITE_SIGNATURE = Signature(engine="SQLite", offset=0, magic=b"SQLite format 3\x00")
"""SQLite file format, section 1.3.1."""

DUCKDB_SIGNATURE = Signature(engine="DuckDB", offset=8, magic=b"DUCK")
"""DuckDB main header: a checksum of eight bytes, then the magic."""


def checked_file(path: Path, signature: Signature, policy: AccessPolicy) -> Path:
    """Returns `path` with all symbolic links resolved.

    Call it at each opening: a link may have been moved since. Raises `LocationRefused` outside the roots (whether
    something is there or not), `FileNotFound`, and `NotADatabase` for anything but a database file of that engine.
    """
    resolved = _resolved(path)
    if not any(resolved.is_relative_to(_resolved(root)) for root in policy.file_roots):
        raise LocationRefused(
            "The file is outside the folders that this installation opens; put it below one of ROWCALL_FILE_ROOTS."
        )
    try:
        _require_signature(resolved, signature)
    except FileNotFoundError:
        raise FileNotFound("There is no such file; check the path in the URI.") from None
    except OSError:
        raise NotADatabase("The file cannot be read; check its permissions.") from None
    return resolved


def _resolved(path: Path) -> Path:
    try:
        # Strict where there is something: from Python 3.13 on, only so does a loop of links raise.
        return path.resolve(strict=path.is_symlink() or path.exists())
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name too long, a NUL byte
        raise LocationRefused("The path cannot be resolved; give the plain path of the file.") from None


def _require_signature(path: Path, signature: Signature) -> None:
    # Before opening: opening a pipe or a device may block or have effects.
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotADatabase(f"That is not a file; give the path of a {signature.engine} database file.")
    with path.open("rb") as file:
        file.seek(signature.offset)
        if file.read(len(signature.magic)) != signature.magic:
            raise NotADatabase(f"The file is not a {signature.engine} database.")
