"""PostgreSQL's errors as ours, with nothing in the message that came from a cell or a literal."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg

from rowcall_databases.errors import (
    AuthenticationFailed,
    DatabaseError,
    QueryError,
    QueryInterrupted,
    QueryTimeout,
    StatementRefused,
    Unreachable,
)

_REFUSED = "The statement does more than read tables."

# By SQLSTATE, PostgreSQL documentation, appendix A.
_BY_STATE: dict[str, tuple[type[DatabaseError], str]] = {
    "25006": (StatementRefused, _REFUSED),  # read-only transaction
    "42501": (StatementRefused, "The database user may not read what the statement names."),
    "55P03": (QueryError, "A table is locked by somebody else for too long."),
    "3D000": (AuthenticationFailed, "The server has no database of that name."),
    "53300": (Unreachable, "The server has no connection free."),
    "57014": (QueryTimeout, "The statement was stopped by its deadline in the server."),
    "57P03": (Unreachable, "The server is starting or stopping."),
}
_BY_CLASS: dict[str, tuple[type[DatabaseError], str]] = {
    "08": (Unreachable, "The connection to the server was lost."),
    "22": (QueryError, "A value does not fit what the statement does with it."),
    "28": (AuthenticationFailed, "The server did not accept the user or the password."),
    "53": (QueryError, "The server has not enough memory, disk or other resources for the statement."),
    "54": (QueryError, "The statement is too complex for the server."),
    "57": (QueryInterrupted, "The statement was interrupted by the server."),
    "58": (Unreachable, "The server failed inside."),
    "XX": (Unreachable, "The server failed inside."),
}

# Their messages name tables, columns, functions and types, and nothing from a cell.
_STRUCTURAL = (
    pg.UndefinedColumn,
    pg.UndefinedTable,
    pg.UndefinedFunction,
    pg.UndefinedObject,
    pg.AmbiguousColumn,
    pg.AmbiguousFunction,
    pg.AmbiguousAlias,
    pg.DuplicateAlias,
    pg.GroupingError,
    pg.WindowingError,
    pg.DatatypeMismatch,
    pg.InvalidColumnReference,
)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raises our error for each of the driver's."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) from None


def translated(error: psycopg.Error) -> DatabaseError:
    """Returns our error for the driver's."""
    state = error.sqlstate
    if state is None:
        return _without_state(error)
    if isinstance(error, _STRUCTURAL):
        return QueryError(f"PostgreSQL: {error.diag.message_primary}.")
    known = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    if known is not None:
        kind, sentence = known
        return kind(sentence)
    if isinstance(error, pg.SyntaxError):
        return QueryError("PostgreSQL: syntax error.")
    return QueryError(f"PostgreSQL could not run the statement (SQLSTATE {state}).")


def _without_state(error: psycopg.Error) -> DatabaseError:
    """libpq reports a failed connection without a code; its text is the only sign of what failed."""
    text = str(error)
    if "authentication" in text or "password" in text or 'role "' in text or "no pg_hba.conf" in text:
        return AuthenticationFailed("The server did not accept the user or the password.")
    if 'database "' in text:
        return AuthenticationFailed("The server has no database of that name.")
    if "SSL" in text or "certificate" in text:
        return Unreachable("The server's encryption does not fit the sslmode of the URI.")
    return Unreachable("The server cannot be reached; check host, port and firewall.")
