"""The engine for MySQL, MariaDB and TiDB."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from rowcall_contracts.catalog import Dialect, Table
from rowcall_contracts.results import ResultSet
from rowcall_databases.collecting import BATCH_ROWS, RowCollector
from rowcall_databases.errors import DatabaseError, QueryTimeout, Unreachable
from rowcall_databases.hosts import Resolver, resolve_host
from rowcall_databases.interruption import run_interruptible
from rowcall_databases.limits import QueryLimits
from rowcall_databases.mysql_connection import MysqlConnection
from rowcall_databases.mysql_dialling import CONNECT_TIMEOUT_S, dial
from rowcall_databases.mysql_structure import read_structure
from rowcall_databases.mysql_values import ColumnTypes
from rowcall_databases.server_location import MysqlLocation

T = TypeVar("T")

_STRUCTURE_TIMEOUT_S = 30.0
_REFRESH_TIMEOUT_S = 2.0


class MysqlEngine:
    """One connection, used by a thread of its own; each call is one read-only transaction that is rolled back."""

    dialect = Dialect.MYSQL

    def __init__(self, location: MysqlLocation, *, resolve: Resolver = resolve_host) -> None:
        self._location = location
        self._resolve = resolve
        self._turn = asyncio.Lock()
        self._session: _Session | None = None

    async def version(self) -> str:
        """Returns product and version as the server tells them."""
        return await self._run(_version, timeout_s=_STRUCTURE_TIMEOUT_S)

    async def structure(self, max_tables: int) -> tuple[Table, ...]:
        """Reads the information schema: all tables of the URI's database that the user may see."""
        return await self._run(lambda connection: _structure(connection, max_tables), timeout_s=_STRUCTURE_TIMEOUT_S)

    async def fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one query, row by row; what is left of it when a cap is reached is killed in the server."""
        return await self._run(lambda connection: _fetch(connection, sql, limits), timeout_s=limits.timeout_s)

    def sample(self, relation: str, rows: int) -> str:
        """Returns the first rows of the relation in the order of its primary key."""
        return f"(SELECT * FROM {relation} LIMIT {rows}) AS sampled"  # noqa: S608 - a quoted name and a number

    async def refresh(self) -> bool:
        """Releases locks and sets the session up anew; False when the server does not answer in time."""
        async with self._turn:
            return self._session is None or await self._session.refreshed()

    async def close(self) -> None:
        """Closes the connection."""
        async with self._turn:
            await self._drop()

    async def _run(self, work: Callable[[MysqlConnection], T], *, timeout_s: float) -> T:
        async with self._turn:
            session = self._session or await self._opened()
            try:
                result = await session.run(work, timeout_s=timeout_s)
            except BaseException:
                await self._drop()
                raise
            if session.connection.killed:
                await self._drop()
            return result

    async def _opened(self) -> "_Session":
        dialled = await dial(self._location, self._resolve)
        self._session = _Session(MysqlConnection(self._location, dialled))
        try:
            await self._session.run(MysqlConnection.log_in, timeout_s=CONNECT_TIMEOUT_S)
        except QueryTimeout:
            await self._drop()
            raise Unreachable("The server does not answer; check host and port.") from None
        except BaseException:
            await self._drop()
            raise
        return self._session

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class _Session:
    """A connection and its thread; asyncio's own pool is small and shared, a queue there would eat deadlines."""

    def __init__(self, connection: MysqlConnection) -> None:
        self.connection = connection
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mysql")

    async def run(self, work: Callable[[MysqlConnection], T], *, timeout_s: float) -> T:
        return await run_interruptible(
            self._executor, lambda: work(self.connection), interrupt=self.connection.interrupt, timeout_s=timeout_s
        )

    async def refreshed(self) -> bool:
        try:
            await self.run(MysqlConnection.refresh, timeout_s=_REFRESH_TIMEOUT_S)
        except DatabaseError:
            return False
        return True

    async def close(self) -> None:
        await run_interruptible(
            self._executor, self.connection.close, interrupt=self.connection.interrupt, timeout_s=CONNECT_TIMEOUT_S
        )
        self._executor.shutdown(wait=False)


def _version(connection: MysqlConnection) -> str:
    with connection.reading(_STRUCTURE_TIMEOUT_S):
        connection.rows("SELECT 1")
    return f"{connection.product} {connection.version}"


def _structure(connection: MysqlConnection, max_tables: int) -> tuple[Table, ...]:
    with connection.reading(_STRUCTURE_TIMEOUT_S):
        return read_structure(connection.rows, max_tables)


def _fetch(connection: MysqlConnection, sql: str, limits: QueryLimits) -> ResultSet:
    collector = RowCollector(limits)
    with connection.reading(limits.timeout_s):
        connection.require_query(sql)
        cursor = connection.stream(sql)
        types = ColumnTypes(cursor.description)
        while (batch := cursor.fetchmany(BATCH_ROWS)) and collector.add(types.cells(batch)):
            pass
        if collector.truncated:
            connection.cut_short()
    return collector.result(types.columns())
