"""The relay: publishes events that were stored with the state they report, then clears them in bulk."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import structlog

from rowcall_contracts.jobs import Job, OutboxEntry
from rowcall_contracts.metrics import Metric
from rowcall_contracts.work import TERMINAL
from rowcall_runtime.batching import BATCH
from rowcall_runtime.bus import Bus, PublishFailed
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.metrics import Metrics

GATHER_S = 0.02
"""Seconds that clearing waits for company, so that it costs a fraction of a write per job."""

QUEUE_CAPACITY = 10_000
"""Parcels that wait for Kafka, and as many jobs that wait to be cleared; what does not fit stays in the store, where
the alarm finds it."""

ENDED = sorted(TERMINAL)

T = TypeVar("T")
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """The unpublished events of one ended job."""

    job_id: str
    entries: tuple[OutboxEntry, ...]
    traceparent: str | None

    @classmethod
    def of(cls, job: Job, entries: tuple[OutboxEntry, ...]) -> "Parcel":
        """Wraps a job's events, oldest first."""
        return cls(job_id=job.id, entries=entries, traceparent=job.traceparent)


class OutboxRelay:
    """One per process. Publishing twice is allowed, forgetting is not: only what Kafka acknowledged is cleared.

    Both queues are bounded: when the store is so slow that published jobs fill theirs, publishing waits for it, the
    parcels fill theirs, and further ones are refused.
    """

    def __init__(
        self, jobs: DocumentCollection, bus: Bus, clock: Clock, metrics: Metrics, *, retention: timedelta
    ) -> None:
        self._jobs = jobs
        self._bus = bus
        self._clock = clock
        self._metrics = metrics
        self._retention = retention
        self._parcels: asyncio.Queue[Parcel] = asyncio.Queue(QUEUE_CAPACITY)
        self._published: asyncio.Queue[str] = asyncio.Queue(QUEUE_CAPACITY)

    def submit(self, parcel: Parcel) -> None:
        """Takes a parcel without waiting."""
        try:
            self._parcels.put_nowait(parcel)
        except asyncio.QueueFull:
            _log.warning("outbox_relay_full", job_id=parcel.job_id)

    async def run(self) -> None:
        """Publishes and clears until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._publish_parcels())
            group.create_task(self._clear_published())

    async def flush(self, seconds: float) -> None:
        """Waits until everything submitted was tried once, or the time is up."""
        try:
            async with asyncio.timeout(seconds):
                await self._parcels.join()
                await self._published.join()
        except TimeoutError:
            _log.warning("outbox_flush_incomplete", waiting=self._parcels.qsize())

    async def _publish_parcels(self) -> None:
        """Publishes at once: whoever waits for an end hears of it by its event."""
        while True:
            batch = await _some(self._parcels)
            published = await asyncio.gather(*(self._publish(parcel) for parcel in batch))
            for parcel, ok in zip(batch, published, strict=True):
                if ok:
                    await self._published.put(parcel.job_id)
                self._parcels.task_done()

    async def _clear_published(self) -> None:
        while True:
            done = await _some(self._published, gather_s=GATHER_S)
            await self._clear(done)
            for _ in done:
                self._published.task_done()

    async def _clear(self, done: list[str]) -> None:
        """Removes events and alarm of ended jobs; one that has not ended would be forgotten without its alarm."""
        try:
            await self._jobs.update_many(
                {"_id": {"$in": done}, "state": {"$in": ENDED}},
                {"$set": {"outbox": [], "expires_at": self._clock.now() + self._retention}, "$unset": {"due_at": ""}},
            )
        except StoreUnavailable:
            _log.warning("outbox_not_cleared", jobs=len(done))

    async def _publish(self, parcel: Parcel) -> bool:
        try:
            for entry in parcel.entries:
                await self._bus.event(parcel.job_id, entry, parcel.traceparent)
                self._metrics.count(Metric.EVENTS_PUBLISHED, type=entry.type)
        except PublishFailed:
            _log.warning("event_not_published", job_id=parcel.job_id)
            return False
        return True


async def _some(queue: asyncio.Queue[T], *, gather_s: float = 0) -> list[T]:
    """Waits for one, then takes those that came within `gather_s` seconds, `BATCH` at most."""
    batch = [await queue.get()]
    await asyncio.sleep(gather_s)
    while len(batch) < BATCH and not queue.empty():
        batch.append(queue.get_nowait())
    return batch
