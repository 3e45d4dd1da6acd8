"""Caps on unfinished jobs, counted off the request's path: a remembered count plus what was accepted here since."""

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import structlog

from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.work import TERMINAL, State
from rowcall_gateway.problems import Refusal
from rowcall_runtime.driver import DocumentCollection, Filter
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.work_store import EPOCH

REFRESH_S = 1.0
COST_SHARE = 0.05
"""A count may take this part of the time, so that a slow store is not kept busy with counting."""

MAX_REMEMBERED = 10_000
RETRY_AFTER_S = 5

UNFINISHED: Filter = {"state": {"$in": [state.value for state in State if state not in TERMINAL]}}
ALARMED: Filter = {"step": {"$in": [step.value for step in Step]}, "due_at": {"$gt": EPOCH}}
"""All unfinished jobs, by the alarm's index; `UNFINISHED` alone would need one that begins with the state."""

_log = structlog.get_logger()


@dataclass(kw_only=True)
class _Count:
    known: int = 0
    since: int = 0
    fresh_until: float = 0.0
    counting: bool = False


@dataclass(kw_only=True)
class UnfinishedJobs:
    """Says when there are enough. Several replicas may together pass a cap by what they accept within a second."""

    jobs: DocumentCollection
    spawn: Callable[[Coroutine[object, object, None]], object]
    per_workspace: int
    total: int
    monotonic: Callable[[], float] = time.monotonic
    _counts: dict[str, _Count] = field(default_factory=dict)
    _all: _Count = field(default_factory=_Count)

    async def require_room(self, workspace_id: str) -> None:
        """Lets one more job in and counts it.

        Raises:
            Refusal: the workspace has too many (429), or all together have (503).
        """
        mine = await self._current(workspace_id)
        if mine.known + mine.since >= self.per_workspace:
            raise _full(ProblemType.TOO_MANY_JOBS, f"This workspace has {self.per_workspace:,} unfinished jobs.")
        self._refresh(self._all, {**ALARMED, **UNFINISHED}, self.total)
        if self._all.known + self._all.since >= self.total:
            raise _full(ProblemType.UNAVAILABLE, "There are too many unfinished jobs; nothing was accepted.")
        mine.since += 1
        self._all.since += 1

    async def _current(self, workspace_id: str) -> _Count:
        where = {"workspace_id": workspace_id, **UNFINISHED}
        count = self._counts.get(workspace_id)
        if count is None:
            if len(self._counts) >= MAX_REMEMBERED:
                self._counts.clear()
            count = self._counts.setdefault(workspace_id, _Count())
            await self._count(count, where, self.per_workspace)
        else:
            self._refresh(count, where, self.per_workspace)
        return count

    def _refresh(self, count: _Count, where: Filter, limit: int) -> None:
        if not count.counting and self.monotonic() >= count.fresh_until:
            count.counting = True
            self.spawn(self._recount(count, where, limit))

    async def _recount(self, count: _Count, where: Filter, limit: int) -> None:
        try:
            await self._count(count, where, limit)
        except StoreUnavailable:
            _log.warning("unfinished_jobs_uncounted")

    async def _count(self, count: _Count, where: Filter, limit: int) -> None:
        count.counting = True
        started, accepted = self.monotonic(), count.since
        try:
            count.known = await self.jobs.count(where, limit)
            # What was accepted while the store counted may be missing from its answer.
            count.since -= accepted
        finally:
            took_s = self.monotonic() - started
            count.counting = False
            count.fresh_until = started + max(REFRESH_S, took_s / COST_SHARE)


def _full(kind: ProblemType, detail: str) -> Refusal:
    return Refusal(kind, detail, headers={"Retry-After": str(RETRY_AFTER_S)})
