"""Spans counted from today: `last 30 days inclusive of today`, `previous ISO week`, `this quarter`, `year to date`."""

from dataclasses import dataclass
from datetime import date, timedelta

from rowcall_sqlgen.engine.calendar_units import CalendarUnit, moved, start_of
from rowcall_sqlgen.engine.numbers import read_number

UNITS = {name: unit for unit in CalendarUnit for name in (unit.value, f"{unit.value}s")}
"""Units by their names in a question."""
_BACK = frozenset({"last", "past", "previous", "preceding", "prior"})
_CURRENT = frozenset({"this", "current"})
_WHOLE = frozenset({"calendar", "full", "whole", "complete", "completed", "entire", "iso"})
_EXCLUDING = frozenset({"excluding", "excludes", "except", "without"})
_INCLUDING = frozenset({"including", "inclusive", "includes"})
_OF_SUFFIX = frozenset({"of", "the", "current", "this", "today", "ago", "incomplete", "ongoing", "one", "a"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` up to the one before `after`; `None`: no end on that side.

    `only_years`: it was said in years, which columns of years may hold as well as dates.
    """

    first: date | None
    after: date | None
    only_years: bool = False


Found = tuple[Span, int]


def read_relative(words: list[str], today: date) -> Found | None:
    """Reads a span counted from today at the start of lower-case words: the span, and how many words it took.

    Conventions: the last 30 days or 3 months begin on the day that long ago, on today's day of the month, and end
    today; whole units are meant where the current one is excluded, or where they are called whole, calendar or ISO;
    the last or previous month without a number is the whole one before this one, the past month a rolling one.
    """
    return _counted(words, today) or _to_date(words, today)


def unit_of(words: list[str]) -> CalendarUnit | None:
    """Returns the unit in which the words count back: `last 8 calendar weeks` gives weeks."""
    counted = _count(words)
    return counted[1] if counted else None


def _counted(words: list[str], today: date) -> Found | None:
    counted = _count(words)
    if counted is None:
        return None
    count, unit, at, whole = counted
    taken, excludes, rolls = _suffix(words, at)
    if words[0] in _CURRENT:
        first = start_of(unit, today)
        return (Span(first, moved(first, 1, unit)), taken) if count is None else None
    named = count is None and words[0] != "past" and not rolls
    return _back(count or 1, unit, today, whole=whole or named or excludes), taken


def _count(words: list[str]) -> tuple[int | None, CalendarUnit, int, bool] | None:
    """Returns how many of which unit, where that ends, and whether whole ones were asked for."""
    if not words or words[0] not in _BACK | _CURRENT:
        return None
    number = read_number(words[1:3])
    if number and number[0] != int(number[0]):
        return None
    at = 1 + (number[1] if number else 0)
    whole = words[at : at + 1] and words[at] in _WHOLE
    at += bool(whole)
    unit = UNITS.get(words[at]) if at < len(words) else None
    return (int(number[0]) if number else None, unit, at + 1, bool(whole)) if unit else None


def _back(count: int, unit: CalendarUnit, today: date, *, whole: bool) -> Span:
    this = start_of(unit, today)
    return Span(moved(this, -count, unit), this) if whole else Span(moved(today, -count, unit), today + _DAY)


def _suffix(words: list[str], at: int) -> tuple[int, bool, bool]:
    """Returns where `inclusive of today` or `, excluding the current month` ends, if it excludes, and if it rolls."""
    begin = at + (words[at : at + 1] == [","])
    word = words[begin] if begin < len(words) else ""
    negative = word in _EXCLUDING or words[begin : begin + 2] == ["not", "including"]
    if not negative and word not in _INCLUDING:
        return at, False, False
    end = begin + 1 + (word == "not")
    while end < len(words) and _is_of_suffix(words, end):
        end += 1
    said = words[begin:end]
    excludes = negative and ("current" in said or "this" in said)
    return end, excludes, "today" in said or "ago" in said


def _is_of_suffix(words: list[str], at: int) -> bool:
    word = words[at]
    return word in _OF_SUFFIX or word in UNITS or word.isdecimal() or words[at - 1 : at + 1] == ["today", "date"]


def _to_date(words: list[str], today: date) -> Found | None:
    match words[:3]:
        case ["year" | "quarter" | "month" | "week" as unit, "to", "date"]:
            return Span(start_of(UNITS[unit], today), today + _DAY), 3
    return None
