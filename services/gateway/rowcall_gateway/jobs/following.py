"""Following a job to its end, or to its next change."""

from dataclasses import dataclass
from functools import partial

from rowcall_contracts.jobs import Job
from rowcall_contracts.work import TERMINAL
from rowcall_gateway.etags import is_known
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.waiting import Waiters


@dataclass(frozen=True, kw_only=True)
class Following:
    """Waits for jobs on behalf of callers."""

    jobs: JobStore
    waiters: Waiters

    async def until_ended(self, workspace_id: str, job_id: str, seconds: float) -> Job:
        """Returns the job as soon as it is terminal, or as it is when the time is up; raises as `JobStore.get`."""
        return await self.waiters.until(
            job_id, partial(self.jobs.get, workspace_id, job_id), done=has_ended, seconds=seconds
        )

    async def until_news(self, workspace_id: str, job_id: str, *, known: str | None, seconds: float) -> Job:
        """Returns the job as soon as it is terminal or, with an `If-None-Match`, has another version than that."""

        def done(job: Job) -> bool:
            return has_ended(job) or (known is not None and not is_known(known, job.version))

        return await self.waiters.until(
            job_id, partial(self.jobs.get, workspace_id, job_id), done=done, seconds=seconds
        )

    async def until_after(self, workspace_id: str, job_id: str, *, version: int, seconds: float) -> Job:
        """Returns the job as soon as its version is larger than this one, or as it is when the time is up."""

        def done(job: Job) -> bool:
            return job.version > version

        return await self.waiters.until(
            job_id, partial(self.jobs.get, workspace_id, job_id), done=done, seconds=seconds
        )


def has_ended(job: Job) -> bool:
    """Whether the job is terminal."""
    return job.state in TERMINAL
