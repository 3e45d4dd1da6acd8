"""All rows that a job kept: in the job itself when they are few, in pages of `results` otherwise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from rowcall_contracts.inputs import MAX_ROWS_LIMIT
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.outputs import Executed, ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.results import Cell, ResultColumn
from rowcall_gateway.problems import Refusal
from rowcall_runtime.driver import DocumentCollection

Row = tuple[Cell, ...]

_ROWS: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[Row, ...])


class RowsQuery(BaseModel):
    """Which rows, and in which form."""

    format: Literal["json", "csv"] = "json"
    offset: Annotated[int, Field(ge=0, le=MAX_ROWS_LIMIT)] = 0
    limit: Annotated[
        int | None,
        Field(ge=1, le=MAX_ROWS_LIMIT, description="Rows at most; unless given 1,000 as JSON, all as CSV."),
    ] = None


class RowsPage(BaseModel):
    """Rows from `offset` on. `row_count` counts all kept rows; `truncated`: a cap had cut more off."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[Row, ...]
    offset: int
    row_count: int
    truncated: bool
    next_offset: int | None = None


@dataclass(frozen=True, kw_only=True)
class JobRows:
    """Reads the rows of jobs."""

    results: DocumentCollection

    async def page(self, executed: Executed, offset: int, limit: int) -> RowsPage:
        """Returns up to `limit` rows from `offset` on."""
        rows = [row async for some in self.read(executed, offset, limit) for row in some]
        reached = offset + len(rows)
        return RowsPage(
            columns=executed.columns,
            rows=tuple(rows),
            offset=offset,
            row_count=executed.row_count,
            truncated=executed.truncated,
            next_offset=reached if rows and reached < executed.row_count else None,
        )

    async def read(self, executed: Executed, offset: int, limit: int) -> AsyncIterator[tuple[Row, ...]]:
        """Yields the rows from `offset` on, `limit` at most, one stored page at a time."""
        end = offset + limit
        if executed.result_id is None:
            yield executed.rows[offset:end]
            return
        index = await self.results.find(
            {"result_id": executed.result_id}, sort=[("page", 1)], fields=("page", "first_row")
        )
        firsts = [_integer(entry["first_row"]) for entry in index]
        for entry, first, following in zip(index, firsts, [*firsts[1:], executed.row_count], strict=True):
            if first < end and following > offset:
                rows = await self._rows_of(executed.result_id, _integer(entry["page"]))
                yield rows[max(0, offset - first) : end - first]

    async def _rows_of(self, result_id: str, page: int) -> tuple[Row, ...]:
        document = await self.results.get({"result_id": result_id, "page": page}, fields=("rows",))
        if document is None:
            raise Refusal(ProblemType.NOT_FOUND, "The job's rows have expired.")
        return _ROWS.validate_python(document["rows"])


def executed_of(job: Job, task: str | None = None) -> Executed:
    """Returns what the job's `execute` step found, for the named task of a breakdown.

    Raises:
        Refusal: the job has no rows, none yet, or none of its own but those of its tasks.
    """
    if job.kind == JobKind.EXECUTE_SQL and task is None:
        executed = Executed.model_validate(job.output) if job.output else None
    else:
        executed = _chosen(job, task)
    if executed is None:
        raise Refusal(ProblemType.NOT_FOUND, "This job has no rows, or none yet.")
    return executed


def _chosen(job: Job, task: str | None) -> Executed | None:
    output = job.outputs.get(Step.EXECUTE)
    if output is None:
        return None
    ran = ExecutionRound.model_validate(output)
    ids = ", ".join(each.id for each in ran.tasks)
    if ran.tasks and task is None:
        raise Refusal(ProblemType.NOT_FOUND, f"The rows of this job are its tasks': see /tasks/…/rows of {ids}.")
    return next((each.executed for each in ran.tasks if each.id == task), None) if task else ran.executed


def _integer(value: object) -> int:
    assert isinstance(value, int)
    return value
