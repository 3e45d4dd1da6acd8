"""`/jobs/{id}/stream`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from rowcall_contracts.jobs import Job
from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.jobs.following import has_ended
from rowcall_gateway.jobs.stream import LastEventId, job_events, resumed_after
from rowcall_gateway.parts import Handed

NO_CONTENT = 204

router = APIRouter(prefix="/jobs", tags=["jobs"])


@dataclass(frozen=True, kw_only=True)
class Resumption:
    """A job, and the version after which its stream goes on."""

    job: Job
    after: int


async def resumption(
    job_id: str,
    caller: Annotated[Caller, Depends(Requires(Scope.JOBS_READ))],
    parts: Handed,
    *,
    last_event_id: LastEventId = None,
) -> Resumption:
    """Reads the job before the stream begins, while there still is a status to refuse with."""
    job = await parts.jobs.get(caller.workspace_id, job_id)
    after = resumed_after(last_event_id, job)
    if has_ended(job) and after == job.version:
        # HTML, "Server-sent events" §9.2.3: 204 tells an EventSource to stop reconnecting.
        raise HTTPException(NO_CONTENT)
    return Resumption(job=job, after=after)


@router.get(
    "/{job_id}/stream",
    response_class=EventSourceResponse,
    responses={NO_CONTENT: {"description": "The end was received already; do not reconnect."}},
)
async def stream_job(
    resumed: Annotated[Resumption, Depends(resumption)], parts: Handed
) -> AsyncIterator[ServerSentEvent]:
    """Streams a `state` event per version and an `end` event with the job; resumes after `Last-Event-ID`."""
    async for event in job_events(parts.following, resumed.job, resumed.after):
        yield event
