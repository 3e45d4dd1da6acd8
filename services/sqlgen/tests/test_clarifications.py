"""What is said when a question is not answered, and what an answer assumes."""

from datetime import date

import pytest

from rowcall_contracts.candidates import Clarification, ClarificationKind
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.index import SchemaIndex


def _refusal(question: str, index: SchemaIndex, today: date) -> Clarification:
    clarification = answer(question, index, today).clarification
    assert clarification is not None
    return clarification


def test_ambiguous_column_is_asked_back_with_both_options(demo_index: SchemaIndex, today: date) -> None:
    asked = _refusal("average delay", demo_index, today)
    assert asked.kind is ClarificationKind.AMBIGUOUS
    assert asked.words == ("delay",)
    assert set(asked.options) == {"flights.dep_delay", "flights.arr_delay"}


def test_ambiguous_join_is_asked_back_with_the_keys(demo_index: SchemaIndex, today: date) -> None:
    asked = _refusal("How many flights are there per airport?", demo_index, today)
    assert asked.kind is ClarificationKind.AMBIGUOUS
    assert set(asked.options) == {"flights.dest", "flights.origin"}


def test_misspelled_column_is_refused_with_the_similar_one_first(demo_index: SchemaIndex, today: date) -> None:
    refused = _refusal("average distnce of flights", demo_index, today)
    assert refused.words == ("distnce",)
    assert refused.options[0] == "flights.distance"


def test_columns_of_the_table_that_was_named_are_offered(demo_index: SchemaIndex, today: date) -> None:
    refused = _refusal("price of planes", demo_index, today)
    assert refused.words == ("price",)
    assert "planes.manufacturer" in refused.options


@pytest.mark.parametrize(
    ("question", "condition", "other"),
    [("flights from LAX", "origin = 'LAX'", "dest"), ("flights to EWR", "dest = 'EWR'", "origin")],
)
def test_value_is_one_of_the_column_that_the_preposition_asks_for(
    question: str, condition: str, other: str, demo_index: SchemaIndex, today: date
) -> None:
    candidates = answer(question, demo_index, today).candidates
    assert candidates[0].sql == f"SELECT * FROM flights WHERE {condition}"
    assert not any(other in candidate.sql for candidate in candidates)


def test_first_rows_without_an_order_are_not_any_rows(demo_index: SchemaIndex, today: date) -> None:
    refusal = _refusal("Top 5 airlines", demo_index, today)
    assert refusal.kind is ClarificationKind.AMBIGUOUS
    assert refusal.message == "By what are the top 5 chosen? Say it after `by`."
    assert "airlines.name" in refusal.options


@pytest.mark.parametrize("question", ["What is the largest manufacturer?", "What is the hottest origin?"])
def test_text_has_no_size(question: str, demo_index: SchemaIndex, today: date) -> None:
    assert not any("MAX(" in candidate.sql for candidate in answer(question, demo_index, today).candidates)


@pytest.mark.parametrize(
    ("question", "assumption"),
    [
        ("How many flights were made by Delta?", "`Delta` was read as airlines.name = 'Delta Air Lines Inc.'."),
        ("flights after 2013-12-30", "Dates were read from flights.time_hour."),
        ("oldest plane", "`oldest` was read from planes.year."),
        ("flights longer than 4000 miles", "The number in `4000 miles` was compared in the column's own unit."),
        ("flights from JFK", "`JFK` was looked up in flights.origin."),
    ],
)
def test_liberties_are_told(question: str, assumption: str, demo_index: SchemaIndex, today: date) -> None:
    assert assumption in answer(question, demo_index, today).candidates[0].assumptions


def test_confidence_falls_with_every_liberty(demo_index: SchemaIndex, today: date) -> None:
    plain = answer("How many flights are there?", demo_index, today).candidates[0]
    loose = answer("How many flights were made by Delta?", demo_index, today).candidates[0]
    assert plain.confidence > 0.9 > loose.confidence > 0.4


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How happy are the passengers?", ("happy", "passengers")),
        ("How many kittens are there per passenger?", ("kittens", "passenger")),
        ("What is the capital of France?", ("capital", "France")),
    ],
)
def test_the_words_that_open_a_question_are_not_what_was_not_understood(
    question: str, words: tuple[str, ...], demo_index: SchemaIndex, today: date
) -> None:
    assert _refusal(question, demo_index, today).words == words
