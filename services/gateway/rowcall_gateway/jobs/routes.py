"""`/jobs`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from rowcall_contracts.inputs import MAX_ROWS_LIMIT
from rowcall_contracts.outputs import Executed
from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.etags import IfNoneMatch, etag, is_known
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.jobs.csv_rows import MEDIA_TYPE as CSV
from rowcall_gateway.jobs.csv_rows import csv_lines
from rowcall_gateway.jobs.kinds import job_kinds
from rowcall_gateway.jobs.rows import RowsPage, RowsQuery, executed_of
from rowcall_gateway.jobs.schemas import AnyNewJob, JobBody, JobList, JobsQuery, JobSummary, KindList
from rowcall_gateway.parts import Handed, Parts

POLL_AFTER_S = 1
JSON_ROWS = 1_000

Reader = Annotated[Caller, Depends(Requires(Scope.JOBS_READ))]
Writer = Annotated[Caller, Depends(Requires(Scope.JOBS_WRITE))]
Wait = Annotated[int, Query(ge=0, le=30, description="Seconds to wait for the end, or with `If-None-Match` for news.")]
_ROWS: dict[int | str, dict[str, object]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.post("", status_code=202)
async def create_job(
    new: AnyNewJob, caller: Writer, parts: Handed, response: Response, *, idempotency_key: IdempotencyKey = None
) -> JobBody:
    """Accepts a job: it is journalled when this answers, and it will end."""
    idempotency = Idempotency.of(caller, "POST /jobs", header=idempotency_key, body=new)
    job = await parts.acceptance.accept(caller, new, idempotency)
    response.headers["Location"] = f"/jobs/{job.id}"
    response.headers["Retry-After"] = str(POLL_AFTER_S)
    return JobBody.of(job)


@router.get("")
async def list_jobs(query: Annotated[JobsQuery, Query()], caller: Reader, parts: Handed) -> JobList:
    """Lists the workspace's jobs, newest first, without their outputs."""
    jobs, cursor = await parts.jobs.page({"workspace_id": caller.workspace_id, **query.filter()}, query)
    return JobList(data=[JobSummary.summing(job) for job in jobs], next_cursor=cursor)


@router.get("/kinds")
async def list_job_kinds(_: Reader) -> KindList:
    """Lists the kinds of jobs with JSON Schemas of their inputs and outputs."""
    return job_kinds()


@router.get("/{job_id}", responses={304: {"description": "The version is still the one in `If-None-Match`."}})
async def get_job(  # sizes: the parts of a request
    job_id: str,
    caller: Reader,
    parts: Handed,
    response: Response,
    *,
    wait: Wait = 0,
    if_none_match: IfNoneMatch = None,
) -> JobBody:
    """Reads a job; with `wait`, as soon as it has ended. However the job ended, the status is 200."""
    is_known(if_none_match, 0)  # a malformed tag is refused before anybody waits
    job = await parts.following.until_news(caller.workspace_id, job_id, known=if_none_match, seconds=wait)
    response.headers["ETag"] = etag(job.version)
    if is_known(if_none_match, job.version):
        response.status_code = 304
    return JobBody.of(job)


@router.delete("/{job_id}", status_code=204)
async def erase_job(job_id: str, caller: Writer, parts: Handed) -> None:
    """Erases a job and its results for good; one that still runs is cancelled first."""
    await parts.erasing.erase(caller.workspace_id, job_id)
    await parts.audit.changed(caller, "job.erase", job_id)


@router.post("/{job_id}/cancel")
async def cancel_job(job_id: str, caller: Writer, parts: Handed, response: Response) -> JobBody:
    """Cancels a job; one that has ended stays as it is."""
    job = await parts.cancelling.cancel(caller.workspace_id, job_id)
    response.headers["ETag"] = etag(job.version)
    return JobBody.of(job)


@router.get("/{job_id}/rows", response_model=RowsPage, responses=_ROWS)
async def get_job_rows(
    job_id: str, query: Annotated[RowsQuery, Query()], caller: Reader, parts: Handed
) -> RowsPage | StreamingResponse:
    """Reads the rows that a job kept."""
    executed = executed_of(await parts.jobs.get(caller.workspace_id, job_id))
    return await _sent(parts, executed, query, name=job_id)


@router.get("/{job_id}/tasks/{task_id}/rows", response_model=RowsPage, responses=_ROWS)
async def get_task_rows(
    job_id: str, task_id: str, query: Annotated[RowsQuery, Query()], caller: Reader, parts: Handed
) -> RowsPage | StreamingResponse:
    """Reads the rows that a job kept for one task of its breakdown."""
    executed = executed_of(await parts.jobs.get(caller.workspace_id, job_id), task_id)
    return await _sent(parts, executed, query, name=f"{job_id}-{task_id}")


async def _sent(parts: Parts, executed: Executed, query: RowsQuery, *, name: str) -> RowsPage | StreamingResponse:
    if query.format == "json":
        return await parts.rows.page(executed, query.offset, query.limit or JSON_ROWS)
    pages = parts.rows.read(executed, query.offset, query.limit or MAX_ROWS_LIMIT)
    disposition = f'attachment; filename="{name}.csv"'
    return StreamingResponse(
        csv_lines(executed.columns, pages), media_type=CSV, headers={"Content-Disposition": disposition}
    )
