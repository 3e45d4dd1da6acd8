"""Accepting a job: one insert, then the first command in the background. A 202 means journalled, not published."""

from dataclasses import dataclass
from datetime import timedelta

from rowcall_contracts.commands import Command
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import PIPELINES, Step
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_gateway.caller import Caller
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.jobs.schemas import NewJob
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.jobs.subjects import Subjects
from rowcall_gateway.unfinished import UnfinishedJobs
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import Clock
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.job_workload import QUEUED_ALARM
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.tracing import current_traceparent

NO_IDEMPOTENCY = Idempotency()


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Turns a request into a job that no crash forgets."""

    jobs: JobStore
    subjects: Subjects
    unfinished: UnfinishedJobs
    bus: Bus
    clock: Clock
    metrics: Metrics

    async def accept(self, caller: Caller, new: NewJob, idempotency: Idempotency = NO_IDEMPOTENCY) -> Job:
        """Returns the job, or the one that the same request created before.

        Raises:
            Refusal: too many jobs, something it names is not there or not ready, or the key was used otherwise.
            StoreUnavailable: the store did not answer.
        """
        needed = await self.subjects.steps_needed(caller.workspace_id, new)
        await self.unfinished.require_room(caller.workspace_id)
        job, fresh = await self.jobs.insert(self._job(caller, new, needed, idempotency))
        if fresh:
            self.metrics.count(Metric.JOBS_ACCEPTED, kind=job.kind)
            command = Command(job_id=job.id, step=job.step, version=job.version, workspace_id=job.workspace_id)
            self.bus.command(command, job.traceparent)
        return job

    def _job(self, caller: Caller, new: NewJob, needed: frozenset[Step], idempotency: Idempotency) -> Job:
        now = self.clock.now()
        steps = tuple(step.value for step in PIPELINES[JobKind(new.kind)].accepted_steps(needed))
        return Job(
            id=new_id(Prefix.JOB),
            workspace_id=caller.workspace_id,
            kind=JobKind(new.kind).value,
            state=State.QUEUED,
            step=steps[0],
            steps=steps,
            version=1,
            history=(HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=steps[0]),),
            input=new.input.model_dump(mode="json"),
            created_at=now,
            created_by=caller.key_id,
            due_at=now + QUEUED_ALARM,
            deadline_at=now + timedelta(seconds=new.timeout_s),
            parent_job_id=new.parent_job_id,
            metadata=new.metadata,
            traceparent=current_traceparent(),
            idempotency_key=idempotency.key,
            fingerprint=idempotency.fingerprint,
        )
