"""What each step hands on, and what a caller reads as a job's output."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import Field

from rowcall_contracts.base import Stored, is_empty
from rowcall_contracts.candidates import Candidate, Clarification, Generation, Outcome
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.jobs import JobKind, JsonObject
from rowcall_contracts.problems import Problem
from rowcall_contracts.results import Cell, ResultColumn

INLINE_ROWS = 100
INLINE_ROWS_BYTES = 64 * 1024


class ConnectionChecked(Stored):
    """Output of `check`."""

    dialect: Dialect
    server_version: str
    elapsed_ms: int


class Introspected(Stored):
    """Output of `introspect`; the catalog itself lies in the store, one document per table.

    `changed`: structure or profile were read again; otherwise the stored catalog still holds.
    """

    fingerprint: str
    changed: bool
    elapsed_ms: int


class Executed(Stored):
    """Output of `execute`. `rows` are the first ones; `result_id` names the stored pages that hold them all.

    `sql` is the statement as meant: what ran is the same with a LIMIT that caps its rows.
    """

    sql: str
    dialect: Dialect
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    row_count: int
    truncated: bool
    result_id: str | None = None
    rows_url: str | None = None
    elapsed_ms: int


class TaskRound(Stored):
    """What became of the candidates of one task; as in an `ExecutionRound`. `error`: none of them passed."""

    id: str
    candidates: tuple[Candidate, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    chosen: int | None = None
    executed: Executed | None = None
    error: Problem | None = None


class ExecutionRound(Stored):
    """What `execute` stores in a job: every candidate's outcome, and the result of the chosen one.

    With `executed` absent, none passed and the outcomes are feedback for the next round of `generate`. In a breakdown
    each task has its own, in the order of the generation's tasks.
    """

    candidates: tuple[Candidate, ...]
    outcomes: tuple[Outcome, ...]
    chosen: int | None = None
    executed: Executed | None = None
    tasks: tuple[TaskRound, ...] = Field((), exclude_if=is_empty)


class RankedCandidate(Stored):
    """A candidate as a caller reads it, with what became of it."""

    sql: str
    confidence: float
    assumptions: tuple[str, ...] = ()
    outcome: Outcome | None = None


class TaskAnswer(Stored):
    """The answer to one sub-question of a breakdown; or, without `sql`, a question back or an error."""

    id: str
    question: str
    answer: str | None = None
    sql: str | None = None
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    row_count: int = 0
    truncated: bool = False
    result_id: str | None = None
    rows_url: str | None = None
    chart: JsonObject | None = None  # Vega-Lite v5
    confidence: float = 0.0
    assumptions: tuple[str, ...] = ()
    clarification: Clarification | None = None
    error: Problem | None = None


class ChatOutput(Stored):
    """The answer to a question, or, with `clarification` set and `sql` absent, a question back.

    In a breakdown, `answer` is that of all tasks together, `confidence` that of the least sure one that was answered;
    statements and rows are the tasks'.
    """

    answer: str | None = None
    sql: str | None = None
    dialect: Dialect | None = None
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    row_count: int = 0
    truncated: bool = False
    result_id: str | None = None
    rows_url: str | None = None
    chart: JsonObject | None = None  # Vega-Lite v5
    confidence: float = 0.0
    assumptions: tuple[str, ...] = ()
    candidates: tuple[RankedCandidate, ...] = ()
    clarification: Clarification | None = None
    timings: dict[str, int] = {}  # milliseconds per step
    tasks: tuple[TaskAnswer, ...] = Field((), exclude_if=is_empty)


class TableSummary(Stored):
    """One table in words."""

    name: str
    text: str
    row_count: int | None = None


class DataSummary(Stored):
    """Output of `summarize`: the database in words."""

    text: str
    tables: tuple[TableSummary, ...]


class DocumentIndexed(Stored):
    """Output of `index`; the document can be found from now on."""

    document_id: str
    chunk_count: int


class Passage(Stored):
    """A passage that matched. `start` and `end` are offsets in characters into the document's text."""

    document_id: str
    document_name: str
    heading: str | None = None
    text: str
    start: int
    end: int
    score: float


class DocumentsFound(Stored):
    """Output of `search`; the best passage first."""

    passages: tuple[Passage, ...]


JobOutput = ConnectionChecked | ChatOutput | Generation | Executed | DataSummary | DocumentIndexed | DocumentsFound

OUTPUTS: Mapping[JobKind, type[JobOutput]] = MappingProxyType(
    {
        JobKind.CHECK_CONNECTION: ConnectionChecked,
        JobKind.CHAT: ChatOutput,
        JobKind.GENERATE_SQL: Generation,
        JobKind.REFINE_SQL: Generation,
        JobKind.EXECUTE_SQL: Executed,
        JobKind.SUMMARIZE_DATA: DataSummary,
        JobKind.INDEX_DOCUMENT: DocumentIndexed,
        JobKind.SEARCH_DOCUMENTS: DocumentsFound,
    }
)
"""The caller's output per kind."""
