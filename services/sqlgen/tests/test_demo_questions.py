"""Questions on the demo data: each answer must give the rows of a query written by hand, or be refused by name."""

import json
import time
from datetime import date
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest
import sqlglot

from rowcall_contracts.candidates import ClarificationKind
from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.screening import may_run
from tools.testing.demo_data import DemoRows

HERE = Path(__file__).parent


class Answered(TypedDict):
    question: str
    reference: str
    ordered: bool
    whole: NotRequired[bool]
    row_count: int
    rows: list[list[str | int | float | None]] | None


class Refused(TypedDict):
    question: str
    kind: str
    words: list[str]


def _lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


QUESTIONS: list[Answered] = [json.loads(line) for line in _lines("demo_questions.jsonl")]
REFUSALS: list[Refused] = [json.loads(line) for line in _lines("demo_refusals.jsonl")]


@pytest.mark.parametrize("expected", QUESTIONS, ids=lambda expected: expected["question"])
def test_answer_gives_the_rows_of_the_reference(
    expected: Answered, demo_index: SchemaIndex, rows_of: DemoRows, today: date
) -> None:
    best = answer(expected["question"], demo_index, today).candidates[0]
    rows = rows_of(best.sql)
    reference = rows_of(expected["reference"])
    if not expected["ordered"]:
        rows, reference = sorted(rows, key=repr), sorted(reference, key=repr)
    assert rows == reference
    assert len(rows) == expected["row_count"]
    if expected.get("rows"):
        assert sorted(map(repr, rows)) == sorted(repr(tuple(row)) for row in expected["rows"] or [])


@pytest.mark.parametrize("expected", QUESTIONS, ids=lambda expected: expected["question"])
def test_every_candidate_parses_again_and_passes_the_guard(
    expected: Answered, demo_index: SchemaIndex, demo_catalog: Catalog, today: date
) -> None:
    for candidate in answer(expected["question"], demo_index, today).candidates:
        assert sqlglot.parse_one(candidate.sql, dialect="sqlite").sql(dialect="sqlite") == candidate.sql
        assert may_run(candidate.sql, demo_catalog)
        assert 0.0 < candidate.confidence <= 1.0
        assert candidate.used_words


@pytest.mark.parametrize("expected", REFUSALS, ids=lambda expected: expected["question"] or "(empty)")
def test_unanswerable_question_is_refused_and_names_the_words(
    expected: Refused, demo_index: SchemaIndex, today: date
) -> None:
    generation = answer(expected["question"], demo_index, today)
    assert generation.candidates == ()
    assert generation.clarification is not None
    assert generation.clarification.kind is ClarificationKind(expected["kind"])
    assert set(expected["words"]) <= set(generation.clarification.words)
    assert generation.clarification.options


def test_fifty_questions_take_far_less_than_forty_milliseconds_each(demo_index: SchemaIndex, today: date) -> None:
    taken = []
    for expected in QUESTIONS:
        before = time.process_time()
        answer(expected["question"], demo_index, today)
        taken.append(time.process_time() - before)
    assert sorted(taken)[len(taken) // 2] <= 0.040
