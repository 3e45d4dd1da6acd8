"""Where a question speaks of time: a span of days, days of the week, or a unit of the calendar to group by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.relative_spans import UNITS, Span, unit_of
from rowcall_sqlgen.engine.time_spans import read_closed, read_span

_WEEKDAYS: dict[str, tuple[int, ...]] = {
    name: (number,)
    for number, day in enumerate("monday tuesday wednesday thursday friday saturday sunday".split(), start=1)
    for name in (day, f"{day}s")
} | {"weekends": (6, 7), "weekend": (6, 7), "weekdays": (1, 2, 3, 4, 5)}
_PREPOSITIONS = frozenset({"in", "during", "within", "over", "for", "from", "on", "of", "at"})
_EACH = frozenset({"each", "every", "per"})
_BEFORE_EACH = frozenset({"in", "for", "on", "of", "during"})
_BEFORE_BY = frozenset({"group", "grouped", "split", "broken", "down", "aggregated", "summarized", "and", "also"})
_SORTING = frozenset({"order", "ordered", "sort", "sorted", "ranked", "arranged"})
_ADJECTIVES = {
    "daily": CalendarUnit.DAY,
    "weekly": CalendarUnit.WEEK,
    "monthly": CalendarUnit.MONTH,
    "quarterly": CalendarUnit.QUARTER,
    "yearly": CalendarUnit.YEAR,
    "annual": CalendarUnit.YEAR,
    "annually": CalendarUnit.YEAR,
}


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """Words `start` to `end` of a question ask for days of a span, for days of the week, for a group of each unit."""

    start: int
    end: int
    span: Span | None = None
    weekdays: tuple[int, ...] = ()
    unit: CalendarUnit | WeekdayPart | None = None


def time_phrases(words: list[str], today: date) -> Iterator[TimePhrase]:
    """Yields the phrases about time in lower-case words, conditions before groups; they may overlap."""
    readers: tuple[Callable[[list[str], int, date], TimePhrase | None], ...] = (_span, _weekdays, _group)
    for reader in readers:
        for start in range(len(words)):
            found = reader(words, start, today)
            if found:
                yield found


def _span(words: list[str], start: int, today: date) -> TimePhrase | None:
    """Reads `in the last 30 days`, `since 2021`, `in each of the last 8 weeks`, `yesterday`, `2023-06-01`."""
    each = _each_of(words, start)
    at = start + each if each else start + (words[start] in _PREPOSITIONS)
    found = read_span(words[start:], today) or (read_closed(words[at:], today) if at > start else None)
    taken = start + found[1] if found and read_span(words[start:], today) else at + (found[1] if found else 0)
    if found is None or (at == start and found[0].only_years and not _opens(words[start])):
        return None
    span = found[0]
    unit = unit_of([word for word in words[at:taken] if word != "the"]) if each else None
    return TimePhrase(start, taken, span=span, unit=unit)


def _opens(word: str) -> bool:
    """Says whether a word tells a year that follows from a number."""
    return word in ("between", "since", "before", "after", "until", "prior", "starting", "the", "year")


def _each_of(words: list[str], start: int) -> int:
    at = start + (words[start] in _BEFORE_EACH)
    return at + 2 - start if words[at : at + 2] in (["each", "of"], ["every", "of"]) else 0


def _weekdays(words: list[str], start: int, _: date) -> TimePhrase | None:
    """Reads `on weekends`, `on Mondays and Fridays`."""
    if words[start] not in ("on", "at", "during", "over"):
        return None
    days: tuple[int, ...] = ()
    at = start + 1
    while at < len(words) and (found := _WEEKDAYS.get(words[at])):
        days += found
        more = words[at + 1 : at + 2] in (["and"], ["or"], [","]) and bool(_WEEKDAYS.keys() & words[at + 2 : at + 3])
        at += 2 if more else 1
    return TimePhrase(start, at, weekdays=tuple(sorted(set(days)))) if days else None


def _group(words: list[str], start: int, _: date) -> TimePhrase | None:
    """Reads `for each month`, `per day of the week`, `grouped by quarter`, `monthly`, `over time`."""
    if words[start : start + 2] == ["over", "time"]:
        return TimePhrase(start, start + 2, unit=CalendarUnit.MONTH)
    if words[start] in _ADJECTIVES:
        return TimePhrase(start, start + 1, unit=_ADJECTIVES[words[start]])
    at = start + (words[start] in _BEFORE_EACH)
    if at < len(words) and words[at] in _EACH:
        return _unit(words, start, at + 1)
    if words[start] == "by" and not _SORTING.intersection(words[max(0, start - 1) : start]):
        begin = start
        while begin and words[begin - 1] in _BEFORE_BY - {"and", "also"}:
            begin -= 1
        return _unit(words, begin, start + 1)
    return None


def _unit(words: list[str], start: int, at: int) -> TimePhrase | None:
    at += words[at : at + 1] in (["calendar"], ["single"], ["the"])
    if words[at : at + 4] == ["day", "of", "the", "week"]:
        return TimePhrase(start, at + 4, unit=WeekdayPart.NAME)
    if words[at : at + 1] == ["weekday"]:
        return TimePhrase(start, at + 1, unit=WeekdayPart.NAME)
    unit = UNITS.get(words[at]) if at < len(words) else None
    return TimePhrase(start, at + 1, unit=unit) if unit else None
