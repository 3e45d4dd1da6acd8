"""A customer's database that is small enough to know by heart."""

import sqlite3
from contextlib import closing
from pathlib import Path


def small_database(path: Path) -> Path:
    """Creates a database with one table of three rows."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)")
        database.executemany("INSERT INTO items (name, price) VALUES (?, ?)", [("a", 1.5), ("b", 2.5), ("c", 4.0)])
    return path
