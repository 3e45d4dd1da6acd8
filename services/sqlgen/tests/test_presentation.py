"""The order of groups: by time or by size where the question leaves it open, and as it says where it does not."""

from dataclasses import replace
from datetime import date

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Table
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.calendar_units import CalendarUnit
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    CalendarPart,
    Comparison,
    Compound,
    InSequence,
    Item,
    Meaning,
    Measure,
    Membership,
    Order,
    SetOperator,
)
from rowcall_sqlgen.engine.presentation import presented
from tools.testing.demo_data import DemoRows

CARRIER = ColumnRef("flights", "carrier")
HOUR_BEGUN = ColumnRef("flights", "time_hour")  # a DATETIME
YEAR = ColumnRef("flights", "year")  # an INTEGER
TAIL_NUMBER = ColumnRef("flights", "tailnum")
MONTH_BEGUN = CalendarPart(HOUR_BEGUN, CalendarUnit.MONTH)
COUNT = Measure(Aggregate.COUNT, "flights")
DISTANCE = Measure(Aggregate.AVG, "flights", ColumnRef("flights", "distance"))
LARGEST_FIRST = (Order(COUNT, descending=True),)


def grouped(*group: ColumnRef | CalendarPart, items: tuple[Item, ...] = (COUNT,)) -> Meaning:
    """Groups that are shown with their measures."""
    return Meaning(items=(*group, *items), source="flights", group=group)


@pytest.mark.parametrize("time", [YEAR, HOUR_BEGUN, MONTH_BEGUN], ids=["whole number", "timestamp", "part of a date"])
def test_groups_by_time_are_shown_from_the_first_to_the_last(
    time: ColumnRef | CalendarPart, demo_index: SchemaIndex
) -> None:
    query = grouped(time)

    assert presented(query, demo_index) == replace(query, order=(Order(time, descending=False),))


def test_groups_of_one_time_are_shown_from_the_largest_to_the_smallest(demo_index: SchemaIndex) -> None:
    query = grouped(CARRIER, YEAR)

    assert presented(query, demo_index) == replace(query, order=(Order(YEAR, descending=False), *LARGEST_FIRST))


@pytest.mark.parametrize("group", [CARRIER, TAIL_NUMBER, ColumnRef("flights", "distance")])
def test_other_groups_are_shown_from_the_largest_to_the_smallest(group: ColumnRef, demo_index: SchemaIndex) -> None:
    query = grouped(group)

    assert presented(query, demo_index) == replace(query, order=LARGEST_FIRST)


def test_months_that_are_told_by_name_come_as_in_the_calendar(demo_catalog: Catalog) -> None:
    months = ColumnProfile(minimum="April", maximum="May", values=("April", "June", "May"))
    table = Table(name="sale", columns=(Column(name="month", type="TEXT", kind=ColumnKind.TEXT, profile=months),))
    index = build_index(demo_catalog.model_copy(update={"tables": (table,)}))
    month, count = ColumnRef("sale", "month"), Measure(Aggregate.COUNT, "sale")
    query = Meaning(items=(month, count), source="sale", group=(month,))

    ordered = presented(query, index)
    assert isinstance(ordered, Meaning)
    [order] = ordered.order
    assert isinstance(order.item, InSequence)
    assert order.item.column == month
    assert order.item.sequence[3:6] == ("April", "May", "June")


def test_the_first_measure_decides(demo_index: SchemaIndex) -> None:
    query = grouped(CARRIER, items=(DISTANCE, COUNT))

    assert presented(query, demo_index) == replace(query, order=(Order(DISTANCE, descending=True),))


@pytest.mark.parametrize(
    "query",
    [
        replace(grouped(CARRIER), order=(Order(CARRIER, descending=False),)),
        replace(grouped(CARRIER), limit=3),
        Meaning(items=(COUNT,), source="flights"),
        Meaning(items=(YEAR, CARRIER), source="flights"),
        grouped(CARRIER, items=()),
        Compound(SetOperator.UNION, grouped(CARRIER), grouped(CARRIER)),
    ],
    ids=["ordered", "limited", "no group", "no group but times", "no measure", "two queries"],
)
def test_other_queries_stay_as_they_are(query: Meaning | Compound, demo_index: SchemaIndex) -> None:
    assert presented(query, demo_index) == query


def test_a_query_inside_another_is_not_sorted(demo_index: SchemaIndex) -> None:
    busy = Meaning(items=(CARRIER,), source="flights", group=(CARRIER,), having=(Comparison(COUNT, Operator.GT, 9),))
    query = replace(
        grouped(CARRIER), where=(Membership(CARRIER, busy), Comparison(YEAR, Operator.LT, grouped(CARRIER)))
    )

    assert presented(query, demo_index) == replace(query, order=LARGEST_FIRST)


@pytest.mark.parametrize(
    ("question", "order"),
    [
        ("How many flights are there per airline?", "flight_count DESC"),
        ("average departure delay by carrier", "average_dep_delay DESC"),
        ("number of flights and average distance per carrier", "flight_count DESC"),
        ("number of flights by month", "month"),
        ("How many planes per year?", "year"),
        ("how many planes per manufacturer and year", "year, plane_count DESC"),
        ("number of planes by manufacturer sorted by manufacturer", "manufacturer"),
        ("number of flights per month sorted by number of flights", "flight_count"),
        ("top 3 carriers by number of flights", "flight_count DESC LIMIT 3"),
        ("airlines with more than 1000 flights", ""),
        ("How many flights are there?", ""),
        ("List all airlines", ""),
    ],
)
def test_a_question_is_answered_in_its_own_order_or_in_this_one(
    question: str, order: str, demo_index: SchemaIndex, today: date
) -> None:
    assert answer(question, demo_index, today).candidates[0].sql.partition(" ORDER BY ")[2] == order


def test_the_rows_come_in_that_order(demo_index: SchemaIndex, demo_rows: DemoRows, today: date) -> None:
    def rows(question: str) -> list[tuple[str | int, int]]:
        return demo_rows(answer(question, demo_index, today).candidates[0].sql)

    sizes = [count for _, count in rows("How many flights are there per airline?")]
    months = [month for month, _ in rows("number of flights by month")]

    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 1
    assert months == list(range(1, 13))
