"""What can go wrong with a customer's database, in words that are safe to show and to log.

Messages never carry a path, a host's address, a secret, a literal of the SQL or a cell value.
"""

from typing import ClassVar


class DatabaseError(Exception):
    """A failure at a customer's database. `code` is stable; `str(error)` is a whole sentence for the caller."""

    code: ClassVar[str]
    retryable: ClassVar[bool] = False  # the same call may succeed later without anybody mending anything


class LocationRefused(DatabaseError):
    """The URI is malformed, or names a dialect, driver, option or place that is not allowed."""

    code = "location-refused"


class FileNotFound(DatabaseError):
    """No file at that place below the allowed roots."""

    code = "file-not-found"


class NotADatabase(DatabaseError):
    """There is something at that place, but not a database file of that engine."""

    code = "not-a-database"


class HostRefused(DatabaseError):
    """The host's address may not be dialled."""

    code = "host-refused"


class AuthenticationFailed(DatabaseError):
    """The server did not accept the user, the password or the database name."""

    code = "authentication-failed"


class Unreachable(DatabaseError):
    """The database could not be reached, or the connection was lost."""

    code = "unreachable"
    retryable = True


class QueryTimeout(DatabaseError):
    """The deadline passed; the statement was stopped in the database before this was raised."""

    code = "timeout"


class QueryError(DatabaseError):
    """The database refused the statement or failed at it; running it again gives the same."""

    code = "query-error"


class StatementRefused(DatabaseError):
    """The engine layer stopped a statement that is more than a plain read; the guard should have caught it before."""

    code = "statement-refused"


class QueryInterrupted(DatabaseError):
    """Somebody other than our deadline stopped the statement, such as the server's administrator."""

    code = "interrupted"
    retryable = True


class SchemaTooLarge(DatabaseError):
    """The database has more tables than a catalog may hold."""

    code = "schema-too-large"
