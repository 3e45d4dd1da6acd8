"""Runs a driver in such a way that a deadline or a cancel really stops the database."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from contextlib import suppress
from typing import TypeVar

from rowcall_databases.errors import QueryTimeout

T = TypeVar("T")

# An interrupt that comes before the statement has begun is lost in SQLite and DuckDB, so it is repeated this often.
_REPEAT_S = 0.02


async def run_interruptible(
    executor: Executor, work: Callable[[], T], *, interrupt: Callable[[], None], timeout_s: float
) -> T:
    """Returns what `work` returns from a thread of `executor`.

    Raises `QueryTimeout` past `timeout_s`. Both then and when the awaiting task is cancelled, `interrupt` is called
    (from the event loop's thread, more than once) until `work` has ended: when this function is left, nothing runs.
    """
    running = asyncio.get_running_loop().run_in_executor(executor, work)
    try:
        await asyncio.wait({running}, timeout=timeout_s)
    except asyncio.CancelledError:
        await _stop(running, interrupt)
        raise
    if not running.done():
        await _stop(running, interrupt)
        raise QueryTimeout(f"The statement was stopped after {timeout_s:g} seconds.")
    return running.result()


async def run_to_its_end(work: Coroutine[object, object, T]) -> T:
    """Returns what an asynchronous driver's `work` returns; a cancel reaches it once and is raised when it has ended.

    The driver answers a cancel by stopping the statement in its server; a second cancel would break that off.
    """
    running = asyncio.create_task(work)
    try:
        await asyncio.wait({running})
    except asyncio.CancelledError:
        running.cancel()
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({running})
        if not running.cancelled():
            running.exception()  # retrieved: the outcome of a stopped statement is of no interest
        raise
    return running.result()


async def _stop(running: "asyncio.Future[T]", interrupt: Callable[[], None]) -> None:
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        interrupt()
        try:
            await asyncio.wait({running}, timeout=_REPEAT_S)
        except asyncio.CancelledError as error:
            cancelled = error  # a second cancel must not leave the thread behind
    running.exception()  # retrieved: the outcome of a stopped statement is of no interest
    if cancelled is not None:
        raise cancelled
