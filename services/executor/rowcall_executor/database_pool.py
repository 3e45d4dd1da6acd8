"""Open databases that wait for the next job of the same connection.

Opening costs a job more than a small query does (measured on two busy cores: PostgreSQL 9 of 13 ms, SQLite 0.7 of
0.9 ms). Each database is lent to one job at a time, so a job's cancel and deadline interrupt its own query alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

import structlog

from rowcall_databases.database import Database, open_database
from rowcall_databases.errors import DatabaseError
from rowcall_databases.location import Location

SWEEP_S = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class PoolLimits:
    """How many databases stay open without a job, and for how many seconds.

    Lent ones are bounded by the worker's slots. `age_s` bounds how long a server address, a role's settings or a
    password that were good at the opening are trusted.
    """

    per_connection: int = 4
    in_all: int = 32
    idle_s: float = 30.0
    age_s: float = 300.0


@dataclass(frozen=True, kw_only=True, eq=False)
class _Opened:
    database: Database
    connection_id: str
    location: Location
    born_s: float
    idle_since_s: float = 0.0

    @property
    def serves(self) -> tuple[str, Location]:
        return self.connection_id, self.location


class DatabasePool:
    """Lends databases; closes what is idle for long, old, broken or one too many, and everything at its own end."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        limits: PoolLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`now` is what `open_database` takes."""
        self._now = now
        self._limits = limits or PoolLimits()
        self._monotonic = monotonic
        self._idle: list[_Opened] = []  # longest idle first
        self._closed = False

    @property
    def idle(self) -> int:
        """How many databases are open and wait."""
        return len(self._idle)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        await self._close(self._removed(self._idle))

    async def run(self) -> None:
        """Closes what has been idle for too long, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_S)
            await self.sweep()

    async def sweep(self) -> None:
        """Closes what has been idle for too long."""
        await self._close(self._removed(each for each in self._idle if self._stale(each)))

    @asynccontextmanager
    async def lend(self, connection_id: str, location: Location) -> AsyncIterator[Database]:
        """Lends a database of the connection, a new one unless a good one waits.

        Parse the location anew for each job: with it changes the secret, and the file that a link points to. What was
        opened at another location is closed, and so is a database whose job raised.
        """
        opened = await self._waiting(connection_id, location) or self._new(connection_id, location)
        try:
            yield opened.database
        except BaseException:
            await opened.database.close()
            raise
        await self._keep(opened)

    def _new(self, connection_id: str, location: Location) -> _Opened:
        database = open_database(location, now=self._now)
        return _Opened(database=database, connection_id=connection_id, location=location, born_s=self._monotonic())

    async def _waiting(self, connection_id: str, location: Location) -> _Opened | None:
        """Takes the most recently used database that is as good as a new one."""
        mine = [each for each in self._idle if each.connection_id == connection_id]
        await self._close(self._removed(each for each in mine if each.location != location or self._stale(each)))
        wanted = (connection_id, location)
        while found := next((each for each in reversed(self._idle) if each.serves == wanted), None):
            self._idle.remove(found)
            if await _is_good(found.database):
                return found
        return None

    async def _keep(self, opened: _Opened) -> None:
        if self._closed or not opened.database.reusable:
            await opened.database.close()
            return
        self._idle.append(replace(opened, idle_since_s=self._monotonic()))
        mine = [each for each in self._idle if each.connection_id == opened.connection_id]
        surplus = {*mine[: -self._limits.per_connection], *self._idle[: -self._limits.in_all]}
        await self._close(self._removed(surplus))

    def _stale(self, opened: _Opened) -> bool:
        now_s = self._monotonic()
        idle_s, age_s = now_s - opened.idle_since_s, now_s - opened.born_s
        return idle_s >= self._limits.idle_s or age_s >= self._limits.age_s

    def _removed(self, unwanted: Iterable[_Opened]) -> list[_Opened]:
        """Takes databases out at once, before anything is awaited: nobody else may get them."""
        found = list(unwanted)
        self._idle = [each for each in self._idle if each not in found]
        return found

    async def _close(self, unwanted: Iterable[_Opened]) -> None:
        for each in unwanted:
            try:
                await each.database.close()
            except DatabaseError as error:
                _log.warning("database_not_closed", connection_id=each.connection_id, reason=type(error).__name__)


async def _is_good(database: Database) -> bool:
    """Refreshes a database; one that is no longer good is closed."""
    try:
        if await database.refresh():
            return True
    except BaseException:
        await database.close()
        raise
    await database.close()
    return False
