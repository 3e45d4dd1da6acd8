"""Time is the store's: a monotonic clock plus an offset that is refreshed from the store."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

REFRESH_S = 10.0
"""Seconds between readings of the store's clock."""

LEASE_MARGIN = timedelta(seconds=1)
"""Allowance for the error of the offset when somebody else's lease is judged expired."""


class Clock(Protocol):
    """Tells the time in UTC, in whole milliseconds, which is what the store keeps."""

    def now(self) -> datetime:
        """Returns the present instant."""
        ...


class StoreClock:
    """The store's clock as this process knows it; steps of the local wall clock do not move it."""

    def __init__(
        self, read: Callable[[], Awaitable[datetime]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._offset_s = datetime.now(UTC).timestamp() - monotonic()

    def now(self) -> datetime:
        """Returns the store's time, estimated without asking it."""
        millis = int((self._monotonic() + self._offset_s) * 1000)
        return datetime.fromtimestamp(millis / 1000, UTC)

    async def refresh(self) -> None:
        """Reads the store's clock once; half the round trip is taken as the answer's age.

        Raises:
            StoreUnavailable: the store did not answer; the former offset stays.
        """
        before = self._monotonic()
        told = await self._read()
        after = self._monotonic()
        self._offset_s = told.timestamp() + (after - before) / 2 - after
