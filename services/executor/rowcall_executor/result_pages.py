"""Results that are too large for a job, stored as pages; visible only through the finish that names them."""

from collections.abc import Iterator
from datetime import timedelta

from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import INLINE_ROWS, INLINE_ROWS_BYTES
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.results import Cell, ResultSet
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Document, DocumentCollection
from rowcall_runtime.errors import Permanent, StoreRefused
from rowcall_runtime.ids import Prefix, new_id

PAGE_ROWS = 1_000
PAGE_BYTES = 2**20
"""A page ends with the row that reaches this size; the store takes 16 MiB, its own format included."""

CELL_OVERHEAD_BYTES = 4

Rows = tuple[tuple[Cell, ...], ...]


class ResultPages:
    """Writes the pages of one attempt; those of an attempt that lost its race are named by nobody and expire."""

    def __init__(self, results: DocumentCollection, clock: Clock, *, retention: timedelta) -> None:
        self._results = results
        self._clock = clock
        self._retention = retention

    async def save(self, job: Job, rows: Rows) -> str:
        """Stores all rows and returns the result's id.

        Raises:
            Permanent: a single row is larger than the store allows.
        """
        result_id = new_id(Prefix.RESULT)
        expires_at = self._clock.now() + self._retention
        first_row = 0
        for page, some in enumerate(_pages(rows)):
            document: Document = {
                "_id": f"{result_id}:{page}",
                "workspace_id": job.workspace_id,
                "job_id": job.id,
                "result_id": result_id,
                "page": page,
                "first_row": first_row,
                "rows": [list(row) for row in some],
                "expires_at": expires_at,
            }
            await self._insert(document)
            first_row += len(some)
        return result_id

    async def _insert(self, page: Document) -> None:
        try:
            await self._results.insert(page)
        except StoreRefused as error:
            raise Permanent(ProblemType.OUTPUT_TOO_LARGE, "A row of the result is too large to be stored.") from error


def inline_rows(result: ResultSet, *, most_bytes: int = INLINE_ROWS_BYTES) -> Rows:
    """Returns the first rows that fit into a job: at most 100 and 64 KiB, or another share of the room."""
    size = 0
    for position, row in enumerate(result.rows[:INLINE_ROWS]):
        size += _bytes(row)
        if size > most_bytes:
            return result.rows[:position]
    return result.rows[:INLINE_ROWS]


def _pages(rows: Rows) -> Iterator[Rows]:
    start = size = 0
    for end, row in enumerate(rows, start=1):
        size += _bytes(row)
        if end - start == PAGE_ROWS or size >= PAGE_BYTES or end == len(rows):
            yield rows[start:end]
            start, size = end, 0


def _bytes(row: tuple[Cell, ...]) -> int:
    return sum(len(str(cell).encode()) + CELL_OVERHEAD_BYTES for cell in row)
