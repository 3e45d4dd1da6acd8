"""All rows that a job kept: in the job itself when they are few, in pages of `results` otherwise."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter

from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.outputs import Executed, ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.results import Cell, ResultColumn
from rowcall_gateway.problems import Refusal
from rowcall_runtime.driver import DocumentCollection

Row = tuple[Cell, ...]

_ROWS: TypeAdapter[tuple[Row, ...]] = TypeAdapter(tuple[Row, ...])


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


def executed_of(job: Job) -> Executed:
    """Returns what the job's `execute` step found.

    Raises:
        Refusal: the job has no rows, or none yet.
    """
    executed = _executed(job)
    if executed is None:
        raise Refusal(ProblemType.NOT_FOUND, "This job has no rows, or none yet.")
    return executed


def _executed(job: Job) -> Executed | None:
    if job.kind == JobKind.EXECUTE_SQL:
        return Executed.model_validate(job.output) if job.output else None
    output = job.outputs.get(Step.EXECUTE)
    return ExecutionRound.model_validate(output).executed if output else None


def _integer(value: object) -> int:
    assert isinstance(value, int)
    return value
