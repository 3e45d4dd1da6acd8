"""Questions about periods and durations on a small shop; today is Monday, 16 June 2025."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.screening import may_run

TODAY = date(2025, 6, 16)
Row = tuple[object, ...]


QUESTIONS: list[tuple[str, list[Row]]] = [
    ("How many orders are there in the last 30 days?", [(3,)]),
    ("How many orders were placed in 2023?", [(2,)]),
    ("What is the total amount of orders in the first quarter of 2023?", [(30,)]),
    ("How many orders were there between January 2023 and March 2025?", [(2,)]),
    ("How many orders since April 2025?", [(4,)]),
    ("How many orders were there yesterday?", [(0,)]),
    ("How many orders were there in the previous week?", [(1,)]),
    ("How many orders in the last 2 months excluding the current month?", [(2,)]),
    ("How many orders were shipped in June 2025?", [(2,)]),
    ("How many orders were made on weekends?", [(2,)]),
    ("How many orders were made on Mondays?", [(2,)]),
    ("How many customers were created in the last 30 days?", [(2,)]),
    ("How many orders per month?", [("2023-01", 1), ("2023-02", 1), ("2025-04", 1), ("2025-05", 1), ("2025-06", 2)]),
    ("What is the total amount of orders by quarter?", [("2023-01-01", 30), ("2025-04-01", 180)]),
    ("How many orders for each year?", [("2023", 2), ("2025", 4)]),
    (
        "How many orders were placed in each of the last 3 weeks excluding the current week?",
        [("2025-05-26", 1), ("2025-06-09", 1)],
    ),
    (
        "What is the total amount of orders for each day of the week?",
        [("Monday", 70), ("Tuesday", 50), ("Saturday", 90)],
    ),
    ("What is the average number of days between the order date and the shipped date?", [(3.4,)]),
    ("What is the average visit duration in seconds for each device?", [("desk", 600.0), ("phone", 120.0)]),
    ("What is the longest visit duration in minutes?", [(10.0,)]),
    ("Show the id of the order with the longest time from order date to shipped date.", [(4,)]),
    ("How many ratings were there in 2025?", [(3,)]),
    ("How many ratings were there in the last 6 months?", [(4,)]),
    ("How many ratings per year?", [(2024, 2), (2025, 3)]),
]


@pytest.mark.parametrize(("question", "rows"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_best_candidate_gives_the_rows(
    question: str,
    rows: list[Row],
    answering: Answering,
    shop_index: SchemaIndex,
    shop_catalog: Catalog,
    shop_path: Path,
) -> None:
    best = answering.answer(question, shop_index, TODAY).candidates[0]
    connection = sqlite3.connect(shop_path)
    found = connection.execute(best.sql).fetchall()
    connection.close()

    assert [tuple(_plain(cell) for cell in row) for row in found] == rows, best.sql
    assert may_run(best.sql, shop_catalog)


@pytest.mark.parametrize(
    "question", ["How many orders are there?", "Show the name of each customer.", "What is the total amount of orders?"]
)
def test_a_question_without_a_period_gets_no_condition(
    question: str, answering: Answering, shop_index: SchemaIndex
) -> None:
    best = answering.answer(question, shop_index, TODAY).candidates[0]

    assert "date" not in best.sql.lower()
    assert "created" not in best.sql.lower()


def test_the_answer_says_which_days_of_which_column_it_took(answering: Answering, shop_index: SchemaIndex) -> None:
    best = answering.answer("How many orders are there in the last 30 days?", shop_index, TODAY).candidates[0]

    assert "`in the last 30 days` was read as orders.order_date from 2025-05-17 to 2025-06-16." in best.assumptions
    assert "30" in best.used_words


def _plain(cell: object) -> object:
    return round(cell, 3) if isinstance(cell, float) else cell
