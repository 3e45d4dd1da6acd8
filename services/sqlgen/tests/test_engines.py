"""The same questions on all four engines: the SQL of each dialect runs there and gives the same rows."""

import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypedDict

import pytest
import sqlglot

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.results import Cell, ResultSet
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.screening import may_run


class Answered(TypedDict):
    question: str
    rows: list[list[Cell]]
    ordered: bool


LINES = (Path(__file__).parent / "school_questions.jsonl").read_text(encoding="utf-8").splitlines()
QUESTIONS: list[Answered] = [json.loads(line) for line in LINES]


@pytest.mark.parametrize("expected", QUESTIONS, ids=lambda expected: expected["question"])
async def test_answer_gives_the_expected_rows(
    expected: Answered,
    school_index: SchemaIndex,
    school_catalog: Catalog,
    run_at_school: Callable[[str], Awaitable[ResultSet]],
    today: date,
) -> None:
    best = answer(expected["question"], school_index, today).candidates[0]
    assert may_run(best.sql, school_catalog)
    dialect = school_catalog.dialect.value
    assert sqlglot.parse_one(best.sql, dialect=dialect).sql(dialect=dialect) == best.sql
    result = await run_at_school(best.sql)
    rows, wanted = [list(map(_plain, row)) for row in result.rows], [list(map(_plain, row)) for row in expected["rows"]]
    if expected["ordered"]:
        assert rows == wanted
    else:
        assert sorted(rows, key=repr) == sorted(wanted, key=repr)


def _plain(cell: Cell) -> Cell:
    """Averages are decimals on one engine and floats on another; MySQL's have four places."""
    try:
        return round(float(cell), 3) if cell is not None else None
    except ValueError:
        return cell
