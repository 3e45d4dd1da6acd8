"""Conditions that rows exist, opened up to count those rows."""

from rowcall_sqlgen.builtin.returns.reach import joined_to, tables_read, unnested
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Meaning, Measure, Membership, Order

KEY = ColumnRef("customers", "id")
REFERENCE = ColumnRef("orders", "customer_id")
LARGE = Comparison(ColumnRef("orders", "amount"), Operator.GT, 40)
ANY_ORDER = Membership(KEY, Meaning(items=(REFERENCE,), source="orders"))
LARGE_ORDER = Membership(KEY, Meaning(items=(REFERENCE,), source="orders", where=(LARGE,)))


def test_rows_that_exist_are_joined_and_all_that_is_said_of_them_holds_for_each(shop_index: SchemaIndex) -> None:
    query = Meaning(items=(KEY,), source="customers", where=(ANY_ORDER, LARGE_ORDER), distinct=True)

    found = next(unnested(query, shop_index))

    assert tables_read(found) == ("customers", "orders")
    assert found.where == (LARGE,)
    assert not found.distinct


def test_rows_are_not_joined_where_that_would_change_what_the_query_counts(shop_index: SchemaIndex) -> None:
    most = Order(Measure(Aggregate.COUNT, "customers"), descending=True)
    query = Meaning(items=(KEY,), source="customers", where=(LARGE_ORDER,), group=(KEY,), order=(most,))

    assert list(unnested(query, shop_index)) == []


def test_only_tables_that_rows_refer_to_are_joined_for_a_column(shop_index: SchemaIndex) -> None:
    orders, customers = (Meaning(items=(), source=table) for table in ("orders", "customers"))
    joined = joined_to(orders, "customers", shop_index)

    assert joined is not None
    assert tables_read(joined) == ("orders", "customers")
    assert joined_to(customers, "orders", shop_index) is None
    assert joined_to(customers, "visits", shop_index) is None
