"""A customer's database as the executor and the evaluation tool use it."""

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_contracts.results import ResultSet
from rowcall_databases.duckdb_engine import DuckdbEngine
from rowcall_databases.engine import Engine, Reusable
from rowcall_databases.errors import QueryError
from rowcall_databases.fingerprint import fingerprint
from rowcall_databases.limits import ProfileBounds, QueryLimits
from rowcall_databases.location import FileLocation, Location
from rowcall_databases.mysql_engine import MysqlEngine
from rowcall_databases.postgres_engine import PostgresEngine
from rowcall_databases.profiling import profile
from rowcall_databases.server_location import MysqlLocation, PostgresLocation
from rowcall_databases.sqlite_engine import SqliteEngine
from rowcall_sqlguard.text import is_sql_text

DEFAULT_PROFILE_BOUNDS = ProfileBounds()


class Database:
    """One connection, opened at the first call and closed by `close` or at the end of an `async with`.

    Calls wait for each other. All of them may raise the errors of `rowcall_databases.errors`. A call that is
    cancelled, or that passes its deadline, has ended in the database too before it raises.
    """

    def __init__(self, engine: Engine, *, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    @property
    def dialect(self) -> Dialect:
        """Which SQL the database speaks."""
        return self._engine.dialect

    async def check(self) -> str:
        """Returns engine and version after opening the database and reading from it."""
        return await self._engine.version()

    async def schema_fingerprint(self) -> str:
        """Returns the `fingerprint` that `introspect` would give, without reading any table."""
        return fingerprint(await self._engine.structure(DEFAULT_PROFILE_BOUNDS.max_tables))

    async def introspect(self, bounds: ProfileBounds = DEFAULT_PROFILE_BOUNDS) -> Catalog:
        """Returns structure and profile. Raises `SchemaTooLarge`; slow or broken tables come back unmeasured."""
        tables = await self._engine.structure(bounds.max_tables)
        return Catalog(
            dialect=self._engine.dialect,
            fingerprint=fingerprint(tables),
            tables=await profile(self._engine, tables, bounds),
            profiled_at=self._now(),
        )

    async def query(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one reading statement, which the guard has passed before; the engine refuses writes by itself as well.

        Raises `StatementRefused`, `QueryError`, `QueryTimeout`, `QueryInterrupted` or `Unreachable`.
        """
        if not is_sql_text(sql):
            raise QueryError("The statement contains characters that no database takes.")
        return await self._engine.fetch(sql, limits)

    @property
    def reusable(self) -> bool:
        """Whether it may stay open for another piece of work, with `refresh` in between."""
        return isinstance(self._engine, Reusable)

    async def refresh(self) -> bool:
        """Makes an open database as good as a new one; False where it cannot be, and must be closed."""
        return isinstance(self._engine, Reusable) and await self._engine.refresh()

    async def close(self) -> None:
        """Closes the connection; calling it twice is harmless."""
        await self._engine.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def open_database(location: Location, *, now: Callable[[], datetime]) -> Database:
    """Returns the database at `location`; nothing is opened or dialled yet. `now` gives `Catalog.profiled_at`."""
    return Database(_engine(location), now=now)


def _engine(location: Location) -> Engine:
    match location:
        case PostgresLocation():
            return PostgresEngine(location)
        case MysqlLocation():
            return MysqlEngine(location)
        case FileLocation():
            return SqliteEngine(location) if location.dialect is Dialect.SQLITE else DuckdbEngine(location)
