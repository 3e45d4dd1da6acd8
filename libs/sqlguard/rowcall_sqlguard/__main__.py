"""`python -m rowcall_sqlguard`: JSON lines `{id, dialect, sql, protected?}` in, `{id, allowed, reason, rewritten}` out.

`dialect` is sqlite, duckdb, postgres, mysql, or any, which is allowed only where all four allow it. `protected`
is `{table: [columns]}`; statements that could show those columns are refused.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel

from rowcall_contracts.catalog import Dialect
from rowcall_contracts.column_policy import ColumnPolicy, ProtectedTable
from rowcall_sqlguard.checking import check
from rowcall_sqlguard.verdict import Verdict


class Question(BaseModel):
    """A line of input; other members are ignored."""

    id: str
    dialect: Dialect | Literal["any"]
    sql: str
    protected: dict[str, list[str]] | None = None


class Answer(BaseModel):
    """A line of output."""

    id: str
    allowed: bool
    reason: str | None
    rewritten: str | None


def answer(question: Question) -> Answer:
    """Returns the guard's word on one question."""
    verdict = _verdict(question)
    return Answer(id=question.id, allowed=verdict.allowed, reason=verdict.reason, rewritten=verdict.rewritten)


def answers(lines: Iterable[str]) -> Iterator[str]:
    """Returns a line of output per line of input that is not blank. Raises `pydantic.ValidationError`."""
    for line in lines:
        if line.strip():
            yield answer(Question.model_validate_json(line)).model_dump_json()


def _verdict(question: Question) -> Verdict:
    dialects = tuple(Dialect) if question.dialect == "any" else (question.dialect,)
    verdicts = [check(question.sql, dialect=dialect, policy=_policy(question)) for dialect in dialects]
    return next((verdict for verdict in verdicts if not verdict.allowed), verdicts[0])


def _policy(question: Question) -> ColumnPolicy | None:
    if question.protected is None:
        return None
    protected = (ProtectedTable(table=table, deny=tuple(columns)) for table, columns in question.protected.items())
    return ColumnPolicy(protected=tuple(protected))


if __name__ == "__main__":
    for output in answers(sys.stdin):
        sys.stdout.write(f"{output}\n")
        sys.stdout.flush()
