"""A job's life as server-sent events: one per version, read from its history, so that a resumed stream has no seam."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import Header
from fastapi.sse import ServerSentEvent
from pydantic import BaseModel

from rowcall_contracts.jobs import Job
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_gateway.jobs.following import Following, has_ended
from rowcall_gateway.jobs.schemas import JobBody
from rowcall_gateway.problems import Refusal
from rowcall_runtime.errors import StoreUnavailable

STATE_EVENT = "state"
END_EVENT = "end"
WAIT_S = 30.0

LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=20, description="The last `id` that was received.")
]

_STATE_AFTER = {
    HistoryEvent.ACCEPTED: State.QUEUED,
    HistoryEvent.RETRY: State.RETRY_WAIT,
    HistoryEvent.FAILED: State.FAILED,
    HistoryEvent.CANCELLED: State.CANCELLED,
}
"""Every other event leaves the job running; which end a last one means stands in the job."""


class JobMoved(BaseModel):
    """Data of a `state` event: what made this version of the job. The last version comes as `end`, with the job."""

    job_id: str
    version: int
    state: State
    step: str
    event: HistoryEvent
    at: datetime
    problem: str | None = None


def resumed_after(header: str | None, job: Job) -> int:
    """Returns the version after which the stream goes on; 0 is the beginning.

    Raises:
        Refusal: `Last-Event-ID` is none that this job's stream has given out.
    """
    if header is None:
        return 0
    if not (header.isascii() and header.isdecimal()) or not 1 <= int(header) <= job.version:
        raise Refusal.at("header/Last-Event-ID", f"`Last-Event-ID` is 1 to {job.version} here.")
    return int(header)


async def job_events(following: Following, job: Job, after: int) -> AsyncIterator[ServerSentEvent]:
    """Yields what happened after a version and then what happens, until the job has ended.

    Ends early, without an `end`, when the job is erased, the store is away or this process is about to end; the client
    resumes.
    """
    while True:
        for event in events_of(job, after):
            yield event
        after = job.version
        if has_ended(job):
            return
        try:
            job = await following.until_after(job.workspace_id, job.id, version=after, seconds=WAIT_S)
        except (Refusal, StoreUnavailable):
            return
        if following.waiters.closing and job.version == after:
            return


def events_of(job: Job, after: int) -> list[ServerSentEvent]:
    """Returns the events of the versions after `after`; pure, so that every reader of a job sees the same ones."""
    return [_event(job, entry) for entry in job.history if entry.version > after]


def _event(job: Job, entry: HistoryEntry) -> ServerSentEvent:
    if entry.version == job.version and has_ended(job):
        return ServerSentEvent(event=END_EVENT, id=str(entry.version), data=JobBody.of(job))
    moved = JobMoved(
        job_id=job.id,
        version=entry.version,
        state=_STATE_AFTER.get(entry.event, State.RUNNING),
        step=entry.step,
        event=entry.event,
        at=entry.at,
        problem=entry.problem,
    )
    return ServerSentEvent(event=STATE_EVENT, id=str(entry.version), data=moved)
