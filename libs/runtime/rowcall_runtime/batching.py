"""One command for everybody who asks while the last one is under way, as databases commit in groups.

Nobody waits for company: whoever comes first goes at once, and whoever comes meanwhile goes together next.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

BATCH = 50
"""Items of one command: the embedded store needs 1.3 s for 500 (reference of design §3)."""

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Runs one operation over items in batches; the outcomes that it returns, or errors in their place, are in order.

    An error that the operation raises is everybody's. An item whose caller was cancelled before its turn is dropped.
    """

    def __init__(self, run: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]]) -> None:
        self._run = run
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """Returns the item's outcome, or raises its error."""
        asked: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, asked))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await asked

    async def _serve(self) -> None:
        some: list[tuple[T, asyncio.Future[R]]] = []
        try:
            while some := self._next():
                outcomes = await self._outcomes([item for item, _ in some])
                for (_, asked), found in zip(some, outcomes, strict=True):
                    _settle(asked, found)
        finally:
            self._serving = None
            for _, asked in (*some, *self._waiting):  # only when this task itself is stopped
                asked.cancel()
            self._waiting.clear()

    def _next(self) -> list[tuple[T, asyncio.Future[R]]]:
        some: list[tuple[T, asyncio.Future[R]]] = []
        while self._waiting and len(some) < BATCH:
            item, asked = self._waiting.popleft()
            if not asked.cancelled():
                some.append((item, asked))
        return some

    async def _outcomes(self, items: Sequence[T]) -> Sequence[R | Exception]:
        try:
            return await self._run(items)
        except Exception as error:  # noqa: BLE001  # whatever it is, the callers raise it
            return [error] * len(items)


async def each_outcome(operations: Iterable[Awaitable[R]]) -> list[R | Exception]:
    """Runs one operation after the other, each with its own outcome: for a batch in which one was at fault."""
    return [await _outcome(operation) for operation in operations]


def _settle(asked: asyncio.Future[R], found: R | Exception) -> None:
    if asked.cancelled():
        return
    if isinstance(found, Exception):
        asked.set_exception(found)
    else:
        asked.set_result(found)


async def _outcome(operation: Awaitable[R]) -> R | Exception:
    try:
        return await operation
    except Exception as error:  # noqa: BLE001  # whatever it is, the caller raises it
        return error
