"""Parts of dates and times between dates mean the same on all four engines."""

import pytest
from sqlglot import exp

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.engine.calendar_sql import duration
from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, DurationUnit, Meaning, Measure, OnWeekdays, Order
from rowcall_sqlgen.screening import may_run
from services.sqlgen.tests.written_queries import Run, plain_rows, rows_of

BORN = ColumnRef("Student", "birth_date")
COUNT = Measure(Aggregate.COUNT, "Student")


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
    assert plain_rows(await run_at_school(sql)) == [[time]]
