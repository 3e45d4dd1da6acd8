"""Two figures made into one query, run on real rows."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest

from rowcall_contracts.catalog import Column, ColumnKind, Dialect, Table
from rowcall_sqlgen.engine.calculating import Figure, calculated, figure, with_both_shown
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Arithmetic, Comparison, Item, Join, Meaning, Measure, Predicate
from rowcall_sqlgen.engine.sql import write_sql

SCRIPT = """
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT, country TEXT);
CREATE TABLE shop (id INTEGER PRIMARY KEY, town_id INTEGER, is_open INTEGER, area INTEGER);
CREATE TABLE sale (shop_id INTEGER, day INTEGER, amount INTEGER);
INSERT INTO town VALUES (1, 'Rome', 'IT'), (2, 'Oslo', 'NO'), (3, 'Pisa', 'IT'), (4, 'Bonn', 'DE');
INSERT INTO shop VALUES (1, 1, 1, 10), (2, 1, 0, 20), (3, 2, 1, 30), (4, 2, 1, 40), (5, 3, 0, 50), (6, NULL, 1, 60);
INSERT INTO sale VALUES (1, 1, 5), (1, 2, 5), (2, 1, 7), (3, 1, 1), (3, 1, 1);
"""
TOWN = Join(Step("shop", "town", ("town_id",), ("id",), to_parent=True))
SHOP = Join(Step("sale", "shop", ("shop_id",), ("id",), to_parent=True))
COUNTRY = ColumnRef("town", "country")
OPEN = Comparison(ColumnRef("shop", "is_open"), Operator.EQ, 1)


@pytest.fixture
def data() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCRIPT)
    yield connection
    connection.close()


def _table(name: str, *columns: str, key: tuple[str, ...] = ()) -> Table:
    return Table(
        name=name,
        columns=tuple(Column(name=column, kind=ColumnKind.INTEGER, type="INTEGER") for column in columns),
        primary_key=key,
    )


TABLES = {
    table.name: table
    for table in (
        _table("town", "id", "name", "country", key=("id",)),
        _table("shop", "id", "town_id", "is_open", "area", key=("id",)),
        _table("sale", "shop_id", "day", "amount"),
    )
}


def _count(table: str, *joins: Join, where: tuple[Predicate, ...] = (), group: tuple[ColumnRef, ...] = ()) -> Figure:
    items: tuple[Item, ...] = (*group, Measure(Aggregate.COUNT, table))
    found = figure(Meaning(items=items, source=table, joins=joins, where=where, group=group))
    assert found
    return found


def _key(table: str) -> ColumnRef | None:
    return ColumnRef(table, "id") if TABLES[table].primary_key else None


def _rows(meaning: Meaning | None, data: sqlite3.Connection) -> list[tuple[object, ...]]:
    assert meaning
    return sorted(data.execute(write_sql(meaning, Dialect.SQLITE, TABLES)).fetchall(), key=repr)


def test_rows_of_one_table_are_counted_in_one_pass(data: sqlite3.Connection) -> None:
    meaning = calculated(Arithmetic.PERCENTAGE, _count("shop", where=(OPEN,)), _count("shop"), row_key=_key)

    assert meaning
    assert "SELECT COUNT(*)" not in write_sql(meaning, Dialect.SQLITE, TABLES)
    assert _rows(meaning, data) == [(pytest.approx(400 / 6),)]


def test_conditions_of_both_stand_once(data: sqlite3.Connection) -> None:
    large = Comparison(ColumnRef("shop", "area"), Operator.GT, 15)
    meaning = calculated(
        Arithmetic.RATIO, _count("shop", where=(OPEN, large)), _count("shop", where=(large,)), row_key=_key
    )

    assert meaning
    assert meaning.where == (large,)
    assert _rows(meaning, data) == [(0.6,)]


def test_numbers_of_unrelated_tables_are_brought_together(data: sqlite3.Connection) -> None:
    assert _rows(calculated(Arithmetic.RATIO, _count("shop"), _count("town"), row_key=_key), data) == [(1.5,)]
    assert _rows(calculated(Arithmetic.DIFFERENCE, _count("town"), _count("shop"), row_key=_key), data) == [(-2,)]


def test_a_ratio_by_nothing_is_unknown(data: sqlite3.Connection) -> None:
    nowhere = Comparison(COUNTRY, Operator.EQ, "FR")
    meaning = calculated(Arithmetic.RATIO, _count("shop"), _count("town", where=(nowhere,)), row_key=_key)

    assert _rows(meaning, data) == [(None,)]


def test_groups_without_any_of_the_first_kind_have_a_zero(data: sqlite3.Connection) -> None:
    one, other = (_count("shop", TOWN, where=where, group=(ColumnRef("town", "name"),)) for where in ((OPEN,), ()))
    meaning = calculated(Arithmetic.RATIO, one, other, row_key=_key)

    assert _rows(meaning, data) == [("Oslo", 1.0), ("Pisa", 0.0), ("Rome", 0.5)]


def test_groups_are_compared_with_the_whole(data: sqlite3.Connection) -> None:
    meaning = calculated(Arithmetic.RATIO, _count("town", group=(COUNTRY,)), _count("town"), row_key=_key)

    assert _rows(meaning, data) == [("DE", 0.25), ("IT", 0.5), ("NO", 0.25)]


def test_rows_of_several_tables_count_once_per_group(data: sqlite3.Connection) -> None:
    meaning = calculated(
        Arithmetic.RATIO, _count("shop", TOWN, group=(COUNTRY,)), _count("town", group=(COUNTRY,)), row_key=_key
    )

    assert _rows(meaning, data) == [("DE", 0.0), ("IT", 1.5), ("NO", 2.0)]


def test_rows_without_a_key_count_as_often_as_they_are_stored(data: sqlite3.Connection) -> None:
    meaning = calculated(
        Arithmetic.RATIO,
        _count("sale", SHOP, TOWN, group=(COUNTRY,)),
        _count("shop", TOWN, group=(COUNTRY,)),
        row_key=_key,
    )

    assert _rows(meaning, data) == [("DE", None), ("IT", 1.0), ("NO", 1.0)]


def test_sums_that_would_repeat_are_not_made() -> None:
    amount = ColumnRef("sale", "amount")
    items = (COUNTRY, Measure(Aggregate.SUM, "sale", amount))
    sums = figure(Meaning(items=items, source="sale", joins=(SHOP, TOWN), group=(COUNTRY,)))

    assert sums
    assert calculated(Arithmetic.RATIO, sums, _count("shop", TOWN, group=(COUNTRY,)), row_key=_key) is None


def test_only_rows_with_a_parent_count_where_one_part_asks_for_it(data: sqlite3.Connection) -> None:
    group = (ColumnRef("shop", "is_open"),)
    meaning = calculated(Arithmetic.RATIO, _count("shop", TOWN, group=group), _count("shop", group=group), row_key=_key)

    assert _rows(meaning, data) == [(0, 1.0), (1, 0.75)]


def test_both_numbers_are_shown_before_the_ratio(data: sqlite3.Connection) -> None:
    meaning = calculated(Arithmetic.RATIO, _count("shop", where=(OPEN,)), _count("shop"), row_key=_key)

    assert meaning
    assert _rows(with_both_shown(meaning), data) == [(4, 6, pytest.approx(4 / 6))]


PLAIN = Meaning(items=(Measure(Aggregate.COUNT, "shop"),), source="shop")


@pytest.mark.parametrize(
    "query",
    [
        replace(PLAIN, limit=1),
        replace(PLAIN, distinct=True),
        replace(PLAIN, having=(OPEN,)),
        replace(PLAIN, items=(COUNTRY,)),
        replace(PLAIN, items=(COUNTRY, *PLAIN.items)),
    ],
)
def test_a_query_for_more_than_a_number_is_no_figure(query: Meaning) -> None:
    assert figure(PLAIN)
    assert figure(query) is None
