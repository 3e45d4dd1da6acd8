"""The tables that a query reads, and those that its rows lead to."""

from collections.abc import Iterator
from dataclasses import replace

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Item, Join, Meaning, Measure, Membership, Predicate


def tables_read(query: Meaning) -> tuple[str, ...]:
    """Returns the tables of FROM, the first one first."""
    return (query.source, *(join.step.far for join in query.joins))


def parents_of(query: Meaning, index: SchemaIndex) -> dict[str, Step]:
    """Returns the tables that rows read refer to, each with the way there; none that there are two ways to."""
    read = tables_read(query)
    steps = [step for table in read for step in index.graph.parents(table) if step.far not in read]
    ends = [step.far for step in steps]
    return {step.far: step for step in steps if ends.count(step.far) == 1}


def joined_to(query: Meaning, table: str, index: SchemaIndex) -> Meaning | None:
    """Returns the query with a table that its rows refer to; each row stays one row."""
    if table in tables_read(query):
        return query
    step = parents_of(query, index).get(table)
    if step is None:
        return None
    optional = any(join.optional and join.step.far == step.near for join in query.joins) or _may_lack(step, index)
    return replace(query, joins=(*query.joins, Join(step, optional=optional)))


def _may_lack(step: Step, index: SchemaIndex) -> bool:
    columns = [index.column(ColumnRef(step.near, name)) for name in step.near_columns]
    return any(column.nullable and column.profile.null_count != 0 for column in columns)


def unnested(query: Meaning, index: SchemaIndex) -> Iterator[Meaning]:
    """Yields the query with rows joined that it only asks the existence of: `customers that have orders`.

    Each row then stands once for each of those rows, which is right only where these are counted or summed.
    """
    for member, inner, step in _memberships(query, index):
        if not set(tables_read(query)) & set(tables_read(inner)):
            joins = (*query.joins, Join(step), *inner.joins)
            flat = replace(query, joins=joins, where=_opened(query, member, inner), distinct=False)
            yield merged(flat, index)


def merged(query: Meaning, index: SchemaIndex) -> Meaning:
    """Returns the query with what it asks of some rows asked of all of the same table that are joined already."""
    for member, inner, step in _memberships(query, index):
        if not inner.joins and {step, step.reversed()} & {join.step for join in query.joins}:
            return replace(query, where=_opened(query, member, inner))
    return query


def _opened(query: Meaning, member: Membership, inner: Meaning) -> tuple[Predicate, ...]:
    return (*(each for each in query.where if each != member), *inner.where)


def _memberships(query: Meaning, index: SchemaIndex) -> Iterator[tuple[Membership, Meaning, Step]]:
    """Yields conditions that rows refer to those of the query, if joining them leaves its other parts as they are."""
    sorts_by_measure = any(not isinstance(order.item, ColumnRef) for order in query.order)
    if query.group or query.having or sorts_by_measure or query.limit is not None:
        return
    for member in query.where:
        if isinstance(member, Membership) and isinstance(member.inner, Meaning):
            step = _step(member, member.inner, index)
            if step and step.near in tables_read(query):
                yield member, member.inner, step


def _step(member: Membership, inner: Meaning, index: SchemaIndex) -> Step | None:
    if inner.group or inner.having or inner.limit is not None or len(inner.items) != 1:
        return None
    item = inner.items[0]
    if not isinstance(item, ColumnRef) or index.graph.parent_of(item) != member.column or item.table != inner.source:
        return None
    steps = (step for step in index.graph.parents(item.table) if step.near_columns == (item.column,))
    return next((step.reversed() for step in steps), None)


def measures_of(query: Meaning) -> tuple[Measure, ...]:
    """Returns what the query measures: what it shows first, then what it sorts by."""
    found = [*query.items, *(order.item for order in query.order)]
    return tuple(dict.fromkeys(item for item in found if isinstance(item, Measure)))


def subject(query: Meaning, index: SchemaIndex) -> str:
    """Returns the table whose rows the query is about: of the first column that it shows or groups by."""
    found: list[Item] = [*query.items, *query.group]
    first = next((item for item in found if isinstance(item, ColumnRef)), None)
    parent = index.graph.parent_of(first) if first else None
    return parent.table if parent else first.table if first else query.source
