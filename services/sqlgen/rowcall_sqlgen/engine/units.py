"""Spans of time: in which unit a column tells them, and how many of its units a question's `2 hours` are."""

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef

_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0}
_NAMES = {
    **{form: unit for unit in _SECONDS for form in (unit, f"{unit}s")},
    **dict.fromkeys(("sec", "secs"), "second"),
    **dict.fromkeys(("min", "mins"), "minute"),
    **dict.fromkeys(("hr", "hrs"), "hour"),
}
_SPANS = frozenset("delay duration elapsed runtime wait latency time lateness".split())
_CLOCKS = frozenset("departure arrival start end scheduled begin close open birth created stamp zone date".split())
_FEWEST_MINUTES, _MOST_MINUTES = 48, 10_000
"""A span called by no unit, whose longest lies between these, is told in minutes: as hours it would last days, as
seconds none would matter."""


def time_unit(word: str) -> str | None:
    """Returns the unit that a lower-case word names."""
    return _NAMES.get(word)


def is_span(ref: ColumnRef, index: SchemaIndex) -> bool:
    """Says whether the column holds lengths of time, and not hours of the clock or days of the month."""
    is_amount = index.is_numeric(ref) and not (index.is_key(ref) or index.is_calendar_part(ref))
    return is_amount and lasts(ref)


def lasts(ref: ColumnRef) -> bool:
    """Says whether the column is called as one of lengths of time is."""
    words = spelled_words(ref.column)
    spans = _SPANS.intersection(words)
    return _named_unit(ref) is not None or (bool(spans) and not (spans == {"time"} and _CLOCKS.intersection(words)))


def span_unit(ref: ColumnRef, index: SchemaIndex) -> str | None:
    """Returns the unit of a column of spans, by its name or else by its values; `None` where its values are others.

    Where nothing was measured, as on a busy database, minutes are taken: most spans without a unit are told in them.
    """
    named = _named_unit(ref)
    if named:
        return named
    longest = index.column(ref).profile.maximum
    is_known = longest is None or (isinstance(longest, int | float) and _FEWEST_MINUTES < longest <= _MOST_MINUTES)
    return "minute" if is_known else None


def in_unit_of(ref: ColumnRef, count: float, unit: str, *, index: SchemaIndex) -> int | float | None:
    """Returns how many of the column's units that long is; `None` where the column does not hold lengths of time, or
    where nothing tells its unit.
    """
    own = span_unit(ref, index) if is_span(ref, index) else None
    if own is None:
        return None
    found = count * _SECONDS[unit] / _SECONDS[own]
    return int(found) if found == int(found) else found


def _named_unit(ref: ColumnRef) -> str | None:
    """`delay_minutes`, `hours`: but an `hour` alone is one of the clock."""
    last = ref.column.lower().replace("-", "_").split("_")[-1]
    alone = len(spelled_words(ref.column)) == 1 and not last.endswith("s")
    return None if alone else time_unit(last)
