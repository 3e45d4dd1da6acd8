"""Values of which all are asked for: `the average age of male and female students`, `all locations with a cinema`."""

from collections.abc import Sequence
from dataclasses import replace

from rowcall_contracts.catalog import ColumnKind
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Measure, OneOf, Predicate
from rowcall_sqlgen.engine.reading import Readings
from rowcall_sqlgen.engine.words import Word

_OPENING = 4
"""Words among which `all` speaks of what is shown: `What are all the ...`."""


def for_every_value(read: Readings, question: Sequence[Word], index: SchemaIndex) -> Readings:
    """Returns the readings with such values as groups: a condition that every row meets was not asked for.

    `Male or female` is left alone: one number for both.
    """
    if "or" in (word.lower for word in question):
        return read
    return replace(read, found=tuple(replace(each, meaning=_grouped(each.meaning, index)) for each in read.found))


def each_value_once(read: Readings, question: Sequence[Word], index: SchemaIndex) -> Readings:
    """Returns the readings that list `all locations` with each of them once, where rows share a few."""
    if "all" not in (word.lower for word in question[:_OPENING]):
        return read
    return replace(read, found=tuple(replace(each, meaning=_once(each.meaning, index)) for each in read.found))


def _once(query: Meaning, index: SchemaIndex) -> Meaning:
    match query:
        case Meaning(items=(ColumnRef() as shown,), where=(), group=(), order=(), limit=None) if _is_kind(shown, index):
            return replace(query, distinct=True)
    return query


def _is_kind(column: ColumnRef, index: SchemaIndex) -> bool:
    """Says whether the column says of what kind rows are: text, and fewer values than half of the rows."""
    distinct, rows = index.column(column).profile.distinct_count, index.tables[column.table].row_count
    if distinct is None or not rows or column in index.names[column.table]:
        return False
    return index.column(column).kind is ColumnKind.TEXT and distinct * 2 <= rows


def _grouped(query: Meaning, index: SchemaIndex) -> Meaning:
    if not query.items or not all(isinstance(item, Measure) for item in query.items):
        return query
    whole = next((each for each in query.where if _is_whole(each, index)), None)
    if not isinstance(whole, OneOf) or query.group or query.limit:
        return query
    return replace(
        query,
        items=(whole.column, *query.items),
        where=tuple(each for each in query.where if each != whole),
        group=(whole.column,),
    )


def _is_whole(predicate: Predicate, index: SchemaIndex) -> bool:
    """Says whether these are all the values of the column."""
    if not isinstance(predicate, OneOf) or len(predicate.values) < 2:
        return False
    return index.column(predicate.column).profile.distinct_count == len(set(predicate.values))
