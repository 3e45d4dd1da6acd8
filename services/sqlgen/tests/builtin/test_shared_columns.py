"""Aggregates named together share the column of the last one."""

from datetime import date

import pytest

from rowcall_sqlgen.builtin.shared_columns import sharing
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Measure
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parsed, Parses

AMOUNT, KEY = ColumnRef("orders", "amount"), ColumnRef("orders", "id")


def _measured(*columns: ColumnRef) -> Meaning:
    aggregates = (Aggregate.AVG, Aggregate.MIN)
    measures = (Measure(how, ref.table, ref) for how, ref in zip(aggregates, columns, strict=True))
    return Meaning(items=tuple(measures), source="orders")


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("the average and minimum amount of orders", _measured(AMOUNT, AMOUNT)),
        ("the average , and the minimum amount of orders", _measured(AMOUNT, AMOUNT)),
        ("the average id and minimum amount of orders", _measured(KEY, AMOUNT)),
        ("the average , minimum and maximum amount of orders", _measured(KEY, AMOUNT)),
    ],
)
def test_the_last_column_is_that_of_all(question: str, meant: Meaning, shop_index: SchemaIndex, monday: date) -> None:
    parses = Parses(nodes(words(question), shop_index, monday), (Parsed(_measured(KEY, AMOUNT), 0.9),))

    assert [each.query for each in sharing(parses).found] == [meant]
