"""Sets of names as one query over the rows: its rows are those of the set operation."""

import sqlite3
from pathlib import Path

import pytest

from rowcall_sqlgen.builtin.returns.set_operations import single_query
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Compound, Join, Meaning, Measure, SetOperator
from rowcall_sqlgen.engine.sql import write_sql

NAME = ColumnRef("customers", "name")
CUSTOMERS = Meaning(items=(NAME,), source="customers")
LARGE = Comparison(ColumnRef("orders", "amount"), Operator.GT, 40)
REFERENCES = Meaning(items=(ColumnRef("orders", "customer_id"),), source="orders", where=(LARGE,))


def test_names_except_references_are_the_rows_that_nothing_refers_to(shop_index: SchemaIndex, shop_path: Path) -> None:
    found = single_query(Compound(SetOperator.EXCEPT, CUSTOMERS, REFERENCES), shop_index)

    assert found is not None
    assert _rows(found, shop_index, shop_path) == [("Ann",)]


@pytest.mark.parametrize(
    ("operator", "rows"), [(SetOperator.EXCEPT, [("Ann",)]), (SetOperator.INTERSECT, [("Bob",), ("Cid",)])]
)
def test_names_of_the_same_table_are_compared_by_key(
    operator: SetOperator, rows: list[tuple[str]], shop_index: SchemaIndex, shop_path: Path
) -> None:
    (step,) = shop_index.graph.parents("orders")
    other = Meaning(items=(NAME,), source="orders", joins=(Join(step),), where=(LARGE,))

    found = single_query(Compound(operator, CUSTOMERS, other), shop_index)

    assert found is not None
    assert "id IN (SELECT customer_id FROM orders" in write_sql(found, shop_index.dialect, shop_index.tables)
    assert _rows(found, shop_index, shop_path) == rows


@pytest.mark.parametrize(
    "query",
    [
        Compound(SetOperator.UNION, CUSTOMERS, REFERENCES),
        Compound(SetOperator.EXCEPT, CUSTOMERS, Meaning(items=(ColumnRef("visits", "id"),), source="visits")),
        Compound(
            SetOperator.EXCEPT, Meaning(items=(Measure(Aggregate.COUNT, "customers"),), source="customers"), CUSTOMERS
        ),
    ],
)
def test_other_sets_are_no_rows_of_one_table(query: Compound, shop_index: SchemaIndex) -> None:
    assert single_query(query, shop_index) is None


def _rows(query: Meaning, index: SchemaIndex, path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    found = connection.execute(write_sql(query, index.dialect, index.tables)).fetchall()
    connection.close()
    return sorted(found)
