"""A bakery in SQLite, with questions of our own."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

SCHEMA = """
CREATE TABLE baker (baker_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE cake (
    cake_id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL, weight INTEGER, baked_on DATE,
    baker_id INTEGER REFERENCES baker (baker_id)
);
CREATE TABLE sale (cake_id INTEGER REFERENCES cake (cake_id), quantity INTEGER);
"""
CITIES = ["Lyon", "Turin", "Lyon", "Graz", None]

QUESTIONS: list[dict[str, object]] = [
    {"question": "How many bakers are there?", "gold_sql": "SELECT count(*) FROM baker"},
    {"question": "List the names of all cakes.", "gold_sql": "SELECT name FROM cake"},
    {"question": "How many cakes are there?", "gold_sql": "SELECT count(*) FROM cake"},
    {"question": "What is the average price of cakes?", "gold_sql": "SELECT avg(price) FROM cake"},
    {"question": "What are the names of bakers in Lyon?", "gold_sql": "SELECT name FROM baker WHERE city = 'Lyon'"},
    {"question": "Show the names of cakes ordered by price.", "gold_sql": "SELECT name FROM cake ORDER BY price"},
    {"question": "What is the highest price of a cake?", "gold_sql": "SELECT max(price), 'extra' FROM cake"},
    {"question": "How many cakes are listed?", "gold_sql": "SELECT count(*) FROM missing", "executes": False},
    {"question": "Which planets have rings?", "gold_sql": None},
    {
        "question": "Count the bakers.",
        "gold_sql": "SELECT 0",
        "gold_sql_alternatives": ["SELECT count(name) FROM baker"],
    },
]


@pytest.fixture
def databases(tmp_path: Path) -> Path:
    """Two databases of one structure, of which the second has more rows."""
    for db, cakes in (("bakery", 24), ("market", 30)):
        folder = tmp_path / "databases" / db
        folder.mkdir(parents=True)
        with closing(sqlite3.connect(folder / f"{db}.sqlite")) as connection, connection:
            fill(connection, cakes)
    return tmp_path / "databases"


def fill(connection: sqlite3.Connection, cakes: int) -> None:
    connection.executescript(SCHEMA)
    bakers = [(i * 10, f"Baker {'ABCDEFGHIJKLMNOP'[i]}", CITIES[i % len(CITIES)]) for i in range(1, 13)]
    connection.executemany("INSERT INTO baker VALUES (?, ?, ?)", bakers)
    rows = [
        (i, f"Cake {chr(64 + i)}", i * 1.5 + 2, 100 + i * 7 % 40, f"2024-03-{i % 28 + 1:02}", (i % 12 + 1) * 10)
        for i in range(1, cakes + 1)
    ]
    connection.executemany("INSERT INTO cake VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO sale VALUES (?, ?)", [(i % cakes + 1, i % 7) for i in range(40)])


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """All questions on the first database, and some on the second."""
    on_bakery = [{"id": f"bakery-{i}", "db": "bakery", **question} for i, question in enumerate(QUESTIONS)]
    on_market = [{"id": f"market-{i}", "db": "market", **question} for i, question in enumerate(QUESTIONS[:4])]
    return write_lines(tmp_path / "questions.jsonl", [*on_bakery, *on_market])


def write_lines(path: Path, lines: list[dict[str, object]]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path
