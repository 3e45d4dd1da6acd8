"""Cancelling: a guarded write that any worker's own guard then meets, told to all workers at once."""

from dataclasses import dataclass

from rowcall_contracts.commands import Cancelled
from rowcall_contracts.jobs import Job
from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import PIPELINES
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.work import TERMINAL, HistoryEvent, State
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.problems import Refusal
from rowcall_gateway.waiting import Waiters
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import Clock
from rowcall_runtime.job_workload import ENDED_ALARM, final_event
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.outbox import OutboxRelay, Parcel
from rowcall_runtime.work_store import Change

MAX_RACES = 20
"""A job has few steps; losing this often to its workers means that something else is wrong."""


@dataclass(frozen=True, kw_only=True)
class Cancelling:
    """Ends jobs because their caller says so."""

    jobs: JobStore
    bus: Bus
    relay: OutboxRelay
    waiters: Waiters
    clock: Clock
    metrics: Metrics

    async def cancel(self, workspace_id: str, job_id: str) -> Job:
        """Returns the job, cancelled; or as it ended before.

        Raises:
            Refusal: there is no such job, or its kind is newer than this code.
        """
        for _ in range(MAX_RACES):
            job = await self.jobs.get(workspace_id, job_id)
            if job.state in TERMINAL or await self._cancelled(job):
                return await self.jobs.get(workspace_id, job_id)
        raise Refusal(ProblemType.CONFLICT, "The job keeps moving; try again.")

    async def _cancelled(self, job: Job) -> bool:
        if job.kind not in PIPELINES:
            raise Refusal(ProblemType.CONFLICT, "The job's kind is newer than this gateway; try again later.")
        event = final_event(job, State.CANCELLED, {}, clock=self.clock)
        change = Change(
            event=HistoryEvent.CANCELLED,
            state=State.CANCELLED,
            step=job.step,
            due_at=self.clock.now() + ENDED_ALARM,
            fields={"outbox": [event.model_dump()]},
        )
        if not await self.jobs.overrule(job, change):
            return False
        self.bus.cancelled(Cancelled(job_id=job.id, version=job.version + 1))
        self.relay.submit(Parcel.of(job, (event,)))
        self.waiters.wake(job.id)
        self.metrics.count(Metric.JOBS_ENDED, kind=job.kind, state=State.CANCELLED.value)
        return True
