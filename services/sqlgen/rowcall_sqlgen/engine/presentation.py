"""The order in which groups are shown where the question does not ask for one."""

from dataclasses import replace

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, Meaning, Measure, Order, Query

_CALENDAR_WORDS = frozenset({"year", "quarter", "month", "week", "date", "day", "hour"})


def presented(query: Query, index: SchemaIndex) -> Query:
    """Sorts groups by time, or else by what is counted or summed, the largest first; other queries stay as they are."""
    if not isinstance(query, Meaning) or query.order or query.limit or not query.group:
        return query
    measures = [item for item in query.items if isinstance(item, Measure)]
    if not measures:
        return query
    times = [item for item in query.items if isinstance(item, ColumnRef | CalendarPart) and _is_time(item, index)]
    by_time = tuple(Order(time, descending=False) for time in times[:1])
    by_measure = (Order(measures[0], descending=True),) if len(query.group) > len(by_time) else ()
    return replace(query, order=(*by_time, *by_measure))


def _is_time(item: ColumnRef | CalendarPart, index: SchemaIndex) -> bool:
    if isinstance(item, CalendarPart) or index.is_date(item):
        return True
    return index.is_numeric(item) and spelled_words(item.column)[-1] in _CALENDAR_WORDS
