"""What questions say of the shape of their answer, and of the comparisons in a query."""

import pytest

from rowcall_sqlgen.builtin.sayings import Sayings
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Between, Comparison, Meaning, Measure, Predicate
from rowcall_sqlgen.engine.words import words

AGE = ColumnRef("person", "age")
MEAN = Measure(Aggregate.AVG, "person", AGE)
NOTHING = {"asked": 0, "reversed": 0, "blurred": 0, "unheard": 0}


def agreement(question: str, predicate: Predicate) -> dict[str, float]:
    query = Meaning(items=(AGE,), source="person", where=(predicate,))
    found = Sayings(words(question)).agreement(query)
    return {name: found[f"comparisons {name}"] for name in NOTHING}


@pytest.mark.parametrize(
    ("question", "operator", "value"),
    [
        ("people older than 20", Operator.GT, 20),
        ("cars older than 1970", Operator.LT, 1970),
        ("people of 23 or younger", Operator.LE, 23),
        ("parties with two or more events", Operator.GE, 2),
        ("at least 3 stars", Operator.GE, 3),
        ("more than 1,000 hours", Operator.GT, 1000),
        ("no more than five seats", Operator.LE, 5),
        ("people aged 20", Operator.EQ, 20),
        ("who was here twice", Operator.EQ, 2),
    ],
)
def test_the_comparison_that_is_asked_for_is_known(question: str, operator: Operator, value: int) -> None:
    assert agreement(question, Comparison(AGE, operator, value)) == NOTHING | {"asked": 1}


@pytest.mark.parametrize(
    ("question", "predicate", "found"),
    [
        ("people older than 20", Comparison(AGE, Operator.LT, 20), "reversed"),
        ("people older than 20", Comparison(AGE, Operator.EQ, 20), "reversed"),
        ("two or more events", Comparison(AGE, Operator.GT, 2), "blurred"),
        ("people older than 20", Comparison(AGE, Operator.GT, 30), "unheard"),
        ("23 or younger", Between(AGE, 23, 23), "reversed"),
        ("younger than average", Comparison(AGE, Operator.GT, MEAN), "reversed"),
        ("younger than average", Comparison(AGE, Operator.LT, MEAN), "asked"),
    ],
)
def test_others_are_told_apart(question: str, predicate: Predicate, found: str) -> None:
    assert agreement(question, predicate) == NOTHING | {found: 1}


def test_each_number_has_its_own_words() -> None:
    question = "products with a price higher than 4500 and products with a price lower than 3000"
    assert agreement(question, Comparison(AGE, Operator.GT, 4500))["asked"] == 1
    assert agreement(question, Comparison(AGE, Operator.GT, 3000))["reversed"] == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many flights for each carrier?", {"count", "each"}),
        ("the 3 oldest planes", {"most"}),
        ("different cities", {"distinct"}),
        ("total and average price", {"sum", "avg", "and"}),
        ("airlines without flights or planes", {"without", "or"}),
    ],
)
def test_words_that_shape_the_answer_are_heard(question: str, said: set[str]) -> None:
    assert {f"says {name}" for name in said} <= Sayings(words(question)).evidence.keys()
