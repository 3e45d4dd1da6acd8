"""The one alarm: finds due work of this process's steps, claims it into free slots and runs it here.

Lost commands, dead workers, unpublished events and retries are all this one mechanism (design §3).
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

import structlog

from rowcall_contracts.metrics import Metric
from rowcall_contracts.work import TERMINAL, Work
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.flag import set_within
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.worker import Worker

PERIOD_S = (0.5, 1.0)
"""Seconds between looks, drawn anew each time so that replicas do not look together."""

REMIND_DELAY = timedelta(seconds=10)
MAX_REMINDERS = 100

W = TypeVar("W", bound=Work)
_log = structlog.get_logger()


class Sweep(Generic[W]):
    """Looks for due work on behalf of one worker."""

    def __init__(self, worker: Worker[W], metrics: Metrics, random: Callable[[], float]) -> None:
        self._worker = worker
        self._metrics = metrics
        self._random = random
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Looks again and again until stopped; an unavailable store only costs time."""
        shortest, longest = PERIOD_S
        while not await set_within(self._stopped, shortest + self._random() * (longest - shortest)):
            try:
                for step in self._worker.steps:
                    await self.look(step)
            except StoreUnavailable:
                _log.warning("sweep_store_unavailable")

    def stop(self) -> None:
        """Ends `run` after its present look: a claim is never cancelled inside its write."""
        self._stopped.set()

    async def look(self, step: str) -> None:
        """Looks once at one step."""
        for work in await self._due(step, max(self._worker.free(step), 1)):
            if work.state in TERMINAL:
                if await self._worker.store.postpone(work, REMIND_DELAY):
                    await self._worker.remind(work)
            elif self._worker.free(step) > 0:
                await self._claim(work)

    async def _due(self, step: str, wanted: int) -> list[W]:
        """Finds due work; asks apart for the unfinished when unannounced ends may hide it."""
        limit = wanted + MAX_REMINDERS
        found = await self._worker.due(step, limit)
        if len(found) < limit:
            return found
        unfinished = await self._worker.due(step, wanted, unfinished=True)
        return [*unfinished, *(work for work in found if work.state in TERMINAL)]

    async def _claim(self, work: W) -> None:
        if not await self._worker.claim(work):
            return
        self._metrics.count(Metric.SWEPT, step=work.step)
        if work.lease:
            self._metrics.count(Metric.LEASES_LOST, step=work.step)
