"""Erasing jobs and their results. A job that still runs is cancelled first, so that no worker writes behind us.

Erasing takes back an event that was not published yet: nothing about the job is left to publish.
"""

from dataclasses import dataclass

from rowcall_contracts.work import TERMINAL
from rowcall_gateway.jobs.cancel import Cancelling
from rowcall_gateway.jobs.store import JobStore
from rowcall_runtime.driver import Filter


@dataclass(frozen=True, kw_only=True)
class Erasing:
    """Forgets jobs."""

    jobs: JobStore
    cancelling: Cancelling

    async def erase(self, workspace_id: str, job_id: str) -> None:
        """Erases one job.

        Raises:
            Refusal: there is none.
        """
        await self.cancelling.cancel(workspace_id, job_id)
        await self.jobs.erase(workspace_id, [job_id])

    async def erase_all(self, workspace_id: str, where: Filter) -> None:
        """Erases every job of a workspace that matches."""
        found = await self.jobs.matching({"workspace_id": workspace_id, **where})
        for job in found:
            if job.state not in TERMINAL:
                await self.cancelling.cancel(workspace_id, job.id)
        await self.jobs.erase(workspace_id, [job.id for job in found])
