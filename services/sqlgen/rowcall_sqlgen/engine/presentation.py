"""The order of groups that the question does not ask for, and that of the calendar where it does."""

from dataclasses import replace

from rowcall_sqlgen.engine.calendar_names import calendar_names
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, InSequence, Meaning, Measure, Order, Query, SortKey

_CALENDAR_WORDS = frozenset({"year", "quarter", "month", "week", "date", "day", "hour"})


def presented(query: Query, index: SchemaIndex) -> Query:
    """Sorts groups by time, or else by what is counted or summed, the largest first; other queries stay as they are.

    Names of months and days are sorted by the calendar.
    """
    if not isinstance(query, Meaning) or not query.group:
        return query
    ordered = query if query.order or query.limit else _ordered(query, index)
    order = tuple(Order(_sequenced(each.item, index), each.descending) for each in ordered.order)
    return replace(ordered, order=order)


def _ordered(query: Meaning, index: SchemaIndex) -> Meaning:
    measures = [item for item in query.items if isinstance(item, Measure)]
    if not measures:
        return query
    times = [item for item in query.items if isinstance(item, ColumnRef | CalendarPart) and _is_time(item, index)]
    parts = [time for time in times[1:] if isinstance(time, ColumnRef) and index.is_calendar_part(time)]
    by_time = tuple(Order(time, descending=False) for time in (*times[:1], *parts))
    by_measure = (Order(measures[0], descending=True),) if len(query.group) > len(by_time) else ()
    return replace(query, order=(*by_time, *by_measure))


def _sequenced(item: SortKey, index: SchemaIndex) -> SortKey:
    names = calendar_names(item, index) if isinstance(item, ColumnRef) else ()
    return InSequence(item, names) if isinstance(item, ColumnRef) and names else item


def _is_time(item: ColumnRef | CalendarPart, index: SchemaIndex) -> bool:
    if isinstance(item, CalendarPart) or index.is_date(item) or calendar_names(item, index):
        return True
    return index.is_numeric(item) and spelled_words(item.column)[-1] in _CALENDAR_WORDS
