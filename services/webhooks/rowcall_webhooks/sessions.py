"""HTTP sessions of bounded age."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession


@dataclass
class _Generation:
    session: ClientSession
    born_s: float
    borrowers: int = 0

    async def close_if_unused(self) -> None:
        if self.borrowers == 0:
            await self.session.close()


class AgingSessions:
    """Lends one session to all, and replaces it when it is `max_age_s` old; the old one closes after its last borrower.

    aiohttp caps how long a connection may idle, but a busy one would live for ever, and with it the address that was
    checked when it was dialled: a changed name or address rule takes effect within `max_age_s` and one request.
    """

    def __init__(
        self, make: Callable[[], ClientSession], max_age_s: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._max_age_s = max_age_s
        self._monotonic = monotonic
        self._current: _Generation | None = None

    @asynccontextmanager
    async def borrow(self) -> AsyncIterator[ClientSession]:
        """Lends the current session; it stays open as long as it is borrowed."""
        former, generation = self._current, self._renew()
        generation.borrowers += 1
        try:
            if former is not None and former is not generation:
                await former.close_if_unused()
            yield generation.session
        finally:
            generation.borrowers -= 1
            if generation is not self._current:
                await generation.close_if_unused()

    async def aclose(self) -> None:
        """Closes the current session at once, also under its borrowers."""
        former, self._current = self._current, None
        if former is not None:
            await former.session.close()

    def _renew(self) -> _Generation:
        now_s = self._monotonic()
        if self._current is None or now_s - self._current.born_s >= self._max_age_s:
            self._current = _Generation(session=self._make(), born_s=now_s)
        return self._current
