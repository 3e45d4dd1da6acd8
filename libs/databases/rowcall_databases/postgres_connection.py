"""A PostgreSQL connection that dials only checked addresses and reads no file of this machine."""

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import make_conninfo
from psycopg.types.string import TextLoader

from rowcall_contracts.addresses import Address
from rowcall_databases.hosts import Resolver, checked_addresses
from rowcall_databases.postgres_errors import translated_errors
from rowcall_databases.server_location import PostgresLocation

_CONNECT_TIMEOUT_S = 5

# Values whose text says more than Python's own types can hold: infinity, years before Christ, months, JSON as it is.
_KEPT_AS_TEXT = (
    "date", "time", "timetz", "timestamp", "timestamptz", "interval", "json", "jsonb", "uuid", "inet", "cidr",
    "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange",
    "int4multirange", "int8multirange", "nummultirange", "datemultirange", "tsmultirange", "tstzmultirange",
)  # fmt: skip

# libpq falls back to these files of the machine's user when a connection does not name them.
_NO_FILES = {
    "passfile": "/dev/null/none",  # a path that cannot exist; an empty value means the default
    "sslcertmode": "disable",
    "gssencmode": "disable",
}


async def connect(location: PostgresLocation, resolve: Resolver) -> psycopg.AsyncConnection[tuple[object, ...]]:
    """Opens a connection whose every transaction is read-only. Raises `HostRefused`, `Unreachable`, ...."""
    addresses = await checked_addresses(location.host, location.port, policy=location.policy, resolve=resolve)
    with translated_errors():
        connection = await psycopg.AsyncConnection.connect(
            _conninfo(location, addresses),
            context=_text_adapters(),
            prepare_threshold=None,  # prepared statements neither outlive a refresh nor pass a transaction pooler
        )
    await connection.set_read_only(True)
    return connection


def _conninfo(location: PostgresLocation, addresses: tuple[Address, ...]) -> str:
    """`hostaddr` is what libpq dials; `host` stays the name for the certificate."""
    options = dict(location.options)
    if options.get("sslmode") == "verify-full":
        options["sslrootcert"] = "system"
    return make_conninfo(
        host=",".join([location.host] * len(addresses)),
        hostaddr=",".join(map(str, addresses)),
        port=location.port,
        dbname=location.database,
        user=location.user,
        password=location.password,
        connect_timeout=_CONNECT_TIMEOUT_S,
        application_name="rowcall",
        client_encoding="UTF8",
        options="",  # neither PGOPTIONS of this process nor anything that a connection pooler would refuse
        **_NO_FILES,
        **options,
    )


def _text_adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    for name in _KEPT_AS_TEXT:
        adapters.register_loader(name, TextLoader)
    return adapters
