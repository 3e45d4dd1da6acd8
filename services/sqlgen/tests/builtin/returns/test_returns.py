"""Questions with a list of what to show, by trained parser and grammar: their rows on a small shop."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlglot

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.evidence import weigh
from rowcall_sqlgen.builtin.returns.returns import returns
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.reading import readings
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.screening import may_run

Row = tuple[object, ...]

QUESTIONS: list[tuple[str, list[Row]]] = [
    ("Which customers are from the US? Return the customer ID and name.", [(2, "Bob"), (3, "Cid")]),
    ("Which customers are from the US? Return their names in alphabetical order.", [("Bob",), ("Cid",)]),
    ("Return customers (customer ID and name) who are from the US.", [(2, "Bob"), (3, "Cid")]),
    (
        "Which orders have an amount above 30? Return the order ID, customer name and amount.",
        [(4, "Bob", 40), (5, "Bob", 50), (6, "Cid", 60)],
    ),
    (
        "Who are the top 2 customers by total amount of orders? Return name, country, order count and total amount.",
        [("Bob", "US", 2, 90), ("Ann", "DE", 3, 60)],
    ),
    (
        "How many orders did each customer place in 2025? Return ID, name and order count, ordered from most to least.",
        [(2, "Bob", 2), (1, "Ann", 1), (3, "Cid", 1)],
    ),
    (
        "How many orders were placed in 2025? Return the number of unique customers and the average amount.",
        [(3, 45.0)],
    ),
    (
        "What is the total amount of orders per quarter? Return the quarter, total amount and number of orders.",
        [("2023-01-01", 30, 2), ("2025-04-01", 180, 4)],
    ),
    (
        "What is the average visit duration in minutes per device? Return device, average duration and visit count.",
        [("phone", 2.0, 2), ("desk", 10.0, 1)],
    ),
    (
        "Return the top 2 countries by number of customers, showing the number of customers for each country.",
        [("US", 2), ("DE", 1)],
    ),
    ("What are the most common countries of customers and their respective counts?", [("US", 2)]),
    (
        "Which customers placed orders in June 2025? Return the name, the number of orders and the total revenue.",
        [("Bob", 1, 50), ("Cid", 1, 60)],
    ),
]


@pytest.mark.parametrize(("question", "rows"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_best_candidate_gives_the_rows(
    question: str,
    rows: list[Row],
    answering: Answering,
    shop_index: SchemaIndex,
    shop_catalog: Catalog,
    shop_path: Path,
    monday: date,
) -> None:
    best = answering.answer(question, shop_index, monday).candidates[0]
    connection = sqlite3.connect(shop_path)
    found = connection.execute(best.sql).fetchall()
    connection.close()

    assert (found if "ORDER BY" in best.sql else sorted(found)) == rows, best.sql
    assert may_run(best.sql, shop_catalog)


@pytest.mark.parametrize("dialect", [Dialect.POSTGRES, Dialect.MYSQL, Dialect.DUCKDB])
@pytest.mark.parametrize("question", [question for question, _ in QUESTIONS])
def test_the_sql_of_other_dialects_is_theirs_and_allowed(
    question: str,
    dialect: Dialect,
    answering: Answering,
    shop_index: SchemaIndex,
    shop_catalog: Catalog,
    monday: date,
) -> None:
    best = answering.answer(question, replace(shop_index, dialect=dialect), monday).candidates[0]

    assert sqlglot.parse_one(best.sql, dialect=dialect.value).sql(dialect=dialect.value) == best.sql
    assert may_run(best.sql, shop_catalog.model_copy(update={"dialect": dialect}))


def test_namesakes_stay_apart(answering: Answering, shop_index: SchemaIndex, monday: date) -> None:
    question = "Who are the top 2 customers by number of orders? Return their name and number of orders."

    best = answering.answer(question, shop_index, monday).candidates[0]

    assert "GROUP BY customers.name, customers.id" in best.sql


@pytest.mark.parametrize(
    "question",
    [
        "How many customers are there per country? Return the country, the number of customers and the profit.",
        "Which customers are from the US? Return the weather in their town.",
        "Which customers are from the US? Return the name and the number of visits.",
        "How many orders are there for each month? Return the number of orders and the device.",
    ],
)
def test_a_list_with_something_that_the_data_lacks_is_left_to_the_rest(
    question: str, answering: Answering, shop_index: SchemaIndex, monday: date
) -> None:
    def ask(main: tuple[Word, ...]) -> Sequence[Trusted]:
        understood = answering.understand(main, readings(main, shop_index, monday), shop_index, today=monday)
        weighed = zip(understood.proposals, weigh(understood), strict=True)
        return [Trusted(proposal, 0.9, evidence, understood) for proposal, evidence in weighed]

    assert returns(words(question), shop_index, today=monday, ask=ask) == ()


def test_what_a_word_for_money_was_read_as_is_told(answering: Answering, shop_index: SchemaIndex, monday: date) -> None:
    question = "How many orders were placed in 2025? Return the number of orders and the total revenue."

    best = answering.answer(question, shop_index, monday).candidates[0]

    assert "`revenue` was read as orders.amount." in best.assumptions
    assert "revenue" in best.used_words
