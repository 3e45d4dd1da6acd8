"""The groups of a query whose items have been replaced: what is listed beside a measure is grouped by."""

from collections.abc import Sequence
from dataclasses import replace

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    Calculation,
    CalendarPart,
    Duration,
    Item,
    Meaning,
    Measure,
    Order,
)

Key = ColumnRef | CalendarPart


def showing(query: Meaning, items: Sequence[Item], index: SchemaIndex) -> Meaning | None:
    """Returns the query with other items; `None` where its groups could not be told from what these show."""
    listed = tuple(dict.fromkeys(items))
    query = replace(query, items=listed)
    if not _measures(query):
        if any(key not in listed for key in query.group) and any(isinstance(o.item, ColumnRef) for o in query.order):
            return None
        return replace(query, group=(), distinct=query.distinct or bool(query.group))
    keys = [item for item in listed if isinstance(item, ColumnRef | CalendarPart)]
    if not keys:
        return query if not query.group and not query.order else None
    group = _group(query, keys, index)
    if group is None or not all(_is_told(order, group, query) for order in query.order):
        return None
    return replace(query, group=group, distinct=False)


def is_measured(item: Item) -> bool:
    """Says whether the item is a number over many rows."""
    return (
        isinstance(item, Measure)
        or (isinstance(item, Calculation) and not (isinstance(item.left, ColumnRef) and item.aggregate is None))
        or (isinstance(item, Duration) and item.aggregate is not None)
    )


def identifies(item: Item, query: Meaning, index: SchemaIndex) -> bool:
    """Says whether the item tells a person which row or group is meant."""
    if isinstance(item, CalendarPart):
        return True
    if not isinstance(item, ColumnRef):
        return False
    if item in query.group or item in index.names[item.table] or index.is_key(item):
        return True
    return index.is_unique(item) and not index.is_quantity(item) and not index.is_date(item)


def _names_row(column: ColumnRef, index: SchemaIndex) -> bool:
    is_own_key = index.tables[column.table].primary_key == (column.column,)
    return is_own_key or column in index.names[column.table]


def _measures(query: Meaning) -> bool:
    shown = [*query.items, *(order.item for order in query.order)]
    return bool(query.having) or any(is_measured(item) for item in shown)


def _group(query: Meaning, keys: Sequence[Key], index: SchemaIndex) -> tuple[Key, ...] | None:
    """Groups are rows of the tables whose names are listed: namesakes stay apart."""
    measured = {item.table for item in query.items if isinstance(item, Measure)}
    entities = [key.table for key in keys if isinstance(key, ColumnRef) and _names_row(key, index)]
    rows = [table for table in dict.fromkeys(entities) if table not in measured]
    found: list[Key] = [ColumnRef(table, name) for table in rows for name in index.tables[table].primary_key]
    tables = {key.table for key in keys}
    for key in query.group:
        parent = index.graph.parent_of(key) if isinstance(key, ColumnRef) else None
        if isinstance(key, CalendarPart) and key not in keys:
            return None
        if key not in keys and key.table not in tables and (parent is None or parent.table not in tables):
            return None
        is_row = isinstance(key, ColumnRef) and index.is_key(key) and key.table not in measured
        if is_row and parent not in (*found, *keys):
            found.append(key)
    return tuple(dict.fromkeys([*keys, *found]))


def _is_told(order: Order, group: Sequence[Key], query: Meaning) -> bool:
    item = order.item
    return is_measured(item) or item in group or item in query.items


def labels(query: Meaning) -> tuple[Item, ...]:
    """Returns what the query shows beside its measures."""
    return tuple(item for item in query.items if not is_measured(item) and not isinstance(item, AllColumns))
