"""MySQL's errors as ours, with nothing in the message that came from a cell or a literal."""

import ssl
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.constants import CR, ER

from rowcall_databases.errors import (
    AuthenticationFailed,
    DatabaseError,
    QueryError,
    QueryInterrupted,
    QueryTimeout,
    StatementRefused,
    Unreachable,
)

_Outcome = tuple[type[DatabaseError], str]

_LOGIN: _Outcome = (AuthenticationFailed, "The server did not accept the user or the password.")
_HOST: _Outcome = (AuthenticationFailed, "The server does not let anybody in from here.")
_NO_DATABASE: _Outcome = (AuthenticationFailed, "The server has no database of that name for this user.")
_METHOD: _Outcome = (
    AuthenticationFailed,
    "This way of logging in is unknown, or needs ssl-mode=verify_identity.",
)
_BUSY: _Outcome = (Unreachable, "The server has no connection free.")
_LOST: _Outcome = (Unreachable, "The connection to the server was lost.")
_NOT_REACHED: _Outcome = (Unreachable, "The server cannot be reached; check host, port and firewall.")
_WRITES: _Outcome = (StatementRefused, "The statement does more than read tables.")
_NOT_GRANTED: _Outcome = (StatementRefused, "The database user may not read what the statement names.")
_LOCKED: _Outcome = (QueryError, "A table is locked by somebody else for too long.")
_TOO_LATE: _Outcome = (QueryTimeout, "The statement was stopped by its deadline in the server.")
_STOPPED: _Outcome = (QueryInterrupted, "The statement was interrupted by the server.")
_RESOURCES: _Outcome = (QueryError, "The server has not enough memory, disk or other resources for the statement.")
_SYNTAX: _Outcome = (QueryError, "MySQL: syntax error, or no single query.")
_TLS: _Outcome = (Unreachable, "The server's encryption does not fit the ssl-mode of the URI.")
_NO_PROTOCOL: _Outcome = (Unreachable, "What answers at that place does not speak MySQL's protocol as it should.")

# Error references of MySQL 8.4 and MariaDB 11.4; 1927 and 1969 are MariaDB's alone, 3024 is MySQL's and TiDB's.
_BY_CODE: dict[int, _Outcome] = {
    **dict.fromkeys((ER.ACCESS_DENIED_ERROR, 1698, 1862, 3118), _LOGIN),
    **dict.fromkeys((ER.HOST_NOT_PRIVILEGED, ER.HOST_IS_BLOCKED), _HOST),
    **dict.fromkeys((ER.DBACCESS_DENIED_ERROR, ER.BAD_DB_ERROR), _NO_DATABASE),
    **dict.fromkeys((1251, 1524, CR.CR_AUTH_PLUGIN_CANNOT_LOAD, CR.CR_AUTH_PLUGIN_ERR), _METHOD),
    **dict.fromkeys((ER.CON_COUNT_ERROR, ER.TOO_MANY_USER_CONNECTIONS, 1226), _BUSY),
    **dict.fromkeys((CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, ER.SERVER_SHUTDOWN, 1158, 1159, 1160, 1161), _LOST),
    **dict.fromkeys((CR.CR_CONNECTION_ERROR, CR.CR_CONN_HOST_ERROR), _NOT_REACHED),
    **dict.fromkeys((1792, 1290, 1295, 1223, ER.CANT_UPDATE_WITH_READLOCK), _WRITES),
    **dict.fromkeys((1142, 1143, 1227, 1370), _NOT_GRANTED),
    **dict.fromkeys((ER.LOCK_WAIT_TIMEOUT, ER.LOCK_DEADLOCK), _LOCKED),
    **dict.fromkeys((3024, 1969), _TOO_LATE),
    **dict.fromkeys((1317, 1927), _STOPPED),
    **dict.fromkeys((1021, 1037, 1038, 1041, 1114, 1135, 1436, 8175), _RESOURCES),
    **dict.fromkeys((1064, 1149), _SYNTAX),
    CR.CR_SSL_CONNECTION_ERROR: _TLS,
}

# Their messages name tables, columns, aliases and functions, and nothing from a cell or a literal: unknown table,
# column or function, ambiguous names, wrong grouping, and sub-queries or unions of the wrong width.
_STRUCTURAL = frozenset({1046, 1051, 1052, 1054, 1055, 1056, 1060, 1066, 1109, 1111, 1128, 1140, 1146, 1222, 1241, 1242,
                         1247, 1248, 1305, 1318, 1582, 3593})  # fmt: skip

# What PyMySQL lets through when a peer does not keep to the protocol, or asks for a file of this machine.
_DRIVER_FAILURES = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, struct.error)


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raises our error for each of the driver's."""
    try:
        yield
    except pymysql.Error as error:
        raise translated(error) from None
    except OSError:
        raise _made(_LOST) from None
    except _DRIVER_FAILURES:
        raise _made(_NO_PROTOCOL) from None


def translated(error: pymysql.Error) -> DatabaseError:
    """Returns our error for the driver's."""
    if isinstance(error.__context__, ssl.SSLError):
        return _made(_TLS)
    code, message = (*error.args, None, None)[:2]
    known = _BY_CODE.get(code) if isinstance(code, int) else _NO_PROTOCOL
    if known is not None:
        return _made(known)
    if code in _STRUCTURAL:
        return QueryError(f"MySQL: {message}.")
    return QueryError(f"MySQL could not run the statement (error {code}).")


def _made(outcome: _Outcome) -> DatabaseError:
    kind, sentence = outcome
    return kind(sentence)
