"""What SQLite itself lets a statement do, whatever the guard thought of it (https://sqlite.org/c3ref/set_authorizer.html)."""

import sqlite3
from collections.abc import Callable

from rowcall_sqlguard.functions import SQLITE_ENGINE_FUNCTIONS

Authorizer = Callable[[int, str | None, str | None, str | None, str | None], int]
"""Gets an action, its two arguments, the database and the view it comes from; returns OK or DENY."""

_READ_ACTIONS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})
_STRUCTURE_PRAGMAS = frozenset({"table_xinfo", "foreign_key_list"})
_SCHEMA_TABLE = "sqlite_master"

# Tables that show the file's pages or the engine's inside rather than rows.
_INTERNAL_PREFIXES = ("sqlite_", "pragma_")
_INTERNAL_TABLES = frozenset({"bytecode", "dbstat", "fts3tokenize", "tables_used"})


def authorize_query(  # sizes: sqlite3's callback
    action: int, first: str | None, second: str | None, database: str | None, view: str | None
) -> int:
    """Allows SELECT, recursion, reading users' tables, and the functions of the allow-list; denies all else."""
    if action in _READ_ACTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ:
        return sqlite3.SQLITE_DENY if _is_internal(first or "") else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in SQLITE_ENGINE_FUNCTIONS:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def authorize_structure(  # sizes: sqlite3's callback
    action: int, first: str | None, second: str | None, database: str | None, view: str | None
) -> int:
    """Allows what a query may do, the schema table, and the two pragmas that describe tables."""
    if action == sqlite3.SQLITE_PRAGMA and first in _STRUCTURE_PRAGMAS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and first == _SCHEMA_TABLE:
        return sqlite3.SQLITE_OK
    return authorize_query(action, first, second, database, view)


def _is_internal(table: str) -> bool:
    name = table.lower()
    return name.startswith(_INTERNAL_PREFIXES) or name in _INTERNAL_TABLES
