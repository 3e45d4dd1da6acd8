"""Ratios, shares and differences by trained parser and grammar: the same numbers on all four engines."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import sqlglot

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_contracts.results import Cell, ResultSet
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.ratios.ratios import ratios
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.screening import may_run

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Expected:
    question: str
    rows: list[list[Cell]]
    ordered: bool = False


QUESTIONS = [
    Expected("What is the ratio of male to female students?", [[0.667]]),
    Expected("What is the ratio of students to courses?", [[1.667]]),
    Expected("What is the ratio of cats to dogs?", [[0.5]]),
    Expected("What percentage of students are female?", [[60.0]]),
    Expected("What percentage of students older than 19 are female?", [[100.0]]),
    Expected("What is the percentage of students older than 19?", [[60.0]]),
    Expected("What is the proportion of dogs out of all pets?", [[0.5]]),
    Expected("What is the ratio of students younger than 20 to the total number of students?", [[0.4]]),
    Expected("What is the ratio of students older than 30 to students older than 40?", [[None]]),
    Expected("What is the difference between the number of students and the number of pets?", [[1]]),
    Expected("What is the difference between the maximum and minimum age of students?", [[4]]),
    Expected("How many more students than courses are there?", [[2]]),
    Expected("What is the percentage of enrollments by grade?", [["A", 57.143], ["B", 28.571], ["C", 14.286]]),
    Expected("How does the ratio of enrollments to students vary by sex?", [["F", 1.667], ["M", 1.0]]),
    Expected(
        "What is the proportion of enrollments with grade A out of all enrollments for each course id, sorted by the "
        "ratio in descending order?",
        [[3, 0.667], [1, 0.5], [2, 0.5]],
    ),
    Expected("Which grade has the highest share of enrollments?", [["A"]]),
]


@pytest.mark.parametrize("expected", QUESTIONS, ids=lambda expected: expected.question)
async def test_the_number_is_right_on_each_engine(
    expected: Expected,
    answering: Answering,
    school_index: SchemaIndex,
    school_catalog: Catalog,
    run_at_school: Callable[[str], Awaitable[ResultSet]],
    today: date,
) -> None:
    best = answering.answer(expected.question, school_index, today).candidates[0]

    dialect = school_catalog.dialect.value
    assert sqlglot.parse_one(best.sql, dialect=dialect).sql(dialect=dialect) == best.sql
    assert may_run(best.sql, school_catalog)
    rows = [list(map(_rounded, row)) for row in (await run_at_school(best.sql)).rows]
    assert sorted(rows, key=repr) == sorted(expected.rows, key=repr), best.sql


def _rounded(cell: Cell) -> Cell:
    """Engines give decimals or floats."""
    try:
        return round(float(cell), 3) if cell is not None else None
    except ValueError:
        return cell


def test_a_question_without_a_ratio_asks_nothing(today: date) -> None:
    for question in ("How many funds are there?", "Which country has more than 100 funds?", "Show all funds"):
        assert ratios(words(question), _funds("size"), today=today, ask=_asked_in_vain) == ()


@pytest.mark.parametrize(
    ("column", "question"),
    [
        ("ratio", "What is the average ratio of all funds?"),
        ("expense_ratio", "What is the expense ratio of each fund to date?"),
        ("market_share", "What is the market share of funds for each country?"),
    ],
)
def test_a_column_called_ratio_is_left_to_the_rest(column: str, question: str, today: date) -> None:
    assert ratios(words(question), _funds(column), today=today, ask=_asked_in_vain) == ()


def test_parts_that_have_no_answer_make_none(today: date) -> None:
    asked: list[str] = []

    def ask(part: tuple[Word, ...]) -> Sequence[Trusted]:
        asked.append(" ".join(word.text for word in part))
        return ()

    assert ratios(words("What is the ratio of foos to bars?"), _funds("size"), today=today, ask=ask) == ()
    assert asked == ["how many bars", "how many foos"]


def test_what_was_taken_for_granted_in_either_part_is_told(
    answering: Answering, school_index: SchemaIndex, today: date
) -> None:
    best = answering.answer("What is the ratio of male to female students?", school_index, today).candidates[0]

    told = " ".join(best.assumptions)
    assert "`male` was read as Student.sex = 'M'" in told
    assert "`female` was read as Student.sex = 'F'" in told


def _funds(column: str) -> SchemaIndex:
    amount = Column(name=column, kind=ColumnKind.FLOAT, type="REAL")
    country = Column(name="country", kind=ColumnKind.TEXT, type="TEXT")
    tables = (Table(name="funds", columns=(country, amount)),)
    return build_index(Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=tables, profiled_at=NOW))


def _asked_in_vain(part: tuple[Word, ...]) -> Sequence[Trusted]:
    raise AssertionError(f"asked: {' '.join(word.text for word in part)}")
