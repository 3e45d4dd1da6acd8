"""Parts of dates and times between dates mean the same on all four engines."""

from collections.abc import Awaitable, Callable

import pytest
import sqlglot
from sqlglot import exp

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.results import Cell, ResultSet
from rowcall_sqlgen.engine.calendar_sql import duration
from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, DurationUnit, Meaning, Measure, OnWeekdays, Order
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.screening import may_run

BORN = ColumnRef("Student", "birth_date")
COUNT = Measure(Aggregate.COUNT, "Student")
Run = Callable[[str], Awaitable[ResultSet]]


async def rows_of(meaning: Meaning, index: SchemaIndex, catalog: Catalog, run: Run) -> list[list[Cell]]:
    """Writes the query, checks that it is stable and may run, and returns its rows."""
    sql = write_sql(meaning, index.dialect, index.tables)
    assert sqlglot.parse_one(sql, dialect=index.dialect.value).sql(dialect=index.dialect.value) == sql
    assert may_run(sql, catalog)
    return [list(map(plain, row)) for row in (await run(sql)).rows]


def plain(cell: Cell) -> Cell:
    """Engines tell numbers as decimals or floats, and dates with or without a time."""
    try:
        return round(float(cell), 3) if cell is not None else None
    except ValueError:
        return str(cell).removesuffix("T00:00:00").removesuffix(" 00:00:00")


@pytest.mark.parametrize(
    ("unit", "groups"),
    [
        (CalendarUnit.DAY, ["2002-12-09", "2004-03-23", "2004-12-10", "2005-06-23", "2006-04-28"]),
        (CalendarUnit.WEEK, ["2002-12-09", "2004-03-22", "2004-12-06", "2005-06-20", "2006-04-24"]),
        (CalendarUnit.MONTH, ["2002-12", "2004-03", "2004-12", "2005-06", "2006-04"]),
        (CalendarUnit.QUARTER, ["2002-10-01", "2004-01-01", "2004-10-01", "2005-04-01", "2006-04-01"]),
    ],
)
async def test_groups_are_named_alike_and_sorted(
    unit: CalendarUnit,
    groups: list[str],
    school_index: SchemaIndex,
    school_catalog: Catalog,
    run_at_school: Run,
) -> None:
    part = CalendarPart(BORN, unit)
    meaning = Meaning(items=(part, COUNT), source="Student", group=(part,), order=(Order(part, descending=False),))

    assert await rows_of(meaning, school_index, school_catalog, run_at_school) == [[group, 1.0] for group in groups]


async def test_years_are_counted(school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run) -> None:
    year = CalendarPart(BORN, CalendarUnit.YEAR)
    meaning = Meaning(items=(year, COUNT), source="Student", group=(year,), order=(Order(year, descending=True),))

    rows = await rows_of(meaning, school_index, school_catalog, run_at_school)

    assert rows == [[2006.0, 1.0], [2005.0, 1.0], [2004.0, 2.0], [2002.0, 1.0]]


async def test_days_of_the_week_come_by_name_from_monday_on(
    school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run
) -> None:
    name, number = CalendarPart(BORN, WeekdayPart.NAME), CalendarPart(BORN, WeekdayPart.NUMBER)
    meaning = Meaning(
        items=(name, COUNT), source="Student", group=(number, name), order=(Order(number, descending=False),)
    )

    rows = await rows_of(meaning, school_index, school_catalog, run_at_school)

    assert rows == [["Monday", 1.0], ["Tuesday", 1.0], ["Thursday", 1.0], ["Friday", 2.0]]


async def test_only_rows_on_the_days_count(
    school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run
) -> None:
    meaning = Meaning(items=(COUNT,), source="Student", where=(OnWeekdays(BORN, (1, 5)),))

    assert await rows_of(meaning, school_index, school_catalog, run_at_school) == [[3.0]]


@pytest.mark.parametrize(
    ("unit", "time"),
    [
        (DurationUnit.SECOND, 93_600.0),
        (DurationUnit.MINUTE, 1560.0),
        (DurationUnit.HOUR, 26.0),
        (DurationUnit.DAY, 1.083),
    ],
)
async def test_a_time_is_told_in_every_unit(
    unit: DurationUnit, time: float, school_catalog: Catalog, run_at_school: Run
) -> None:
    first, last = exp.Literal.string("2024-02-28 23:00:00"), exp.Literal.string("2024-03-01 01:00:00")
    sql = exp.select(duration(first, last, unit, dialect=school_catalog.dialect)).sql(
        dialect=school_catalog.dialect.value
    )

    assert may_run(sql, school_catalog)
    assert [list(map(plain, row)) for row in (await run_at_school(sql)).rows] == [[time]]
