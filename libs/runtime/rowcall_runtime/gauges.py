"""The scaling signals: unfinished work per step, and how overdue its oldest is."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import structlog

from rowcall_contracts.metrics import Metric
from rowcall_contracts.work import TERMINAL, Work
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Document
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.work_store import EPOCH
from rowcall_runtime.worker import Worker

PERIOD_S = 5.0

SAMPLE = 500
"""The most overdue work whose states are read; where more has an alarm, its ended share is taken to be theirs.

The alarm's index holds no state: a store that is asked to filter by it may read the whole collection.
"""

W = TypeVar("W", bound=Work)

_log = structlog.get_logger()


async def keep_gauges(worker: Worker[W], metrics: Metrics, clock: Clock) -> None:
    """Measures again and again until cancelled; an unavailable store leaves the last values."""
    while True:
        worker.report()
        try:
            await measure(worker, metrics, clock)
        except StoreUnavailable:
            _log.warning("gauges_store_unavailable")
        await asyncio.sleep(PERIOD_S)


async def measure(worker: Worker[W], metrics: Metrics, clock: Clock) -> None:
    """Sets both signals of each step. Ended work whose event waits for Kafka needs no worker and is no part of them."""
    for step in worker.steps:
        alarmed: Document = {"step": step, "due_at": {"$gt": EPOCH}}
        sample = await worker.store.collection.find(
            alarmed, sort=[("due_at", 1)], limit=SAMPLE, fields=("state", "due_at")
        )
        waiting = [document for document in sample if document["state"] not in TERMINAL]
        found = await worker.store.collection.count(alarmed) if len(sample) == SAMPLE else len(sample)
        metrics.set(Metric.JOBS_WAITING, round(found * len(waiting) / len(sample)) if sample else 0, step=step)
        metrics.set(Metric.OLDEST_DUE, _overdue_s(waiting, clock), step=step)


def _overdue_s(waiting: Sequence[Document], clock: Clock) -> float:
    due_at = waiting[0]["due_at"] if waiting else None
    return max(0.0, (clock.now() - due_at).total_seconds()) if isinstance(due_at, datetime) else 0.0
