"""DuckDB's errors as ours, with nothing in the message that came from a cell or a literal."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from rowcall_databases.errors import (
    DatabaseError,
    NotADatabase,
    QueryError,
    QueryInterrupted,
    StatementRefused,
    Unreachable,
)

_BY_KIND: tuple[tuple[type[duckdb.Error], type[DatabaseError], str], ...] = (
    (duckdb.InterruptException, QueryInterrupted, "The statement was interrupted."),
    (duckdb.PermissionException, StatementRefused, "The statement reaches outside the database."),
    (duckdb.OutOfMemoryException, QueryError, "The statement needs more memory than allowed."),
    (duckdb.SerializationException, NotADatabase, "The DuckDB file is damaged or of another version."),
    (duckdb.InternalException, Unreachable, "DuckDB failed inside."),
    (duckdb.FatalException, Unreachable, "DuckDB failed inside."),
    (duckdb.ConversionException, QueryError, "DuckDB: a value cannot be converted to the type asked for."),
    (duckdb.OutOfRangeException, QueryError, "DuckDB: a value is out of the range of its type."),
    (duckdb.ParserException, QueryError, "DuckDB: syntax error."),
)

# The binder's and the catalog's first line names what the statement names; the lines after it quote the statement.
_STRUCTURAL = (duckdb.BinderException, duckdb.CatalogException)
_QUOTED_LITERAL = re.compile(r"'[^']*'")


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raises our error for each of the driver's."""
    try:
        yield
    except duckdb.Error as error:
        raise translated(error) from None


def translated(error: duckdb.Error) -> DatabaseError:
    """Returns our error for the driver's."""
    message = str(error)
    if isinstance(error, duckdb.IOException):
        return _io_error(message)
    if "read-only mode" in message:
        return StatementRefused("The statement does more than read tables.")
    for kind, ours, sentence in _BY_KIND:
        if isinstance(error, kind):
            return ours(sentence)
    if isinstance(error, _STRUCTURAL):
        return QueryError(f"DuckDB: {_first_line(message)}")
    return QueryError("DuckDB could not run the statement.")


def _io_error(message: str) -> DatabaseError:
    if "lock" in message.lower():
        return Unreachable("The DuckDB file is open for writing in another process.")
    return NotADatabase("The file is not a DuckDB database, or it is of another version.")


def _first_line(message: str) -> str:
    line = message.split("\n", 1)[0].partition(": ")[2]
    return _QUOTED_LITERAL.sub("'...'", line)
