"""Changed copies, read back from real files."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from rowcall_sqlgen.evaluate.copies import make_copies

GOLDS = [
    "SELECT name FROM baker WHERE city = 'Graz'",
    "SELECT avg(price) FROM cake WHERE weight > 120",
    "SELECT c.name FROM cake AS c JOIN baker AS b ON c.baker_id = b.baker_id WHERE b.name LIKE '%er_C%'",
    "SELECT baker_id, count(*) FROM cake GROUP BY baker_id ORDER BY count(*) DESC",
    "SELECT sum(quantity) FROM sale",
]
Rows = list[tuple[object, ...]]


@pytest.fixture
def original(databases: Path) -> Path:
    return databases / "bakery" / "bakery.sqlite"


@pytest.fixture
def copies(original: Path, tmp_path: Path) -> list[Path]:
    return make_copies(original, tmp_path, count=5, golds=GOLDS)


def rows(file: Path, sql: str) -> Rows:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("sql", GOLDS)
def test_references_still_run_and_find_rows(sql: str, copies: list[Path]) -> None:
    assert all(rows(copy, sql) for copy in copies)


def test_copies_differ_from_the_original_and_from_each_other(original: Path, copies: list[Path]) -> None:
    contents = {tuple(rows(file, "SELECT * FROM cake ORDER BY cake_id")) for file in [original, *copies]}
    assert len(contents) == 6
    averages = {tuple(rows(file, "SELECT avg(price) FROM cake")) for file in [original, *copies]}
    assert len(averages) >= 4


def test_the_original_stays_as_it_is(original: Path, tmp_path: Path) -> None:
    before = original.read_bytes()
    make_copies(original, tmp_path, count=1, golds=GOLDS)
    assert original.read_bytes() == before


def test_the_same_input_gives_the_same_copies(original: Path, copies: list[Path], tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    again = make_copies(original, tmp_path / "again", count=5, golds=GOLDS)
    for table in ("baker", "cake", "sale"):
        assert [rows(file, f"SELECT * FROM {table}") for file in copies] == [
            rows(file, f"SELECT * FROM {table}") for file in again
        ]


def test_keys_stay_and_references_find_their_row(original: Path, copies: list[Path]) -> None:
    for copy in copies:
        assert rows(copy, "SELECT cake_id FROM cake") == rows(original, "SELECT cake_id FROM cake")
        assert rows(copy, "PRAGMA foreign_key_check") == []
        assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
        assert rows(copy, "SELECT count(*) FROM cake WHERE baker_id IS NULL") == [(0,)]


def test_references_point_elsewhere_in_some_rows(original: Path, copies: list[Path]) -> None:
    pairs = "SELECT cake_id, baker_id FROM cake ORDER BY cake_id"
    assert all(rows(copy, pairs) != rows(original, pairs) for copy in copies)


def test_rows_stand_twice_only_where_no_key_forbids_it(original: Path, copies: list[Path]) -> None:
    for copy in copies:
        assert rows(copy, "SELECT count(*) FROM sale") == [(44,)]
        assert rows(copy, "SELECT count(*), count(DISTINCT name) FROM cake") == [(24, 24)]
        assert rows(copy, "SELECT count(*) FROM baker") == rows(original, "SELECT count(*) FROM baker")


def test_rows_without_a_key_come_in_another_order(original: Path, tmp_path: Path) -> None:
    (copy,) = make_copies(original, tmp_path, count=1, golds=["SELECT 0, 1, 2, 3, 4, 5, 6"])
    cakes = [cake for (cake,) in rows(copy, "SELECT cake_id FROM sale")]
    before = [cake for (cake,) in rows(original, "SELECT cake_id FROM sale")]
    shared = sum(a == b for a, b in zip(cakes, before, strict=False))
    assert shared < len(before) / 2


def test_values_that_references_mention_stay_where_they_are(original: Path, copies: list[Path]) -> None:
    in_graz = "SELECT baker_id FROM baker WHERE city = 'Graz' ORDER BY 1"
    for copy in copies:
        kept = [baker for (baker,) in rows(original, in_graz)]
        assert Counter(kept) <= Counter(baker for (baker,) in rows(copy, in_graz))
        assert (20,) in rows(copy, "SELECT baker_id FROM baker WHERE name = 'Baker C'")


def test_types_stay_and_ties_appear(original: Path, copies: list[Path]) -> None:
    types = "SELECT DISTINCT typeof(price), typeof(weight), typeof(name), typeof(baked_on) FROM cake"
    for copy in copies:
        assert rows(copy, types) == rows(original, types)
        assert rows(copy, "SELECT count(DISTINCT price) < count(*) FROM cake") == [(1,)]
        assert rows(copy, "SELECT count(*) FROM cake WHERE baked_on NOT LIKE '2024-03-__'") == [(0,)]


def test_a_column_named_like_a_key_that_never_repeats_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "loose.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE dog (dog_id INTEGER, age INTEGER, owner_id INTEGER)")
        connection.executemany("INSERT INTO dog VALUES (?, ?, ?)", [(i, i % 9, i % 15 * 20) for i in range(40)])
    (copy,) = make_copies(tmp_path / "loose.sqlite", tmp_path, count=1, golds=[])
    assert sorted(rows(copy, "SELECT dog_id FROM dog")) == [(i,) for i in range(40)]
    assert {owner for (owner,) in rows(copy, "SELECT owner_id FROM dog")} <= set(range(0, 300, 20))
    assert rows(copy, "SELECT sum(age) FROM dog") != rows(tmp_path / "loose.sqlite", "SELECT sum(age) FROM dog")


def test_triggers_and_checks_of_the_original_do_not_stop_a_copy(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "strict.sqlite")) as connection, connection:
        connection.executescript(
            "CREATE TABLE t (n INTEGER CHECK (n < 100)); CREATE VIEW v AS SELECT n FROM t;"
            "CREATE TRIGGER no_delete BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'no'); END;"
        )
        connection.executemany("INSERT INTO t VALUES (?)", [(i % 40 + 60,) for i in range(400)])
    (copy,) = make_copies(tmp_path / "strict.sqlite", tmp_path, count=1, golds=[])
    assert rows(copy, "SELECT count(*) FROM v") == [(440,)]
