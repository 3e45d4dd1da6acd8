"""Waiting for what another task will do: polled, with a deadline, never a sleep for luck."""

import asyncio
from collections.abc import Awaitable, Callable

POLL_S = 0.01
DEADLINE_S = 45.0


async def until(holds: Callable[[], object], *, deadline_s: float = DEADLINE_S) -> None:
    """Returns once `holds()` is true; raises TimeoutError when that takes too long."""
    async with asyncio.timeout(deadline_s):
        while not holds():
            await asyncio.sleep(POLL_S)


async def until_seen(holds: Callable[[], Awaitable[object]], *, deadline_s: float = DEADLINE_S) -> None:
    """As `until`, for what has to be read first."""
    async with asyncio.timeout(deadline_s):
        while not await holds():
            await asyncio.sleep(POLL_S)
