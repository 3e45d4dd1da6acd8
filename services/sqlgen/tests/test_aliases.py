"""Names for what a query shows, and the statements that use them on each engine."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest

from rowcall_contracts.catalog import Column, ColumnKind, Dialect, Table
from rowcall_contracts.results import ResultSet
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.aliases import LONGEST_ALIAS, aliases
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Item, Join, Meaning, Measure, Order
from rowcall_sqlgen.engine.sql import write_sql


def _table(name: str, *columns: str, key: str = "id") -> Table:
    found = tuple(Column(name=column, type="int", kind=ColumnKind.INTEGER) for column in (key, *columns))
    return Table(name=name, columns=found, primary_key=(key,))


FLIGHTS = _table("flights", "depDelay", "carrier", "name")
AIRLINES = _table("airlines", "name")
TABLES = {"flights": FLIGHTS, "airlines": AIRLINES}
DELAY = ColumnRef("flights", "depDelay")
COUNT = Measure(Aggregate.COUNT, "flights")
JOIN = Join(Step("flights", "airlines", ("carrier",), ("id",), to_parent=True))


def _names(*items: Item, tables: dict[str, Table] = TABLES, joins: tuple[Join, ...] = ()) -> list[str]:
    return list(aliases(Meaning(items=items, source="flights", joins=joins), tables).values())


@pytest.mark.parametrize(
    ("measure", "name"),
    [
        (COUNT, "flight_count"),
        (Measure(Aggregate.AVG, "flights", DELAY), "average_dep_delay"),
        (Measure(Aggregate.SUM, "flights", DELAY), "total_dep_delay"),
        (Measure(Aggregate.MIN, "flights", DELAY), "minimum_dep_delay"),
        (Measure(Aggregate.MAX, "flights", DELAY), "maximum_dep_delay"),
        (Measure(Aggregate.COUNT, "flights", DELAY, distinct=True), "distinct_dep_delay_count"),
        (Measure(Aggregate.COUNT, "flights", ColumnRef("flights", "id"), distinct=True), "distinct_flight_count"),
    ],
)
def test_an_aggregate_is_named_by_what_it_computes(measure: Measure, name: str) -> None:
    assert _names(measure) == [name]


def test_no_alias_is_the_name_of_a_column_or_table_in_scope() -> None:
    taken = {**TABLES, "flights": _table("flights", "FLIGHT_COUNT", "flight_count_2")}
    assert _names(COUNT, tables=taken) == ["flight_count_3"]
    joined = {**TABLES, "airlines": _table("airlines", "flight_count")}
    assert _names(COUNT, tables=joined, joins=(JOIN,)) == ["flight_count_2"]


def test_columns_of_one_name_are_told_apart_by_their_tables() -> None:
    items = (ColumnRef("flights", "name"), ColumnRef("airlines", "name"), ColumnRef("flights", "carrier"))
    assert _names(*items, joins=(JOIN,)) == ["flight_name", "airline_name"]


def test_two_aggregates_never_share_a_name() -> None:
    tables = {"flights": _table("flights", "dep_delay", "depDelay")}
    measures = [Measure(Aggregate.AVG, "flights", ColumnRef("flights", name)) for name in ("dep_delay", "depDelay")]
    assert _names(*measures, tables=tables) == ["average_dep_delay", "average_dep_delay_2"]


def test_an_alias_is_never_longer_than_the_strictest_engine_keeps() -> None:
    tables = {"flights": _table("flights", "ü" * 100)}
    (name,) = _names(Measure(Aggregate.SUM, "flights", ColumnRef("flights", "ü" * 100)), tables=tables)
    assert len(name.encode()) <= LONGEST_ALIAS


def test_an_alias_that_is_no_plain_name_is_quoted_wherever_it_stands() -> None:
    tables = {"2013 flights": _table("2013 flights")}
    count = Measure(Aggregate.COUNT, "2013 flights")
    meaning = Meaning(items=(count,), source="2013 flights", order=(Order(count, descending=True),))
    assert write_sql(meaning, Dialect.DUCKDB, tables) == (
        'SELECT COUNT(*) AS "2013_flight_count" FROM "2013 flights" ORDER BY "2013_flight_count" DESC'
    )


@pytest.mark.parametrize(
    ("question", "columns", "rows"),
    [
        (
            "number of students by sex sorted by number of students descending",
            ["sex", "student_count"],
            [("F", 3), ("M", 2)],
        ),
        ("average age of students by sex sorted by average age", ["sex", "average_age"], [("M", 18.5), ("F", 20.67)]),
        (
            "titles of courses with at least 3 students and number of students sorted by number of students descending",
            ["title", "distinct_student_count"],
            [("Algebra", 3)],
        ),
    ],
)
async def test_order_by_an_alias_is_right_on_every_engine(
    question: str,
    columns: list[str],
    rows: list[tuple[str, float]],
    school_index: SchemaIndex,
    run_at_school: Callable[[str], Awaitable[ResultSet]],
    today: date,
) -> None:
    sql = answer(question, school_index, today).candidates[0].sql
    result = await run_at_school(sql)
    assert [column.name for column in result.columns] == columns
    assert [(row[0], round(float(row[1] or 0), 2)) for row in result.rows] == rows
