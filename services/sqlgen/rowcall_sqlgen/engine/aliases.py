"""Names for what a query shows: each aggregate gets one, and so does each of several columns of the same name."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.identifiers import snake_case
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    Calculation,
    CalendarPart,
    Duration,
    Item,
    Meaning,
    Measure,
    Running,
)
from rowcall_sqlgen.engine.words import lemma

LONGEST_ALIAS = 60
"""Bytes; PostgreSQL cuts names at 63, and a number may follow."""

AGGREGATE_NAMES = {
    Aggregate.SUM: "total",
    Aggregate.AVG: "average",
    Aggregate.MIN: "minimum",
    Aggregate.MAX: "maximum",
}


def aliases(meaning: Meaning, tables: Mapping[str, Table]) -> dict[Item, str]:
    """Returns an alias for each item that needs one: `flight_count`, `average_dep_delay`, `total_distance`.

    No alias is the name of a table or column in the query's scope: engines differ in which of the two would win in
    ORDER BY and GROUP BY.
    """
    scope = [tables[name] for name in (meaning.source, *(join.step.far for join in meaning.joins))]
    taken = {name.lower() for table in scope for name in (table.name, *(column.name for column in table.columns))}
    repeated = _repeated(meaning.items, tables)
    found: dict[Item, str] = {}
    for item in meaning.items:
        name = _name(item, tables, repeated)
        if name and item not in found:
            found[item] = _free(name, taken)
            taken.add(found[item].lower())
    return found


def _name(item: Item, tables: Mapping[str, Table], repeated: frozenset[str]) -> str | None:
    match item:
        case Measure():
            return _measured(item, tables[item.table])
        case Calculation():
            return item.arithmetic.value
        case Running(course):
            return course.value
        case CalendarPart(_, unit):
            return unit.value
        case Duration(_, _, unit, aggregate):
            return _joined(AGGREGATE_NAMES[aggregate] if aggregate else "", "duration", "in", f"{unit.value}s")
        case ColumnRef(table, column) if column.lower() in repeated:
            return _joined(_singular(table), snake_case(column))
    return None


def _measured(measure: Measure, table: Table) -> str:
    if measure.aggregate is not Aggregate.COUNT:
        column = measure.column.column if measure.column else ""
        return _joined(AGGREGATE_NAMES[measure.aggregate], snake_case(column))
    if measure.column is None:
        return _joined(_singular(table.name), "count")
    is_row = table.primary_key == (measure.column.column,)
    counted = _singular(table.name) if is_row else snake_case(measure.column.column)
    return _joined("distinct" if measure.distinct else "", counted, "count")


def _repeated(items: Sequence[Item], tables: Mapping[str, Table]) -> frozenset[str]:
    names = Counter(name.lower() for item in items for name in _own_names(item, tables))
    return frozenset(name for name, times in names.items() if times > 1)


def _own_names(item: Item, tables: Mapping[str, Table]) -> Iterable[str]:
    match item:
        case ColumnRef(_, column):
            return (column,)
        case AllColumns(table):
            return (column.name for column in tables[table].columns)
    return ()


def _singular(name: str) -> str:
    before, _, last = snake_case(name).rpartition("_")
    return _joined(before, lemma(last))


def _joined(*words: str) -> str:
    return "_".join(word for word in words if word).encode()[:LONGEST_ALIAS].decode(errors="ignore")


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    return free
