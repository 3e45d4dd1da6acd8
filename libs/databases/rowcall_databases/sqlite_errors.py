"""SQLite's errors as ours, with nothing in the message that came from a cell or a literal."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from rowcall_databases.errors import (
    DatabaseError,
    NotADatabase,
    QueryError,
    QueryInterrupted,
    StatementRefused,
    Unreachable,
)

_PRIMARY_CODE = 0xFF  # the low byte of an extended result code

_REFUSED = "The statement does more than read tables, or calls a function that is not allowed."
_BY_CODE: dict[int, tuple[type[DatabaseError], str]] = {
    sqlite3.SQLITE_AUTH: (StatementRefused, _REFUSED),
    sqlite3.SQLITE_READONLY: (StatementRefused, _REFUSED),
    sqlite3.SQLITE_INTERRUPT: (QueryInterrupted, "The statement was interrupted."),
    sqlite3.SQLITE_NOTADB: (NotADatabase, "The file is not a SQLite database, or it is encrypted."),
    sqlite3.SQLITE_CORRUPT: (NotADatabase, "The SQLite file is damaged."),
    sqlite3.SQLITE_BUSY: (Unreachable, "The SQLite file is locked by a writer."),
    sqlite3.SQLITE_LOCKED: (Unreachable, "The SQLite file is locked by a writer."),
    sqlite3.SQLITE_CANTOPEN: (Unreachable, "The SQLite file cannot be opened."),
    sqlite3.SQLITE_IOERR: (Unreachable, "The SQLite file cannot be read."),
    sqlite3.SQLITE_TOOBIG: (QueryError, "A value of the statement is larger than allowed."),
    sqlite3.SQLITE_NOMEM: (QueryError, "The statement needs more memory than allowed."),
}

# Messages that name only what the statement names: tables, columns, functions.
_STRUCTURAL = re.compile(
    r"no such (table|column|function): [\w.$ ]+|ambiguous column name: [\w.$ ]+"
    r"|misuse of aggregate(: \w+\(\))?|wrong number of arguments to function \w+\(\)"
    r"|SELECTs to the left and right of \w+( ALL)? do not have the same number of result columns"
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raises our error for each of the driver's."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning) as error:  # 3.11 warns about a second statement, 3.12 raises
        raise translated(error) from None


def translated(error: sqlite3.Error | sqlite3.Warning) -> DatabaseError:
    """Returns our error for the driver's."""
    message = str(error)
    if "one statement at a time" in message:
        return StatementRefused("Only one statement may be run.")
    # A denied function is reported as a plain SQLITE_ERROR.
    if message.startswith("not authorized"):
        return StatementRefused(_REFUSED)
    known = _BY_CODE.get(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE)
    if known is not None:
        kind, sentence = known
        return kind(sentence)
    detail = _STRUCTURAL.fullmatch(message)
    return QueryError(f"SQLite: {message}." if detail else "SQLite could not run the statement.")
