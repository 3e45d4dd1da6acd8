"""Questions around other questions on a small shop: running totals, changes, ordinals, numbers over groups, orders."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.screening import may_run

Row = tuple[object, ...]

QUESTIONS: list[tuple[str, list[Row]]] = [
    ("running total of orders per year", [("2023", 2, 2), ("2025", 4, 6)]),
    ("What is the cumulative amount of orders for each year?", [("2023", 30, 30), ("2025", 180, 210)]),
    ("year over year change in orders", [("2023", 2, None), ("2025", 4, 2)]),
    ("YoY growth of orders", [("2023", 2, None), ("2025", 4, 100.0)]),
    ("How did the number of orders change from year to year?", [("2023", 2, None), ("2025", 4, 2)]),
    ("What is the average number of orders per year?", [(3.0,)]),
    ("How many orders per year are there on average?", [(3.0,)]),
    ("orders per year", [("2023", 2), ("2025", 4)]),
    ("How many customers are there in each country? Order the results by the country.", [("DE", 1), ("US", 2)]),
    ("What are the names of the customers? Sort the names in descending order.", [("Cid",), ("Bob",), ("Ann",)]),
    (
        "Show the number of orders of each customer. Sort the results by the number of orders.",
        [("Cid", 1), ("Bob", 2), ("Ann", 3)],
    ),
    ("Compare the number of customers of DE and US", [("US", 2), ("DE", 1)]),
    ("What is the second highest amount of an order?", [(50,)]),
    (
        "How many ratings were there in each month?",
        [("January", 1), ("May", 1), ("June", 1), ("November", 1), ("December", 1)],
    ),
    ("Which customer has the most orders and how many orders does it have?", [("Ann", 3)]),
]


@pytest.mark.parametrize(("question", "expected"), QUESTIONS, ids=[question for question, _ in QUESTIONS])
def test_question_gives_its_rows(
    question: str,
    expected: list[Row],
    answering: Answering,
    shop_index: SchemaIndex,
    shop_catalog: Catalog,
    shop_path: Path,
    monday: date,
) -> None:
    candidates = answering.answer(question, shop_index, monday).candidates
    assert candidates, question
    assert may_run(candidates[0].sql, shop_catalog)
    with closing(sqlite3.connect(shop_path)) as connection:
        rows = connection.execute(candidates[0].sql).fetchall()
    assert rows == expected, candidates[0].sql
