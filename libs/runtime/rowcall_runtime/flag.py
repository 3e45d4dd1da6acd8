"""Flags that stop a loop between two rounds, where a cancellation could hit the middle of a write."""

import asyncio


async def set_within(flag: asyncio.Event, seconds: float) -> bool:
    """Waits up to some seconds; returns whether the flag is set."""
    try:
        async with asyncio.timeout(seconds):
            await flag.wait()
    except TimeoutError:
        return False
    return True
