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

    async def run(self) -> None:
        """Looks again and again until cancelled; an unavailable store only costs time."""
        shortest, longest = PERIOD_S
        while True:
            await asyncio.sleep(shortest + self._random() * (longest - shortest))
            try:
                for step in self._worker.steps:
                    await self.look(step)
            except StoreUnavailable:
                _log.warning("sweep_store_unavailable")

    async def look(self, step: str) -> None:
        """Looks once at one step."""
        free = self._worker.free(step)
        for work in await self._worker.due(step, max(free, 1) + MAX_REMINDERS):
            if work.state in TERMINAL:
                if await self._worker.store.postpone(work, REMIND_DELAY):
                    await self._worker.remind(work)
            elif free > 0 and not self._worker.knows(work.id, step):
                free -= await self._claim(work)

    async def _claim(self, work: W) -> int:
        claimed = await self._worker.store.claim(work)
        if claimed is None:
            return 0
        self._metrics.count(Metric.SWEPT, step=work.step)
        if work.lease:
            self._metrics.count(Metric.LEASES_LOST, step=work.step)
        self._worker.take(claimed)
        return 1
