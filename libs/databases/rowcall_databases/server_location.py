"""Where a database server is and how it may be talked to; everything that is not explicitly allowed is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.engine import URL

from rowcall_contracts.catalog import Dialect
from rowcall_databases.access import AccessPolicy
from rowcall_databases.errors import LocationRefused
from rowcall_databases.hosts import require_host

_LARGEST_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class ServerLocation:
    """A database server. `host` is a name or an address as the user wrote it, not yet resolved."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: tuple[tuple[str, str], ...]  # names and values, all of the allow-list
    policy: AccessPolicy


@dataclass(frozen=True, kw_only=True)
class PostgresLocation(ServerLocation):
    """A PostgreSQL server; the options are libpq's keywords."""

    dialect: Dialect = Dialect.POSTGRES


@dataclass(frozen=True, kw_only=True)
class MysqlLocation(ServerLocation):
    """A MySQL, MariaDB or TiDB server; the options are spelt as in MySQL's own URIs."""

    dialect: Dialect = Dialect.MYSQL


L = TypeVar("L", bound=ServerLocation)


def postgres_location(url: URL, policy: AccessPolicy) -> PostgresLocation:
    """Returns the server of `url`. Raises `LocationRefused`, or `HostRefused` for a literal address."""
    return _POSTGRES.located(url, policy, PostgresLocation)


def mysql_location(url: URL, policy: AccessPolicy) -> MysqlLocation:
    """Returns the server of `url`. Raises `LocationRefused`, or `HostRefused` for a literal address."""
    return _MYSQL.located(url, policy, MysqlLocation)


@dataclass(frozen=True, kw_only=True)
class _Rules:
    product: str
    scheme: str
    usual_port: int
    options: Mapping[str, tuple[str, ...]]  # names that are allowed, and the values that each may have

    def located(self, url: URL, policy: AccessPolicy, kind: type[L]) -> L:
        if not url.host or not url.username or not url.database:
            raise LocationRefused(
                f"A {self.product} URI names user, host and database: {self.scheme}://user:password@host/name."
            )
        require_host(url.host, policy)
        return kind(
            host=url.host,
            port=self._port(url),
            database=url.database,
            user=url.username,
            password=str(url.password or ""),
            options=tuple(self._option(name, value) for name, value in url.query.items()),
            policy=policy,
        )

    def _port(self, url: URL) -> int:
        port = self.usual_port if url.port is None else url.port
        if not 0 < port <= _LARGEST_PORT:
            raise LocationRefused(f"The port must be between 1 and {_LARGEST_PORT}.")
        return port

    def _option(self, name: str, value: str | tuple[str, ...]) -> tuple[str, str]:
        allowed = self.options.get(name)
        if allowed is None:
            raise LocationRefused(f"The URI has an option that is not allowed; allowed: {', '.join(self.options)}.")
        if not isinstance(value, str) or value not in allowed:
            raise LocationRefused(f"The option {name} must be one of: {', '.join(allowed)}.")
        return name, value


_POSTGRES = _Rules(
    product="PostgreSQL",
    scheme="postgresql",
    usual_port=5432,
    # Everything else is left out on purpose: libpq has options that read files (sslcert, sslkey, passfile, service),
    # that run settings (options) or that dial elsewhere (host, hostaddr).
    options={
        "sslmode": ("disable", "prefer", "require", "verify-full"),
        "channel_binding": ("disable", "prefer", "require"),
    },
)
_MYSQL = _Rules(
    product="MySQL",
    scheme="mysql",
    usual_port=3306,
    # Left out on purpose: what reads files (ssl_ca, ssl_key, read_default_file, local_infile), what runs SQL
    # (init_command, sql_mode) and what dials elsewhere (unix_socket). People paste the charset, which is always this.
    options={
        "ssl-mode": ("disabled", "preferred", "required", "verify_identity"),
        "charset": ("utf8mb4",),
    },
)
