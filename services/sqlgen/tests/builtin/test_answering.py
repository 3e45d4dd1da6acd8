"""Grammar, trained parser and trust together, on the demo data: the floor below which no change may fall."""

import json
from datetime import date
from pathlib import Path
from typing import Any, NotRequired, TypedDict

import pytest
import sqlglot

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.statement_outline import outline
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.knowledge.model import Pair
from rowcall_sqlgen.screening import may_run
from tools.testing.demo_data import DemoRows

HERE = Path(__file__).parents[1]
MOST_ANSWERED = 2


class Answered(TypedDict):
    question: str
    reference: str
    ordered: bool
    whole: NotRequired[bool]


class Refused(TypedDict):
    question: str
    words: list[str]


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


QUESTIONS: list[Answered] = [json.loads(line) for line in _lines("demo_questions.jsonl")]
ANALYSES: list[Answered] = [json.loads(line) for line in _lines("demo_analyses.jsonl")]
"""Questions that take the parser or a question inside another one."""
REFUSALS: list[Refused] = [json.loads(line) for line in _lines("demo_refusals.jsonl")]


@pytest.mark.parametrize("expected", [*QUESTIONS, *ANALYSES], ids=lambda expected: expected["question"])
def test_the_answer_gives_the_rows_of_the_reference(
    expected: Answered,
    answering: Answering,
    demo_index: SchemaIndex,
    demo_catalog: Catalog,
    rows_of: DemoRows,
    today: date,
) -> None:
    candidates = answering.answer(expected["question"], demo_index, today).candidates
    rows, reference = (_rounded(rows_of(sql)) for sql in (candidates[0].sql, expected["reference"]))
    if not expected["ordered"]:
        rows, reference = sorted(rows, key=repr), sorted(reference, key=repr)
    assert rows == reference, candidates[0].sql
    for candidate in candidates:
        assert sqlglot.parse_one(candidate.sql, dialect="sqlite").sql(dialect="sqlite") == candidate.sql
        assert may_run(candidate.sql, demo_catalog)


def _rounded(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Shares and averages in nine places: the order in which numbers are added up changes the last ones."""
    return [tuple(round(cell, 9) if isinstance(cell, float) else cell for cell in row) for row in rows]


@pytest.mark.parametrize("expected", REFUSALS, ids=lambda expected: expected["question"] or "(empty)")
def test_what_has_no_answer_gets_none_or_says_what_it_takes_for_granted(
    expected: Refused, answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    generation = answering.answer(expected["question"], demo_index, today)
    if generation.candidates:
        told = " ".join(generation.candidates[0].assumptions)
        assert any(f"`{word}`" in told for word in expected["words"]), generation.candidates[0]
    else:
        assert generation.clarification is not None
        assert generation.clarification.message


def test_nearly_all_that_has_no_answer_gets_none(answering: Answering, demo_index: SchemaIndex, today: date) -> None:
    generations = [answering.answer(expected["question"], demo_index, today) for expected in REFUSALS]

    assert sum(bool(generation.candidates) for generation in generations) <= MOST_ANSWERED


@pytest.mark.parametrize(
    "question",
    [
        "How many flights did United operate in March?",
        "manufacturers of planes with more seats than the average that flew in March",
    ],
)
def test_a_period_is_never_passed_over(
    question: str, answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    generation = answering.answer(question, demo_index, today)
    assert all("month = 3" in candidate.sql for candidate in generation.candidates)


def test_what_was_tried_is_not_offered_again(answering: Answering, demo_index: SchemaIndex, today: date) -> None:
    question = "Which airline has the most flights?"
    first = answering.answer(question, demo_index, today).candidates
    tried = frozenset({first[0].sql})
    second = answering.answer(question, demo_index, today, may_offer=lambda sql: sql not in tried).candidates

    assert tried.isdisjoint(candidate.sql for candidate in second)


def test_the_guard_is_asked_about_what_is_offered_alone(
    answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    asked: list[str] = []

    def may_offer(sql: str) -> bool:
        asked.append(sql)
        return True

    offered = answering.answer("Which airline has the fewest flights?", demo_index, today, may_offer=may_offer)
    assert asked
    assert asked == [candidate.sql for candidate in offered.candidates]


def test_a_condition_that_no_row_can_meet_is_not_read(
    answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    question = "manufacturers of planes with more than 300 seats and less than 100 seats"
    generation = answering.answer(question, demo_index, today)
    assert not any("seats > 300 AND seats < 100" in candidate.sql for candidate in generation.candidates)


def test_what_the_guard_refuses_is_not_offered(answering: Answering, demo_index: SchemaIndex, today: date) -> None:
    generation = answering.answer("How many flights are there?", demo_index, today, may_offer=lambda sql: False)

    assert generation.candidates == ()
    assert generation.clarification is not None


@pytest.mark.parametrize(
    ("question", "pair"),
    [
        (
            "Which manufacturer built the largest plane?",
            Pair(
                question="Which manufacturer made the biggest plane?",
                sql="SELECT p.manufacturer FROM planes AS p ORDER BY p.seats DESC LIMIT 1",
            ),
        ),
        (
            "What is the typical delay of a departure?",
            Pair(question="What is the usual delay of a departure?", sql="SELECT AVG(f.dep_delay) FROM flights AS f"),
        ),
    ],
    ids=["another statement came first", "no statement was sure enough"],
)
def test_a_stored_pair_that_asks_nearly_the_same_decides(
    question: str, pair: Pair, answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    without = answering.answer(question, demo_index, today).candidates
    [candidate] = answering.answer(question, demo_index, today, pairs=[pair]).candidates
    refused = answering.answer(question, demo_index, today, pairs=[pair], may_offer=lambda sql: sql != pair.sql)

    assert not without or outline(without[0].sql, demo_index) != outline(pair.sql, demo_index)
    assert candidate.sql == pair.sql
    assert pair.question in candidate.assumptions[0]
    assert refused.candidates == without


@pytest.mark.parametrize(
    "question",
    [
        "What is the busiest airport?",
        "Which airline is the biggest?",
        "smallest airline",
        "destinations only served by Delta",
    ],
)
def test_a_word_that_turns_the_question_round_is_not_passed_over(
    question: str, answering: Answering, demo_index: SchemaIndex, today: date
) -> None:
    generation = answering.answer(question, demo_index, today)
    assert generation.candidates == ()
    assert generation.clarification
