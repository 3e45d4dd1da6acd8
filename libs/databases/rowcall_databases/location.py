"""Connection URIs: parsed, and everything refused that is not explicitly allowed.

The URIs are SQLAlchemy's: `sqlite:////abs/file`, `duckdb:////abs/file`, `postgresql://user:password@host:5432/name`,
`mysql://user:password@host:3306/name`.
A location remembers the policy it was parsed under; files and addresses are checked again whenever they are used.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from rowcall_contracts.catalog import Dialect
from rowcall_databases.access import AccessPolicy
from rowcall_databases.errors import LocationRefused
from rowcall_databases.files import DUCKDB_SIGNATURE, SQLITE_SIGNATURE, Signature, checked_file
from rowcall_databases.server_location import MysqlLocation, PostgresLocation, mysql_location, postgres_location

MAX_URI_CHARS = 2048

# Driver names are accepted because people paste them; which driver runs is our affair.
_DIALECTS = {
    "sqlite": Dialect.SQLITE,
    "sqlite+pysqlite": Dialect.SQLITE,
    "duckdb": Dialect.DUCKDB,
    "postgresql": Dialect.POSTGRES,
    "postgres": Dialect.POSTGRES,
    "postgresql+psycopg": Dialect.POSTGRES,
    "postgresql+psycopg2": Dialect.POSTGRES,
    "postgresql+asyncpg": Dialect.POSTGRES,
    "mysql": Dialect.MYSQL,
    "mysql+pymysql": Dialect.MYSQL,
    "mysql+mysqldb": Dialect.MYSQL,
    "mysql+mysqlconnector": Dialect.MYSQL,
    "mysql+asyncmy": Dialect.MYSQL,
    "mysql+aiomysql": Dialect.MYSQL,
    "mariadb": Dialect.MYSQL,
    "mariadb+pymysql": Dialect.MYSQL,
}
_SIGNATURES = {Dialect.SQLITE: SQLITE_SIGNATURE, Dialect.DUCKDB: DUCKDB_SIGNATURE}


@dataclass(frozen=True, kw_only=True)
class FileLocation:
    """A SQLite or DuckDB file; `path` is absolute, with links resolved."""

    dialect: Dialect
    path: Path
    signature: Signature
    policy: AccessPolicy


Location = FileLocation | PostgresLocation | MysqlLocation


def parse_uri(uri: str, policy: AccessPolicy) -> Location:
    """Returns where `uri` points, if `policy` lets it point there; files are looked at, names are not resolved yet.

    Raises `LocationRefused`, `FileNotFound`, `NotADatabase` or, for a literal address, `HostRefused`.
    """
    url = _parsed(uri)
    dialect = _DIALECTS.get(url.drivername.lower())
    if dialect is None:
        raise LocationRefused("The URI must begin with sqlite://, duckdb://, postgresql:// or mysql://.")
    match dialect:
        case Dialect.POSTGRES:
            return postgres_location(url, policy)
        case Dialect.MYSQL:
            return mysql_location(url, policy)
        case Dialect.SQLITE | Dialect.DUCKDB:
            return _file(url, dialect, policy)


def _parsed(uri: str) -> URL:
    if len(uri) > MAX_URI_CHARS:
        raise LocationRefused(f"The URI is longer than {MAX_URI_CHARS} characters.")
    if not uri.isprintable():
        raise LocationRefused("The URI contains control characters.")
    try:
        return make_url(uri)
    except (ArgumentError, ValueError):  # their messages quote the URI, and with it the password
        raise LocationRefused("The URI cannot be parsed; percent-encode special characters in its parts.") from None


def _file(url: URL, dialect: Dialect, policy: AccessPolicy) -> FileLocation:
    if url.query or url.host or url.username:
        raise LocationRefused(f"A {dialect} URI is {dialect}:////absolute/path and has no host and no options.")
    if not url.database or not url.database.startswith("/"):
        raise LocationRefused(f"The path must be absolute: {dialect}:////absolute/path, with four slashes.")
    signature = _SIGNATURES[dialect]
    path = checked_file(Path(url.database), signature, policy)
    return FileLocation(dialect=dialect, path=path, signature=signature, policy=policy)
