"""Callers who wait for a job: woken by the commands and events that every gateway tails, and by a look every 5 s."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rowcall_runtime.records import RawRecord

LOOK_AGAIN_S = 5.0
"""A lost or late record costs a waiter this much (design §3)."""

T = TypeVar("T")


class Waiters:
    """Who waits for which job in this process."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._waiting: dict[str, set[asyncio.Event]] = {}
        self.closing = False

    def on_record(self, record: RawRecord) -> None:
        """Wakes whoever waits for the job that a record is keyed by; what it says is read from the store."""
        if self._waiting and record.key:
            self.wake(record.key.decode("ascii", "replace"))

    def waits_for(self, job_id: str) -> bool:
        """Whether anybody in this process waits for a job."""
        return job_id in self._waiting

    def wake(self, job_id: str) -> None:
        """Tells this process's waiters that a job may have moved."""
        for event in self._waiting.get(job_id, ()):
            event.set()

    def close(self) -> None:
        """Lets all waiters answer with what they have; the process is about to end."""
        self.closing = True
        for job_id in tuple(self._waiting):
            self.wake(job_id)

    async def until(
        self, job_id: str, read: Callable[[], Awaitable[T]], *, done: Callable[[T], bool], seconds: float
    ) -> T:
        """Reads until `done` or the time is up, and returns what was read last.

        Registers before the first read, so that nothing that happens in between is missed.
        """
        until = self._monotonic() + seconds
        with self._registered(job_id) as moved:
            while True:
                moved.clear()
                value = await read()
                left_s = until - self._monotonic()
                if done(value) or left_s <= 0 or self.closing:
                    return value
                await _set_within(moved, min(left_s, LOOK_AGAIN_S))

    @contextmanager
    def _registered(self, job_id: str) -> Iterator[asyncio.Event]:
        moved = asyncio.Event()
        together = self._waiting.setdefault(job_id, set())
        together.add(moved)
        try:
            yield moved
        finally:
            together.discard(moved)
            if not together:
                self._waiting.pop(job_id, None)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
