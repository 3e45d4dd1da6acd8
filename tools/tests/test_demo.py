import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tools.local.demo import ensure_demo


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "flights.unfinished").write_bytes(b"left by a crash")
    return ensure_demo(folder / "flights.sqlite")


@pytest.fixture
def database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("table", "rows"),
    [("airlines", 16), ("airports", 1458), ("planes", 3322), ("weather", 26_115), ("flights", 336_776)],
)
def test_every_row_of_the_source_is_there(database: sqlite3.Connection, table: str, rows: int) -> None:
    assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,)


def test_missing_values_are_null_and_numbers_keep_their_kind(database: sqlite3.Connection) -> None:
    kinds = database.execute(
        "SELECT typeof(dep_delay), count(*) FROM flights GROUP BY 1 ORDER BY 1",
    ).fetchall()
    assert kinds == [("integer", 328_521), ("null", 8_255)]
    assert database.execute("SELECT DISTINCT typeof(temp) FROM weather ORDER BY 1").fetchall() == [("null",), ("real",)]


def test_times_are_understood_by_the_date_functions_of_sqlite(database: sqlite3.Connection) -> None:
    first, unknown = database.execute(
        "SELECT min(time_hour), sum(datetime(time_hour) IS NOT time_hour) FROM flights"
    ).fetchone()
    assert (first, unknown) == ("2013-01-01 10:00:00", 0)


def test_keys_are_declared(database: sqlite3.Connection) -> None:
    foreign = database.execute('SELECT "from", "table", "to" FROM pragma_foreign_key_list(?)', ("flights",)).fetchall()
    assert set(foreign) == {
        ("carrier", "airlines", "carrier"),
        ("tailnum", "planes", "tailnum"),
        ("origin", "airports", "faa"),
        ("dest", "airports", "faa"),
    }
    primary = database.execute("SELECT name FROM pragma_table_info('weather') WHERE pk > 0 ORDER BY pk").fetchall()
    assert primary == [("origin",), ("time_hour",)]


def test_a_database_that_is_there_is_left_alone(path: Path) -> None:
    before = path.stat()
    ensure_demo(path)
    assert path.stat() == before
    assert [each.name for each in path.parent.iterdir()] == ["flights.sqlite"]
