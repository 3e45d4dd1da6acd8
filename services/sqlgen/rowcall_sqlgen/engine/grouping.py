"""What a group is: the columns of GROUP BY and those that name a group to a person."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.clauses import Group
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import AllColumns, Calculation, Item, Measure
from rowcall_sqlgen.engine.problems import NoMeaning

_KEY_WORDS = frozenset({"id", "code", "number", "key"})


def item_tables(items: Sequence[Item]) -> tuple[str, ...]:
    """Returns the tables of the items in order, each once."""
    return tuple(dict.fromkeys(item.table for item in items if not isinstance(item, Calculation)))


def group_columns(groups: Sequence[Group], items: Sequence[Item], index: SchemaIndex) -> tuple[ColumnRef, ...]:
    """Returns the columns for groups that the question names, and other plain columns shown beside them."""
    found: list[ColumnRef] = []
    looked_up = [column.table for group in groups for column in _lookup(group, index)[:1]]
    for group in groups:
        if isinstance(group.target, str):
            found.extend(_row_of(group.target, items, index))
        else:
            # The two ends of a route lead to the same table, whose names would not tell them apart.
            names = tuple(name for name in _lookup(group, index) if looked_up.count(name.table) == 1)
            found.extend((group.target, *names))
    found.extend(item for item in items if isinstance(item, ColumnRef))
    return tuple(dict.fromkeys(found))


def _row_of(table: str, items: Sequence[Item], index: SchemaIndex) -> tuple[ColumnRef, ...]:
    key = tuple(ColumnRef(table, column) for column in index.tables[table].primary_key)
    shown = tuple(item for item in items if isinstance(item, ColumnRef) and item.table == table)
    found = (*(shown or index.names[table]), *key)
    if not found:
        raise NoMeaning(f"rows of {table} have neither key nor name")
    return found


def _lookup(group: Group, index: SchemaIndex) -> tuple[ColumnRef, ...]:
    """The name behind a key such as `carrier`; a key called id, code or number was asked for as such, and so was what
    another table has once as well, without being told by it: the classroom of a teacher.
    """
    if group.literal or not isinstance(group.target, ColumnRef):
        return ()
    parent = index.graph.parent_of(group.target)
    if parent is None or _KEY_WORDS & set(spelled_words(group.target.column)):
        return ()
    if index.tables[parent.table].primary_key not in ((), (parent.column,)):
        return ()
    return index.names[parent.table]


def implied_group(
    plain: Sequence[ColumnRef | AllColumns], measures: Sequence[Measure], focus: Sequence[str], *, index: SchemaIndex
) -> tuple[ColumnRef, ...]:
    """Returns the group that a measure beside plain columns implies: `airlines with more than 10 flights`.

    The rows of the columns' table are the groups where the question is about them, else the columns' values are.
    """
    if not measures:
        return ()
    found: list[ColumnRef] = []
    measured = {measure.table for measure in measures}
    for item in plain:
        if isinstance(item, ColumnRef):
            if item.table in measured and item in index.names[item.table]:
                raise NoMeaning(f"rows of {item.table} grouped by themselves")
            own = item.table in focus or _names_row(item, index)
            if own and item.table not in measured:
                found.extend(ColumnRef(item.table, column) for column in index.tables[item.table].primary_key)
            found.append(item)
        else:
            found.extend(index.columns(item.table))
    return tuple(dict.fromkeys(found))


def _names_row(column: ColumnRef, index: SchemaIndex) -> bool:
    return column in index.names[column.table] or index.tables[column.table].primary_key == (column.column,)


def shown_items(
    items: tuple[Item, ...], grouped: Sequence[ColumnRef], groups: Sequence[Group], *, index: SchemaIndex
) -> tuple[Item, ...]:
    """Puts what names each group before the measures, where the question named groups."""
    if not groups or not grouped:
        if not items:
            raise NoMeaning("nothing to show")
        return items
    hidden = {
        ColumnRef(group.target, column)
        for group in groups
        if isinstance(group.target, str)
        for column in index.tables[group.target].primary_key
        if any(c.table == group.target and c.column not in index.tables[group.target].primary_key for c in grouped)
    }
    naming = [column for column in grouped if column not in hidden or column in items]
    return tuple(dict.fromkeys([*naming, *(item for item in items if not isinstance(item, AllColumns))]))
