"""A key is compared where it identifies a row, and the table that only refers to it is left alone."""

from dataclasses import replace
from datetime import date

import pytest

from rowcall_sqlgen.builtin.parent_keys import at_parents
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Join, Meaning, Measure, Order
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parsed, Parses

NAME, FAA = ColumnRef("airports", "name"), ColumnRef("airports", "faa")
DEST, DISTANCE = ColumnRef("flights", "dest"), ColumnRef("flights", "distance")
TO_FLIGHTS = Step("airports", "flights", ("faa",), ("dest",), to_parent=False)
FROM_FLIGHTS = TO_FLIGHTS.reversed()
ATL = Comparison(DEST, Operator.EQ, "ATL")
JOINED = Meaning(items=(NAME,), source="airports", joins=(Join(TO_FLIGHTS),), where=(ATL,))
ALONE = Meaning(items=(NAME,), source="airports", where=(replace(ATL, subject=FAA),))


def moved(question: str, query: Meaning, index: SchemaIndex) -> object:
    parses = Parses(nodes(words(question), index, date(2025, 1, 1)), (Parsed(query, 0.9),))
    (found,) = at_parents(parses).found
    return found.query


@pytest.mark.parametrize("query", [JOINED, replace(JOINED, source="flights", joins=(Join(FROM_FLIGHTS),))])
def test_a_table_that_is_joined_for_a_key_alone_is_left_out(query: Meaning, demo_index: SchemaIndex) -> None:
    assert moved("What is the name of airport ATL?", query, demo_index) == ALONE


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("What is the name of the airport of flights to ATL?", JOINED),
        ("name and distance of airport ATL", replace(JOINED, items=(NAME, DISTANCE))),
        ("name of the farthest airport ATL", replace(JOINED, order=(Order(DISTANCE, descending=True),))),
        ("number for airport ATL", replace(JOINED, items=(Measure(Aggregate.COUNT, "flights"),))),
        ("name of airport ATL", replace(JOINED, joins=(Join(TO_FLIGHTS, optional=True),))),
        ("name of airport ATL", replace(JOINED, where=(ATL, Comparison(DISTANCE, Operator.GT, 5)))),
    ],
    ids=["named", "shown", "sorted by", "counted", "optional", "compared otherwise"],
)
def test_a_table_that_is_needed_stays(question: str, query: Meaning, demo_index: SchemaIndex) -> None:
    assert moved(question, query, demo_index) == query
