"""What a job keeps of a result: its first rows in the job itself, all of them as pages when there are more."""

from dataclasses import dataclass

from rowcall_contracts.catalog import Dialect
from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import INLINE_ROWS_BYTES, Executed
from rowcall_contracts.results import ResultSet
from rowcall_executor.candidate_runs import Tried
from rowcall_executor.result_pages import ResultPages, inline_rows


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a result goes: `shares` results share the room in the job; `task` is the one it answers, if any."""

    job: Job
    dialect: Dialect
    task: str | None = None
    shares: int = 1

    @property
    def rows_url(self) -> str:
        """Where a caller reads all rows."""
        return f"/jobs/{self.job.id}" + (f"/tasks/{self.task}" if self.task else "") + "/rows"


async def kept(tried: Tried, result: ResultSet, pages: ResultPages, *, place: Place, elapsed_ms: int) -> Executed:
    """Returns the result as the job holds it.

    Raises:
        Permanent: a single row is larger than the store allows.
    """
    inline = inline_rows(result, most_bytes=INLINE_ROWS_BYTES // place.shares)
    whole = len(inline) == len(result.rows)
    return Executed(
        sql=tried.sql,
        dialect=place.dialect,
        columns=result.columns,
        rows=inline,
        row_count=len(result.rows),
        truncated=result.truncated,
        result_id=None if whole else await pages.save(place.job, result.rows),
        rows_url=place.rows_url,
        elapsed_ms=elapsed_ms,
    )
