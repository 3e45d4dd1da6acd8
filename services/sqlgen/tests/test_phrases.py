"""Under which words columns and tables are named."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.phrases import bag, column_phrases

OWN = 0.92
"""What a column is named as well as by its whole name."""


def _quality(phrase: str, column: str, table: str) -> float:
    return max(
        (quality for words, quality in column_phrases(column, table) if words == bag((*phrase.split(),))), default=0.0
    )


@pytest.mark.parametrize(
    ("phrase", "column"),
    [
        ("maximum temperature", "max_temperature_f"),
        ("distance", "distance_km"),
        ("delay", "delay_minutes"),
        ("enrollment", "enr"),
    ],
)
def test_a_column_is_named_without_the_unit_and_the_abbreviation_in_its_name(phrase: str, column: str) -> None:
    assert _quality(phrase, column, "days") >= OWN


@pytest.mark.parametrize(
    ("column", "table", "is_own"),
    [
        ("order_item_id", "order_items", True),
        ("order_id", "order_items", False),
        ("order_id", "orders", True),
    ],
)
def test_the_id_of_rows_is_the_one_called_as_their_table(column: str, table: str, *, is_own: bool) -> None:
    assert (_quality("id", column, table) >= OWN) == is_own


@pytest.mark.parametrize(("phrase", "column"), [("start", "start_hour"), ("vitamin", "vitamin_c_level")])
def test_a_word_that_is_no_unit_is_part_of_the_name(phrase: str, column: str) -> None:
    assert _quality(phrase, column, "days") < OWN


def _index(*tables: Table) -> SchemaIndex:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return build_index(Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=tables, profiled_at=now))


def _table(name: str, *texts: str) -> Table:
    columns = tuple(Column(name=column, type="text", kind=ColumnKind.TEXT) for column in texts)
    return Table(name=name, columns=columns, primary_key=(), foreign_keys=())


LIST = _table("list", "first_name", "last_name", "grade", "classroom")
TEACHERS = _table("teachers", "first_name", "last_name", "classroom")


@pytest.mark.parametrize(
    ("tables", "named"),
    [
        ((LIST, TEACHERS), "list"),
        ((LIST, _table("student", "name", "age")), "student"),
        ((LIST, _table("roster", "first_name", "last_name", "class")), None),
        ((TEACHERS,), None),
        ((_table("list", "title", "grade"),), None),
    ],
)
def test_people_are_found_in_the_one_table_that_only_lists_them(tables: tuple[Table, ...], named: str | None) -> None:
    mentions = [link.mention for link in _index(*tables).phrases.get(("student",), ())]

    assert mentions == ([TableMention(named)] if named else [])
