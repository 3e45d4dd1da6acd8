"""`EXCEPT` and `INTERSECT` of two sets of names as one query over the rows that have those names."""

from dataclasses import replace

from rowcall_sqlgen.builtin.returns.reach import tables_read
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import IsNull, Meaning, Membership, Not, OverGroups, Query, SetOperator, tables_of


def single_query(query: Query, index: SchemaIndex) -> Meaning | None:
    """Returns a query whose rows have more to show than the names that the sets are made of.

    Names of rows stand for the rows: where the second set is read from the same table, or from references to it, its
    keys are compared. `None` where they cannot be.
    """
    if isinstance(query, Meaning):
        return query
    if isinstance(query, OverGroups):
        return None
    left, right = query.left, query.right
    if query.operator is SetOperator.UNION or not isinstance(left, Meaning) or not isinstance(right, Meaning):
        return None
    if _selects_groups(left) or _selects_groups(right) or not isinstance(left.items[0], ColumnRef):
        return None
    key = _key(left.items[0].table, index)
    keys = _keys(right, key, index) if key else None
    if key is None or keys is None:
        return None
    member = Membership(key, keys)
    within = Not(member) if query.operator is SetOperator.EXCEPT else member
    return replace(left, where=(*left.where, within))


def _selects_groups(query: Meaning) -> bool:
    return bool(query.group or query.having or query.limit is not None or len(query.items) != 1)


def _key(table: str, index: SchemaIndex) -> ColumnRef | None:
    keys = index.tables[table].primary_key
    return ColumnRef(table, keys[0]) if len(keys) == 1 else None


def _keys(query: Meaning, key: ColumnRef, index: SchemaIndex) -> Meaning | None:
    """Returns the query for the keys of the rows whose names it asks for."""
    query = _by_reference(query, key, index) or query
    item = query.items[0]
    if key.table in tables_read(query):
        return replace(query, items=(key,), order=())
    if not isinstance(item, ColumnRef) or index.graph.parent_of(item) != key:
        return None
    known = (Not(IsNull(item)),) if index.column(item).nullable else ()
    return replace(query, where=(*query.where, *known), order=())


def _by_reference(query: Meaning, key: ColumnRef, index: SchemaIndex) -> Meaning | None:
    """Returns the query over the references alone where it joins the rows referred to for their names."""
    others = [table for table in tables_read(query) if table != key.table]
    if len(others) != 1 or len(query.joins) != 1 or any(key.table in tables_of(each) for each in query.where):
        return None
    step = query.joins[0].step
    ends = (ColumnRef(step.near, step.near_columns[0]), ColumnRef(step.far, step.far_columns[0]))
    reference = next((column for column in ends if index.graph.parent_of(column) == key), None)
    if reference is None:
        return None
    return replace(query, items=(reference,), source=reference.table, joins=())
