"""SQL candidates, what became of them, and the pure rule that picks one."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from rowcall_contracts.base import Stored, is_empty
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.problems import Problem

MAX_CANDIDATES = 5
MAX_ROUNDS = 3
MAX_TASKS = 6


class Candidate(Stored):
    """One SQL statement that may answer the question; candidates are ranked, best first."""

    sql: str
    confidence: float  # 0..1
    assumptions: tuple[str, ...] = ()  # sentences a person can check
    used_words: tuple[str, ...] = ()  # words of the question that this statement accounts for
    explanation: str | None = Field(None, exclude_if=is_empty)  # of a changed statement: what was changed


class ClarificationKind(StrEnum):
    """Why the question was not answered."""

    AMBIGUOUS = "ambiguous"  # several readings; `options` lists them
    NOT_UNDERSTOOD = "not_understood"  # `words` were not found in the data; `options` says what exists instead


class Clarification(Stored):
    """A question back, or a refusal that names the words that were not understood."""

    kind: ClarificationKind
    message: str
    words: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class Task(Stored):
    """A sub-question of a breakdown: its candidates, or a clarification, or an error. `id` counts from "1" in order."""

    id: str
    question: str
    candidates: tuple[Candidate, ...] = ()
    clarification: Clarification | None = None
    error: Problem | None = None
    tried: tuple[str, ...] = ()  # as in a generation


class Generation(Stored):
    """Output of the `generate` step: candidates, or a clarification and no candidates, or tasks and neither."""

    dialect: Dialect
    candidates: tuple[Candidate, ...] = ()
    clarification: Clarification | None = None
    generator: str  # "builtin" or "llm"
    prompt_tokens: int = 0  # of all rounds so far, like the next one
    completion_tokens: int = 0
    tried: tuple[str, ...] = ()  # statements of the rounds before this one, not to be offered again
    tasks: tuple[Task, ...] = Field((), exclude_if=is_empty)
    tasks_left_out: int = Field(0, exclude_if=is_empty)  # sub-questions beyond `MAX_TASKS`


class OutcomeStatus(StrEnum):
    """What the executor made of a candidate."""

    OK = "ok"
    REFUSED = "refused"  # the guard said no
    ERROR = "error"  # the database said no
    TIMEOUT = "timeout"
    SKIPPED = "skipped"  # the budget of the step was spent, or an earlier candidate was good


class Outcome(Stored):
    """What became of the candidate at the same position. `message` never carries cell values."""

    status: OutcomeStatus
    row_count: int = 0
    code: str | None = None
    message: str | None = None
    elapsed_ms: int = 0


def choose(candidates: Sequence[Candidate], outcomes: Sequence[Outcome]) -> int | None:
    """Returns the position of the candidate to answer with, or `None` when none ran.

    The best-ranked candidate that ran and returned rows wins; without one, the best-ranked that ran at all.
    """
    ran = [i for i, outcome in enumerate(outcomes[: len(candidates)]) if outcome.status is OutcomeStatus.OK]
    return next((i for i in ran if outcomes[i].row_count), ran[0] if ran else None)
