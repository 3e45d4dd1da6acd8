"""The PostgreSQL engine."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import psycopg

from rowcall_contracts.catalog import Dialect, Table
from rowcall_contracts.results import Cell, ResultColumn, ResultSet, ResultType
from rowcall_databases.cells import iso_timestamp, to_cell
from rowcall_databases.collecting import BATCH_ROWS, RowCollector
from rowcall_databases.errors import QueryTimeout
from rowcall_databases.hosts import Resolver, resolve_host
from rowcall_databases.interruption import run_to_its_end
from rowcall_databases.limits import QueryLimits
from rowcall_databases.postgres_connection import connect
from rowcall_databases.postgres_errors import translated_errors
from rowcall_databases.postgres_structure import read_structure
from rowcall_databases.server_location import PostgresLocation

Connection = psycopg.AsyncConnection[tuple[object, ...]]

_STRUCTURE_TIMEOUT_S = 30.0
_LOCK_TIMEOUT_S = 5.0
_REFRESH_TIMEOUT_S = 2.0
# The server stops a statement by itself this long after our deadline, should our cancel not reach it.
_SERVER_MARGIN_S = 2.0
_USER_TYPES_FROM = 16_384  # FirstNormalObjectId: enums and other types of the database's owner

# Per transaction rather than per session, so that it also holds behind a transaction pooler. The texts of values must
# not depend on the server's defaults; 1.0 plans for all rows of a cursor rather than for its first tenth.
_SETTINGS = """
SELECT set_config('statement_timeout', %(statement_ms)s, true), set_config('lock_timeout', %(lock_ms)s, true),
       set_config('DateStyle', 'ISO', true), set_config('IntervalStyle', 'iso_8601', true),
       set_config('TimeZone', 'UTC', true), set_config('cursor_tuple_fraction', '1.0', true)
"""

# Object identifiers of built-in types (pg_type.dat).
_TYPES = {
    16: ResultType.BOOLEAN,
    17: ResultType.BINARY,
    **dict.fromkeys((20, 21, 23, 26), ResultType.INTEGER),
    **dict.fromkeys((700, 701), ResultType.FLOAT),
    1700: ResultType.DECIMAL,
    **dict.fromkeys((18, 19, 25, 1042, 1043, 2950), ResultType.TEXT),
    1082: ResultType.DATE,
    **dict.fromkeys((1114, 1184), ResultType.TIMESTAMP),
    **dict.fromkeys((1083, 1266), ResultType.TIME),
}


class PostgresEngine:
    """One PostgreSQL connection; each call is one read-only transaction that is rolled back."""

    dialect = Dialect.POSTGRES

    def __init__(self, location: PostgresLocation, *, resolve: Resolver = resolve_host) -> None:
        self._location = location
        self._resolve = resolve
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None

    async def version(self) -> str:
        """Returns the server's version as it tells it."""
        async with self._transaction(_STRUCTURE_TIMEOUT_S) as connection:
            row = await (await connection.execute("SHOW server_version")).fetchone()
        return f"PostgreSQL {row[0] if row else ''}".strip()

    async def structure(self, max_tables: int) -> tuple[Table, ...]:
        """Reads the system catalogs: all relations that the user may select from."""
        return await run_to_its_end(self._structure(max_tables))

    async def fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one SELECT as a cursor: DECLARE takes nothing else, and rows beyond the caps are not sent."""
        return await run_to_its_end(self._fetch(sql, limits))

    def sample(self, relation: str, rows: int) -> str:
        """Returns the first rows of the relation in storage order."""
        return f"(SELECT * FROM {relation} LIMIT {rows}) AS sampled"  # noqa: S608 - a quoted name and a number

    async def refresh(self) -> bool:
        """Discards the session's locks, settings and the like; False when the server does not answer in time."""
        async with self._turn:
            return self._connection is None or await _discarded(self._connection)

    async def close(self) -> None:
        """Closes the connection."""
        async with self._turn:
            await self._drop()

    async def _fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        async with self._transaction(limits.timeout_s) as connection, connection.cursor(name="rowcall") as cursor:
            await cursor.execute(sql.encode())
            collector = RowCollector(limits)
            columns = _columns(cursor)
            while (batch := await cursor.fetchmany(BATCH_ROWS)) and collector.add(_cells(r, columns) for r in batch):
                pass
        return collector.result(columns)

    async def _structure(self, max_tables: int) -> tuple[Table, ...]:
        async with self._transaction(_STRUCTURE_TIMEOUT_S) as connection:
            return await read_structure(connection, max_tables)

    @asynccontextmanager
    async def _transaction(self, timeout_s: float) -> AsyncIterator[Connection]:
        """Whatever goes wrong inside, the statement has ended in the server when this is left.

        On a cancel psycopg sends the server a cancel request and waits for the end of the statement.
        """
        async with self._turn:
            connection = self._connection or await connect(self._location, self._resolve)
            self._connection = connection
            try:
                async with asyncio.timeout(timeout_s):
                    with translated_errors():
                        await _settle(connection, timeout_s)
                        yield connection
                        await connection.rollback()
            except TimeoutError:
                await self._drop()
                raise QueryTimeout(f"The statement was stopped after {timeout_s:g} seconds.") from None
            except BaseException:
                await self._drop()
                raise

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


async def _settle(connection: Connection, timeout_s: float) -> None:
    milliseconds = {
        "statement_ms": str(round((timeout_s + _SERVER_MARGIN_S) * 1000)),
        "lock_ms": str(round(min(timeout_s, _LOCK_TIMEOUT_S) * 1000)),
    }
    await connection.execute(_SETTINGS, milliseconds)


async def _discarded(connection: Connection) -> bool:
    try:
        async with asyncio.timeout(_REFRESH_TIMEOUT_S):
            await connection.set_autocommit(True)  # DISCARD ALL refuses to run in a transaction
            await connection.execute("DISCARD ALL")
            await connection.set_autocommit(False)
    except (psycopg.Error, TimeoutError):
        return False
    return True


def _columns(cursor: psycopg.AsyncServerCursor[tuple[object, ...]]) -> tuple[ResultColumn, ...]:
    return tuple(ResultColumn(name=column.name, type=_type(column.type_code)) for column in cursor.description or ())


def _type(oid: int) -> ResultType:
    unknown = ResultType.TEXT if oid >= _USER_TYPES_FROM else ResultType.OTHER
    return _TYPES.get(oid, unknown)


def _cells(row: Sequence[object], columns: Sequence[ResultColumn]) -> tuple[Cell, ...]:
    return tuple(
        iso_timestamp(value) if column.type is ResultType.TIMESTAMP and isinstance(value, str) else to_cell(value)
        for value, column in zip(row, columns, strict=True)
    )
