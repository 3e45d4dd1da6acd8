"""Numbers along and over groups mean the same on all four engines."""

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.results import Cell
from rowcall_sqlgen.engine.calendar_units import CalendarUnit
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    CalendarPart,
    Course,
    InSequence,
    Meaning,
    Measure,
    Order,
    OverGroups,
    Running,
)
from services.sqlgen.tests.written_queries import Run, rows_of

YEAR = CalendarPart(ColumnRef("Student", "birth_date"), CalendarUnit.YEAR)
KIND, TITLE = ColumnRef("Pets", "kind"), ColumnRef("Course", "title")
STUDENTS, PETS = Measure(Aggregate.COUNT, "Student"), Measure(Aggregate.COUNT, "Pets")


@pytest.mark.parametrize(
    ("course", "told"),
    [
        (Course.RUNNING_TOTAL, [1, 3, 4, 5]),
        (Course.CHANGE, [None, 1, -1, 0]),
        (Course.GROWTH, [None, 100, -50, 0]),
    ],
)
async def test_a_count_is_told_from_year_to_year(
    course: Course, told: list[Cell], school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run
) -> None:
    running = Running(course, STUDENTS, (YEAR,))
    query = Meaning(items=(YEAR, running), source="Student", group=(YEAR,), order=(Order(YEAR, descending=False),))
    rows = await rows_of(query, school_index, school_catalog, run_at_school)
    assert rows == [[year, number] for year, number in zip((2002, 2004, 2005, 2006), told, strict=True)]


async def test_each_value_of_another_group_has_a_running_total_of_its_own(
    school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run
) -> None:
    sex = ColumnRef("Student", "sex")
    running = Running(Course.RUNNING_TOTAL, STUDENTS, (YEAR,), within=(sex,))
    order = (Order(sex, descending=False), Order(YEAR, descending=False))
    query = Meaning(items=(sex, YEAR, running), source="Student", group=(sex, YEAR), order=order)
    rows = await rows_of(query, school_index, school_catalog, run_at_school)
    assert rows == [["F", 2002, 1], ["F", 2004, 3], ["M", 2005, 1], ["M", 2006, 2]]


@pytest.mark.parametrize(
    ("aggregate", "items", "number"),
    [(Aggregate.AVG, (PETS,), 1.333), (Aggregate.MAX, (PETS,), 2), (Aggregate.COUNT, (KIND,), 3)],
)
async def test_one_number_is_told_over_groups(
    aggregate: Aggregate,
    items: tuple[Measure | ColumnRef, ...],
    number: float,
    school_index: SchemaIndex,
    school_catalog: Catalog,
    run_at_school: Run,
) -> None:
    query = OverGroups(aggregate, Meaning(items=items, source="Pets", group=(KIND,)))
    assert await rows_of(query, school_index, school_catalog, run_at_school) == [[number]]


async def test_rows_come_in_a_sequence_that_is_not_the_alphabets_and_the_first_are_left_out(
    school_index: SchemaIndex, school_catalog: Catalog, run_at_school: Run
) -> None:
    order = (Order(InSequence(TITLE, ("Logic", "Algebra", "Data Bases")), descending=False),)
    query = Meaning(items=(TITLE,), source="Course", order=order, limit=2, offset=1)
    assert await rows_of(query, school_index, school_catalog, run_at_school) == [["Algebra"], ["Data Bases"]]
