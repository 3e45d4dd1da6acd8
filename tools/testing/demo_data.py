"""The demo data that tests read: made once, for whichever process asks first."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tools.local.demo import ensure_demo

DemoRows = Callable[[str], list[tuple[Any, ...]]]
MOST_KEPT = 2_000


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo data as a SQLite file that no test changes."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # https://pytest-xdist.readthedocs.io/en/stable/how-to.html
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_demo(folder / "demo" / "flights.sqlite")


@pytest.fixture(scope="session")
def demo_rows(demo_database: Path) -> Iterator[DemoRows]:
    """Runs statements on the demo data.

    Few rows are kept: hundreds of tests ask for the same ones, and to group a third of a million rows takes 0.1 s.
    """
    kept: dict[str, list[tuple[Any, ...]]] = {}
    with closing(sqlite3.connect(f"file:{demo_database}?mode=ro", uri=True)) as connection:

        def rows_of(sql: str) -> list[tuple[Any, ...]]:
            rows = kept[sql] if sql in kept else connection.execute(sql).fetchall()
            if len(rows) <= MOST_KEPT:
                kept[sql] = rows
            return rows

        yield rows_of
