"""The constructs of a query, and what in it rarely makes sense."""

import pytest

from rowcall_sqlgen.builtin.proposals import propose
from rowcall_sqlgen.builtin.query_shape import is_contradictory, shape
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    Between,
    Comparison,
    Compound,
    Join,
    Meaning,
    Measure,
    Not,
    Order,
    Query,
    Scalar,
    SetOperator,
)
from rowcall_sqlgen.parser.parser import Parsed

NAME, CITY, AGE = (ColumnRef("person", name) for name in ("name", "city", "age"))
ROWS, MEAN = Measure(Aggregate.COUNT, "person"), Measure(Aggregate.AVG, "person", AGE)
LISTED = Meaning(items=(NAME,), source="person")
OWNED = Join(Step("person", "pet", ("id",), ("owner",), to_parent=False))
IN_BONN = Comparison(CITY, Operator.EQ, "Bonn")


def oddities(query: Query) -> set[str]:
    odd = ("not grouped", "not shown", "and measured", "twice", "and fixed", "idle", "equal sides")
    return {name for name, count in shape(query).items() if count and any(part in name for part in odd)}


@pytest.mark.parametrize(
    ("query", "odd"),
    [
        (LISTED, set()),
        (Meaning(items=(NAME, ROWS), source="person", group=(NAME,)), set()),
        (
            Meaning(items=(CITY, ROWS), source="person", group=(NAME,)),
            {"has columns shown, not grouped", "has columns grouped, not shown"},
        ),
        (Meaning(items=(AGE, MEAN), source="person"), {"has columns shown and measured"}),
        (Meaning(items=(NAME, NAME), source="person"), {"has columns shown twice"}),
        (Meaning(items=(CITY,), source="person", where=(IN_BONN,)), {"has columns shown and fixed"}),
        (Meaning(items=(NAME,), source="person", where=(IN_BONN,)), set()),
        (Meaning(items=(NAME,), source="person", joins=(OWNED,)), {"has idle tables"}),
        (Meaning(items=(NAME, ColumnRef("pet", "kind")), source="person", joins=(OWNED,)), set()),
        (Compound(SetOperator.EXCEPT, LISTED, LISTED), {"has equal sides"}),
    ],
)
def test_what_rarely_makes_sense_is_found(query: Query, odd: set[str]) -> None:
    assert oddities(query) == odd


def test_constructs_are_counted() -> None:
    query = Meaning(
        items=(NAME, ROWS, MEAN),
        source="person",
        where=(Not(IN_BONN), Comparison(AGE, Operator.GE, 20)),
        group=(NAME,),
        order=(Order(ROWS, descending=True),),
        limit=3,
    )
    counted = shape(query)
    expected = {"items": 3, "items named": 1, "avg": 1, "Not": 1, "texts": 1, "comparisons upwards": 1, "groups": 1}
    assert {name: counted[f"has {name}"] for name in expected} == expected
    assert counted["has limits"] == counted["has orders down"] == 1
    assert counted["has rows counted"] == 2


def test_the_rows_of_the_first_of_two_queries_are_described() -> None:
    both = Compound(SetOperator.UNION, Meaning(items=(AllColumns("person"),), source="person"), LISTED)
    assert shape(both)["has AllColumns"] == shape(both)["has union"] == 1
    assert shape(both)["has items named"] == 0


@pytest.mark.parametrize(
    ("value", "column", "contradictory"), [("Rome", CITY, True), ("BONN", CITY, False), ("Rome", NAME, False)]
)
def test_no_row_holds_two_texts_in_one_column(value: str, column: ColumnRef, contradictory: bool) -> None:
    query = Meaning(items=(ROWS,), source="person", where=(IN_BONN, Comparison(column, Operator.EQ, value)))
    assert is_contradictory(Compound(SetOperator.UNION, query, LISTED)) == contradictory


@pytest.mark.parametrize(
    ("low", "high", "contradictory"),
    [
        ((Operator.GT, 9), (Operator.LT, 5), True),
        ((Operator.GT, 5), (Operator.LT, 9), False),
        ((Operator.GE, 5), (Operator.LE, 5), False),
        ((Operator.GE, 5), (Operator.LT, 5), True),
        ((Operator.GE, "2007-12-26"), (Operator.LT, "1989-09-03"), True),
        ((Operator.GE, "1989-09-03"), (Operator.LT, "2007-12-26 12:00:00"), False),
        ((Operator.GE, "b"), (Operator.LT, "a"), False),
        ((Operator.GE, "2007-12-26"), (Operator.LT, 5), False),
    ],
)
def test_nothing_is_above_the_higher_and_below_the_lower(
    low: tuple[Operator, Scalar], high: tuple[Operator, Scalar], contradictory: bool
) -> None:
    bounds = tuple(Comparison(AGE, operator, value) for operator, value in (low, high))
    query = Meaning(items=(NAME,), source="person", where=bounds)
    other = Meaning(items=(NAME,), source="person", where=(bounds[0], Comparison(CITY, *high)))
    assert is_contradictory(query) == contradictory
    assert not is_contradictory(other)


def test_between_a_higher_and_a_lower_number_is_nothing() -> None:
    assert is_contradictory(Meaning(items=(NAME,), source="person", where=(Between(AGE, 9, 5),)))
    assert not is_contradictory(Meaning(items=(NAME,), source="person", where=(Between(AGE, 5, 9),)))


def test_what_no_row_can_meet_is_not_proposed(shop_index: SchemaIndex) -> None:
    table = next(iter(shop_index.tables))
    column = shop_index.columns(table)[0]
    one, other = (Comparison(column, Operator.EQ, text) for text in ("one", "other"))
    possible, impossible = (Meaning(items=(column,), source=table, where=where) for where in ((one,), (one, other)))
    proposals = propose((), (Parsed(impossible, 0.9), Parsed(possible, 0.1)), shop_index)
    assert [proposal.query for proposal in proposals] == [possible]
