"""A short value that changes when a database's structure does."""

import hashlib
from collections.abc import Sequence

from pydantic import TypeAdapter

from rowcall_contracts.catalog import Table

_STRUCTURE = TypeAdapter(tuple[Table, ...])
_NOT_STRUCTURE = {"__all__": {"row_count": True, "columns": {"__all__": {"profile"}}}}


def fingerprint(tables: Sequence[Table]) -> str:
    """Returns a hex digest over names, types, keys and descriptions; counts and profiles do not matter."""
    structure = _STRUCTURE.dump_json(tuple(tables), exclude=_NOT_STRUCTURE)  # type: ignore[arg-type]
    return hashlib.sha256(structure).hexdigest()[:32]
