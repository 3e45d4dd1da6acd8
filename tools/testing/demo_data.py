"""The demo data that tests read, and a quarter of it: made once, for whichever process asks first."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tools.local.demo import FILES, SCHEMA, ensure_demo

DemoRows = Callable[[str], list[tuple[Any, ...]]]
MOST_KEPT = 2_000
EVERY = 4
"""Of so many flights one is kept: with fewer, more statements that mean different things would give the same rows."""


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of this run have in common."""
    folder = tmp_path_factory.getbasetemp()
    # https://pytest-xdist.readthedocs.io/en/stable/how-to.html
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def demo_database(shared_folder: Path) -> Path:
    """The demo data as a SQLite file that no test changes."""
    return made_once(shared_folder / "demo" / "flights.sqlite", ensure_demo)


@pytest.fixture(scope="session")
def demo_sample(shared_folder: Path, demo_database: Path) -> Path:
    """The same tables with a quarter of the flights: two statements that differ on all of them differ here, too.

    Those that do not, because they count to thousands, have `"whole": true` beside their question.
    """

    def copy(target: Path) -> None:
        with closing(sqlite3.connect(target)) as sample:
            sample.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA}")
            sample.execute("ATTACH ? AS whole", (str(demo_database),))
            for table in FILES:
                kept = f"WHERE rowid % {EVERY} = 0" if table == "flights" else ""
                sample.execute(f"INSERT INTO {table} SELECT * FROM whole.{table} {kept}")  # noqa: S608 - names of ours
            sample.commit()

    return made_once(shared_folder / "demo" / "sample.sqlite", copy)


@pytest.fixture(scope="session")
def demo_rows(demo_sample: Path) -> Iterator[DemoRows]:
    """Runs statements on a quarter of the flights, where grouping takes 25 ms."""
    with _rows_of(demo_sample) as rows_of:
        yield rows_of


@pytest.fixture(scope="session")
def whole_demo_rows(demo_database: Path) -> Iterator[DemoRows]:
    """Runs statements on all of the demo data, where grouping takes 0.1 s and more."""
    with _rows_of(demo_database) as rows_of:
        yield rows_of


def made_once(path: Path, make: Callable[[Path], object]) -> Path:
    """Returns `path`, made by the first process that asks while the others wait; it appears whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".made")
            unfinished.unlink(missing_ok=True)
            make(unfinished)
            unfinished.replace(path)
    return path


@contextmanager
def _rows_of(path: Path) -> Iterator[DemoRows]:
    """Few rows are kept: hundreds of tests ask for the same ones."""
    kept: dict[str, list[tuple[Any, ...]]] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:

        def rows_of(sql: str) -> list[tuple[Any, ...]]:
            rows = kept[sql] if sql in kept else connection.execute(sql).fetchall()
            if len(rows) <= MOST_KEPT:
                kept[sql] = rows
            return rows

        yield rows_of
