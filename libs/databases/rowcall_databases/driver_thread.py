"""One thread that owns one connection of a blocking driver."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, Protocol, TypeVar

from rowcall_databases.interruption import run_interruptible


class Interruptible(Protocol):
    """What SQLite's and DuckDB's connections have in common."""

    def interrupt(self) -> None:
        """Stops the running statement; called from another thread."""

    def close(self) -> None:
        """Closes the connection."""


C = TypeVar("C", bound=Interruptible)
T = TypeVar("T")

_CLOSE_TIMEOUT_S = 5.0


class DriverThread(Generic[C]):
    """Opens the connection at the first call, runs one call after the other, closes at the end.

    A thread of its own, because asyncio's default pool is small and shared: a queue there would eat deadlines.
    """

    def __init__(self, opening: Callable[[], C], *, name: str) -> None:
        self._opening = opening
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._turn = asyncio.Lock()
        self._connection: C | None = None

    async def run(self, work: Callable[[C], T], *, timeout_s: float) -> T:
        """Returns `work(connection)`; on the deadline or a cancel the statement is interrupted and waited for."""
        async with self._turn:
            return await run_interruptible(
                self._executor, lambda: work(self._opened()), interrupt=self._interrupt, timeout_s=timeout_s
            )

    async def close(self) -> None:
        """Closes connection and thread."""
        async with self._turn:
            if self._connection is not None:
                connection, self._connection = self._connection, None
                await run_interruptible(
                    self._executor, connection.close, interrupt=connection.interrupt, timeout_s=_CLOSE_TIMEOUT_S
                )
            self._executor.shutdown(wait=False)

    def _opened(self) -> C:
        if self._connection is None:
            self._connection = self._opening()
        return self._connection

    def _interrupt(self) -> None:
        if self._connection is not None:
            self._connection.interrupt()
