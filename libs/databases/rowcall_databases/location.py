"""Connection URIs: parsed, and everything refused that is not explicitly allowed.

The URIs are SQLAlchemy's: `sqlite:////abs/file`, `duckdb:////abs/file`, `postgresql://user:password@host:5432/name`.
A location remembers the policy it was parsed under; files and addresses are checked again whenever they are used.
"""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from rowcall_contracts.catalog import Dialect
from rowcall_databases.access import AccessPolicy
from rowcall_databases.errors import LocationRefused
from rowcall_databases.files import DUCKDB_SIGNATURE, SQLITE_SIGNATURE, Signature, checked_file
from rowcall_databases.hosts import require_host

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
}
_SIGNATURES = {Dialect.SQLITE: SQLITE_SIGNATURE, Dialect.DUCKDB: DUCKDB_SIGNATURE}

# Everything else is left out on purpose: libpq has options that read files (sslcert, sslkey, passfile, service),
# that run settings (options) or that dial elsewhere (host, hostaddr).
_POSTGRES_OPTIONS = {
    "sslmode": ("disable", "prefer", "require", "verify-full"),
    "channel_binding": ("disable", "prefer", "require"),
}
_POSTGRES_PORT = 5432
_LARGEST_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class FileLocation:
    """A SQLite or DuckDB file; `path` is absolute, with links resolved."""

    dialect: Dialect
    path: Path
    signature: Signature
    policy: AccessPolicy


@dataclass(frozen=True, kw_only=True)
class PostgresLocation:
    """A PostgreSQL server. `host` is a name or an address as the user wrote it, not yet resolved."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: tuple[tuple[str, str], ...]  # libpq keywords and values, all of the allow-list
    policy: AccessPolicy
    dialect: Dialect = Dialect.POSTGRES


Location = FileLocation | PostgresLocation


def parse_uri(uri: str, policy: AccessPolicy) -> Location:
    """Returns where `uri` points, if `policy` lets it point there; files are looked at, names are not resolved yet.

    Raises `LocationRefused`, `FileNotFound`, `NotADatabase` or, for a literal address, `HostRefused`.
    """
    url = _parsed(uri)
    dialect = _DIALECTS.get(url.drivername.lower())
    if dialect is None:
        raise LocationRefused("The URI must begin with sqlite://, duckdb:// or postgresql://.")
    if dialect is Dialect.POSTGRES:
        return _postgres(url, policy)
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


def _postgres(url: URL, policy: AccessPolicy) -> PostgresLocation:
    if not url.host or not url.username or not url.database:
        raise LocationRefused("A PostgreSQL URI names user, host and database: postgresql://user:password@host/name.")
    require_host(url.host, policy)
    port = _POSTGRES_PORT if url.port is None else url.port
    if not 0 < port <= _LARGEST_PORT:
        raise LocationRefused(f"The port must be between 1 and {_LARGEST_PORT}.")
    return PostgresLocation(
        host=url.host,
        port=port,
        database=url.database,
        user=url.username,
        password=str(url.password or ""),
        options=tuple(_postgres_option(name, value) for name, value in url.query.items()),
        policy=policy,
    )


def _postgres_option(name: str, value: str | tuple[str, ...]) -> tuple[str, str]:
    allowed = _POSTGRES_OPTIONS.get(name)
    if allowed is None:
        raise LocationRefused(f"The URI has an option that is not allowed; allowed: {', '.join(_POSTGRES_OPTIONS)}.")
    if not isinstance(value, str) or value not in allowed:
        raise LocationRefused(f"The option {name} must be one of: {', '.join(allowed)}.")
    return name, value
