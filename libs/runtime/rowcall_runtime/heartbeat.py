"""The lazy lease: taken by the first heartbeat, renewed by the later ones, given up when it is lost."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from rowcall_contracts.work import Work
from rowcall_runtime.clock import Clock
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.flag import set_within
from rowcall_runtime.work_store import WorkStore

FIRST_BEAT_S = 2.0
"""At the latest so many seconds into a step its lease is taken (design §3)."""

BEFORE_ALARM_S = 0.3
"""It is taken so many seconds before the alarm of the work rings, lest a sweep elsewhere start it once more."""

LEAST_BEAT_S = 1.0
"""A step that ends sooner never pays for a lease, however late it began (decision 0026)."""

BEAT_SHARE = 0.3
"""The part of a lease after which it is renewed: two beats may fail before it ends."""

W = TypeVar("W", bound=Work)
_log = structlog.get_logger()


class Heartbeat(Generic[W]):
    """Keeps one piece of work mine while a handler runs; calls `on_lost` once when it is not mine any more."""

    def __init__(
        self,
        store: WorkStore[W],
        work: W,
        *,
        clock: Clock,
        on_lost: Callable[[], None],
        first_beat_s: float = FIRST_BEAT_S,
    ) -> None:
        self.work = work
        self._store = store
        self._clock = clock
        self._on_lost = on_lost
        self._first_beat_s = first_beat_s
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to beat: first before the alarm of unleased work, `first_beat_s` from now at the latest."""
        self._task = asyncio.create_task(self._run(), name=f"heartbeat {self.work.id}")

    async def stop(self) -> None:
        """Stops by a flag and waits: a beat is never cancelled inside its write."""
        self._stopped.set()
        if self._task:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        period_s = self._store.lease_ttl.total_seconds() * BEAT_SHARE
        expires_at = self.work.lease.expires_at if self.work.lease else None
        while not await set_within(self._stopped, period_s if expires_at else self._first_wait_s()):
            beat_at = self._clock.now()
            held = await self._beat()
            if held:
                expires_at = beat_at + self._store.lease_ttl
            elif held is False or self._expired(expires_at):
                self._on_lost()
                return

    def _first_wait_s(self) -> float:
        if self.work.due_at is None:
            return self._first_beat_s
        left_s = (self.work.due_at - self._clock.now()).total_seconds() - BEFORE_ALARM_S
        return min(self._first_beat_s, max(LEAST_BEAT_S, left_s))

    async def _beat(self) -> bool | None:
        """Returns whether the work is mine, or `None` when the store did not say."""
        try:
            if self.work.lease:
                return await self._store.renew(self.work)
            leased = await self._store.lease(self.work) or await self._already_mine()
        except StoreUnavailable:
            _log.warning("heartbeat_unanswered", job_id=self.work.id)
            return None
        if leased:
            self.work = leased
        return leased is not None

    async def _already_mine(self) -> W | None:
        """Finds the lease that an earlier beat took although the store's answer was lost."""
        current = await self._store.load(self.work.id)
        mine = current and current.lease and current.lease.owner == self._store.owner
        return current if mine else None

    def _expired(self, expires_at: datetime | None) -> bool:
        return expires_at is not None and self._clock.now() >= expires_at
