"""Many ordinary holders at once, or a single solitary one: work that may have killed a worker runs alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Solitude:
    """A gate per process. A waiting solitary holder keeps new ordinary ones out, so it is never starved."""

    def __init__(self) -> None:
        self._condition = asyncio.Condition()
        self._ordinary = 0
        self._solitary = False
        self._waiting = 0

    @asynccontextmanager
    async def enter(self, *, alone: bool) -> AsyncIterator[None]:
        """Waits for admission and holds it until the block ends."""
        await (self._enter_alone() if alone else self._enter_ordinary())
        try:
            yield
        finally:
            await self._leave(alone)

    async def _enter_ordinary(self) -> None:
        async with self._condition:
            await self._condition.wait_for(lambda: not self._solitary and not self._waiting)
            self._ordinary += 1

    async def _enter_alone(self) -> None:
        async with self._condition:
            self._waiting += 1
            try:
                await self._condition.wait_for(lambda: not self._solitary and not self._ordinary)
                self._solitary = True
            finally:
                self._waiting -= 1
                self._condition.notify_all()

    async def _leave(self, alone: bool) -> None:
        async with self._condition:
            if alone:
                self._solitary = False
            else:
                self._ordinary -= 1
            self._condition.notify_all()
