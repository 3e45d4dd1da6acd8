"""Parses that no question means are not proposed, and numbers with a unit are told in that of the column."""

from datetime import date

import pytest

from rowcall_sqlgen.builtin.plausibility import plausible
from rowcall_sqlgen.builtin.said_units import in_their_units
from rowcall_sqlgen.builtin.settling import settled
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Join, Like, Meaning, Measure, Membership, Not, Order, Query
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parsed, Parses

ROWS = Measure(Aggregate.COUNT, "flights")
NAME, CARRIER, DEST = ColumnRef("airlines", "name"), ColumnRef("airlines", "carrier"), ColumnRef("flights", "dest")
FLIGHT, DELAY, HOUR = (ColumnRef("flights", name) for name in ("flight", "dep_delay", "hour"))
SEATS, TAIL = ColumnRef("planes", "seats"), ColumnRef("planes", "tailnum")
AIRPORT = ColumnRef("airports", "name")
YEAR = ColumnRef("flights", "year")
ENGINES = ColumnRef("planes", "engines")
SEATS_ON_AVERAGE = Measure(Aggregate.AVG, "planes", SEATS)
YEARS = tuple(Measure(Aggregate.AVG, table, ColumnRef(table, "year")) for table in ("flights", "planes"))


def parses_of(question: str, query: Query, index: SchemaIndex) -> Parses:
    """One parse of the question."""
    return Parses(nodes(words(question), index, date(2025, 1, 1)), (Parsed(query, 0.9),))


def where(condition: Comparison | Like | Not) -> Meaning:
    """How many flights meet it."""
    return Meaning(items=(ROWS,), source="flights", where=(condition,))


def by_delta() -> Meaning:
    """Destinations of flights of one airline, whoever else serves them."""
    return Meaning(items=(DEST,), source="flights", where=(Comparison(NAME, Operator.EQ, "Delta Air Lines Inc."),))


def most_common(column: ColumnRef) -> Meaning:
    """The value that most rows of the column's own table have."""
    rows = Order(Measure(Aggregate.COUNT, column.table), descending=True)
    return Meaning(items=(column,), source=column.table, group=(column,), order=(rows,), limit=1)


def first_by(shown: ColumnRef, key: ColumnRef) -> Meaning:
    """The greatest row of a table."""
    return Meaning(items=(shown,), source=shown.table, order=(Order(key, descending=True),), limit=1)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("How many flights in summer?", where(Comparison(HOUR, Operator.LT, FLIGHT))),
        ("Which planes made more than 500 flights?", where(Comparison(FLIGHT, Operator.GT, 500))),
        ("average flights", Meaning(items=(Measure(Aggregate.AVG, "flights", FLIGHT),), source="flights")),
        ("airlines later than 2012", where(Comparison(NAME, Operator.GT, 2012))),
        ("average year and number", Meaning(items=YEARS, source="flights")),
        ("How many airlines fly to Boston?", where(Comparison(NAME, Operator.EQ, "Boston"))),
        ("How many airlines fly to Boston?", where(Like(NAME, "%Boston%"))),
        ("median departure delay", Meaning(items=(Measure(Aggregate.AVG, "flights", DELAY),), source="flights")),
        ("second longest flight", Meaning(items=(FLIGHT,), source="flights", limit=1)),
        ("Which airline has the most destinations?", Meaning(items=(DEST,), source="flights", group=(DEST,), limit=1)),
        ("Which plane flew the most?", most_common(TAIL)),
        ("What is the busiest airport?", most_common(AIRPORT)),
        ("Which airline is the biggest?", first_by(CARRIER, CARRIER)),
        ("smallest airline", Meaning(items=(Measure(Aggregate.MIN, "airlines", CARRIER),), source="airlines")),
        ("smallest airline", Meaning(items=(CARRIER,), source="airlines")),
        ("Which airlines do not fly to Boston?", Meaning(items=(NAME,), source="airlines")),
        ("How many flights were never late?", Meaning(items=(ROWS,), source="flights")),
        ("destinations only served by Delta", by_delta()),
        ("planes sorted by their seats", first_by(TAIL, ENGINES)),
        ("last flight of the day", Meaning(items=(FLIGHT,), source="flights")),
        ("flights at 2 to 4", where(Comparison(HOUR, Operator.EQ, 2))),
        ("flights of more than 2000 miles", where(Comparison(YEAR, Operator.GT, 2000))),
        ("planes with more than the average number of seats", Meaning(items=(TAIL,), source="planes")),
        (
            "How many destinations does each airline serve?",
            Meaning(items=(DEST, Measure(Aggregate.COUNT, "airlines")), source="airlines", group=(DEST,)),
        ),
    ],
)
def test_what_no_question_means_is_left_out(question: str, query: Meaning, demo_index: SchemaIndex) -> None:
    assert plausible(parses_of(question, query, demo_index), demo_index).found == ()


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("How many flights by Delta?", where(Comparison(NAME, Operator.EQ, "Delta Air Lines Inc."))),
        ("flights whose hour is less than their flight", where(Comparison(HOUR, Operator.LT, FLIGHT))),
        ("Which airline has the most flights?", Meaning(items=(NAME,), source="airlines", limit=1)),
        ("What is the most common airport name?", most_common(AIRPORT)),
        ("the most common destination", most_common(DEST)),
        ("flights with no fewer than 3 hours", where(Comparison(HOUR, Operator.GE, 3))),
        ("flights not by Delta", where(Not(Comparison(NAME, Operator.EQ, "Delta Air Lines Inc.")))),
        ("flights not only by Delta", by_delta()),
        ("planes in order of seats", first_by(TAIL, SEATS)),
        ("destinations sorted by number of flights", most_common(DEST)),
        ("the last month of flights", Meaning(items=(FLIGHT,), source="flights")),
        ("the first names of airlines", Meaning(items=(NAME,), source="airlines")),
        ("flights at 2", where(Comparison(HOUR, Operator.EQ, 2))),
        ("flights later than 2000", where(Comparison(YEAR, Operator.GT, 2000))),
        ("show only the destinations by Delta", by_delta()),
        ("destinations with only one flight by Delta", by_delta()),
        ("the average number of seats", Meaning(items=(SEATS_ON_AVERAGE,), source="planes")),
        ("the biggest plane by seats", first_by(TAIL, SEATS)),
        ("the last tail number in the alphabet", first_by(TAIL, TAIL)),
        ("the largest number of seats", Meaning(items=(Measure(Aggregate.MAX, "planes", SEATS),), source="planes")),
    ],
)
def test_what_a_question_may_mean_stays(question: str, query: Meaning, demo_index: SchemaIndex) -> None:
    assert len(plausible(parses_of(question, query, demo_index), demo_index).found) == 1


@pytest.mark.parametrize(
    ("question", "column", "value", "told"),
    [
        ("departure delay over 2 hours", DELAY, 2, 120),
        ("departure delay of more than an hour", DELAY, 1, 60),
        ("departure delay over 90 minutes", DELAY, 90, 90),
        ("departure delay over 90", DELAY, 90, 90),
        ("more than 6 hours", HOUR, 6, None),
        ("before 6 am", HOUR, 6, None),
        ("seats above 6 hours", SEATS, 6, None),
    ],
)
def test_a_length_of_time_is_compared_in_the_unit_of_the_column(
    question: str, column: ColumnRef, value: int, told: int | None, demo_index: SchemaIndex
) -> None:
    parses = parses_of(question, where(Comparison(column, Operator.GT, value)), demo_index)
    found = in_their_units(parses, words(question), demo_index).found
    assert [each.query for each in found] == ([] if told is None else [where(Comparison(column, Operator.GT, told))])


def test_rows_that_joins_repeat_are_counted_once(demo_index: SchemaIndex) -> None:
    joins = (
        Join(Step("airlines", "flights", ("carrier",), ("carrier",), to_parent=False)),
        Join(Step("flights", "planes", ("tailnum",), ("tailnum",), to_parent=True)),
    )
    query = Meaning(items=(NAME, Measure(Aggregate.COUNT, "planes")), source="airlines", joins=joins, group=(NAME,))
    found = settled(query, demo_index)
    assert isinstance(found, Meaning)
    assert found.items == (NAME, Measure(Aggregate.COUNT, "planes", TAIL, distinct=True))


def test_an_average_takes_each_row_once(demo_index: SchemaIndex) -> None:
    join = Join(Step("planes", "flights", ("tailnum",), ("tailnum",), to_parent=False))
    to_lax = Comparison(DEST, Operator.EQ, "LAX")
    measure = Measure(Aggregate.AVG, "planes", SEATS)
    query = Meaning(items=(measure,), source="planes", joins=(join,), where=(to_lax,))
    flights = Meaning(items=(ColumnRef("flights", "tailnum"),), source="flights", where=(to_lax,))
    assert settled(query, demo_index) == Meaning(items=(measure,), source="planes", where=(Membership(TAIL, flights),))
