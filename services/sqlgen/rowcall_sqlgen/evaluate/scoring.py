"""Whether an answer is right, on the data and on its changed copies, and if not, what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rowcall_contracts.candidates import OutcomeStatus
from rowcall_contracts.results import ResultSet
from rowcall_databases import Database
from rowcall_sqlgen.evaluate.answering import Action, Answer
from rowcall_sqlgen.evaluate.equality import Table, equal
from rowcall_sqlgen.evaluate.executing import run_guarded, run_plain
from rowcall_sqlgen.evaluate.parsing import is_ordered
from rowcall_sqlgen.evaluate.questions import Question


class Cause(StrEnum):
    """Why a scorable question was not answered rightly."""

    CRASHED = "generator failed"
    ASKED = "asked back: ambiguous"
    UNKNOWN_WORD = "refused: names an unknown word"
    NO_READING = "refused: names no word"
    ERROR = "statement failed"
    GUARDED = "refused by the guard"
    TIMEOUT = "time-out"
    EMPTY = "empty, reference is not"
    NOT_EMPTY = "not empty, reference is"
    COLUMNS = "other number of columns"
    ORDER = "right rows in wrong order"
    ROWS = "wrong rows"


_FAILED = {
    OutcomeStatus.ERROR: Cause.ERROR,
    OutcomeStatus.REFUSED: Cause.GUARDED,
    OutcomeStatus.TIMEOUT: Cause.TIMEOUT,
    OutcomeStatus.SKIPPED: Cause.TIMEOUT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A question with its answer. Only with `scorable` do the rest of the fields say anything.

    `right`: the result is a reference's; `right_subset`: with extra columns it would be; `right_on_copies`: right, and
    on every copy too. `cause` is set exactly when a scorable question is not right.
    """

    question: Question
    answer: Answer
    scorable: bool
    right: bool = False
    right_subset: bool = False
    right_on_copies: bool = False
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gold:
    table: Table
    ordered: bool


async def score(
    question: Question, answer: Answer, result: ResultSet | None, *, original: Database, copies: Sequence[Database]
) -> Scored:
    """Judges one answer. A question of which no reference runs whole is not scorable, whatever the file says."""
    golds = await _golds(question.golds, original) if question.scorable else []
    if not golds:
        return Scored(question=question, answer=answer, scorable=False)
    table = None if result is None or result.truncated else _table(result)
    right = table is not None and _matches(golds, table)
    subset = table is not None and _matches(golds, table, extra_columns=True)
    return Scored(
        question=question,
        answer=answer,
        scorable=True,
        right=right,
        right_subset=subset,
        right_on_copies=right and await _right_on(copies, question.golds, str(answer.sql)),
        cause=None if right else _cause(answer, table, golds),
    )


async def _golds(statements: Sequence[str], database: Database) -> list[_Gold]:
    ran = [(sql, (await run_plain(sql, database)).result) for sql in statements]
    return [
        _Gold(table=_table(result), ordered=is_ordered(sql))
        for sql, result in ran
        if result is not None and not result.truncated
    ]


def _table(result: ResultSet) -> Table:
    return Table(width=len(result.columns), rows=result.rows)


def _matches(golds: Sequence[_Gold], table: Table, *, extra_columns: bool = False) -> bool:
    return any(equal(gold.table, table, ordered=gold.ordered, extra_columns=extra_columns) for gold in golds)


async def _right_on(copies: Sequence[Database], statements: Sequence[str], sql: str) -> bool:
    """Says whether the statement is right on every copy on which a reference runs."""
    for copy in copies:
        golds = await _golds(statements, copy)
        if not golds:
            continue
        result = (await run_guarded(sql, copy)).result
        if result is None or result.truncated or not _matches(golds, _table(result)):
            return False
    return True


def _cause(answer: Answer, table: Table | None, golds: Sequence[_Gold]) -> Cause:
    if answer.action is Action.ASK:
        return Cause.ASKED
    if answer.clarification is not None:
        return Cause.UNKNOWN_WORD if answer.names_words else Cause.NO_READING
    if answer.outcome is None:
        return Cause.CRASHED
    return _FAILED.get(answer.outcome, Cause.ROWS) if table is None else _difference(table, golds)


def _difference(table: Table, golds: Sequence[_Gold]) -> Cause:
    if not table.rows:
        return Cause.EMPTY
    if not any(gold.table.rows for gold in golds):
        return Cause.NOT_EMPTY
    if all(gold.table.width != table.width for gold in golds):
        return Cause.COLUMNS
    unordered = any(equal(gold.table, table, ordered=False) for gold in golds)
    return Cause.ORDER if unordered else Cause.ROWS
