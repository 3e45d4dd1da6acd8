"""Results that are too large for a job, stored as pages; visible only through the finish that names them."""

from datetime import timedelta

from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import INLINE_ROWS, INLINE_ROWS_BYTES
from rowcall_contracts.results import Cell, ResultSet
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.ids import Prefix, new_id

PAGE_ROWS = 1_000

Rows = tuple[tuple[Cell, ...], ...]


class ResultPages:
    """Writes the pages of one attempt; those of an attempt that lost its race are named by nobody and expire."""

    def __init__(self, results: DocumentCollection, clock: Clock, *, retention: timedelta) -> None:
        self._results = results
        self._clock = clock
        self._retention = retention

    async def save(self, job: Job, rows: Rows) -> str:
        """Stores all rows and returns the result's id."""
        result_id = new_id(Prefix.RESULT)
        expires_at = self._clock.now() + self._retention
        for page, start in enumerate(range(0, len(rows), PAGE_ROWS)):
            await self._results.insert(
                {
                    "_id": f"{result_id}:{page}",
                    "workspace_id": job.workspace_id,
                    "job_id": job.id,
                    "result_id": result_id,
                    "page": page,
                    "first_row": start,
                    "rows": [list(row) for row in rows[start : start + PAGE_ROWS]],
                    "expires_at": expires_at,
                }
            )
        return result_id


def inline_rows(result: ResultSet) -> Rows:
    """Returns the first rows that fit into a job: at most 100 and 64 KiB."""
    size = 0
    for position, row in enumerate(result.rows[:INLINE_ROWS]):
        size += sum(len(str(cell).encode()) + 4 for cell in row)
        if size > INLINE_ROWS_BYTES:
            return result.rows[:position]
    return result.rows[:INLINE_ROWS]
