"""Dates and periods in a question, relative ones counted from the day given."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "january february march april may june july august september october november december".split(),
    "jan feb mar apr may jun jul aug sep oct nov dec".split(),
)
_MONTH_NUMBER = {name: number for names in _MONTHS for number, name in enumerate(names, start=1)} | {"sept": 9}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?")


@dataclass(frozen=True, slots=True)
class Period:
    """Named parts of a date. Without a year there is no first or last day: the month recurs."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    until: date | None = None  # first day after a relative period that is no whole year, month or day

    @property
    def first(self) -> date | None:
        """First day, `None` without a year."""
        return date(self.year, self.month or 1, self.day or 1) if self.year else None

    @property
    def after(self) -> date | None:
        """First day that no longer belongs to the period, `None` without a year."""
        if self.until or not self.year:
            return self.until
        if self.day and self.month:
            return date(self.year, self.month, self.day) + timedelta(days=1)
        if self.month:
            return date(self.year, self.month, monthrange(self.year, self.month)[1]) + timedelta(days=1)
        return date(self.year + 1, 1, 1)


def read_period(words: Sequence[str], today: date) -> tuple[Period, int] | None:
    """Reads a period at the start of lower-case words: the period and how many words it took, or `None`."""
    for reader in (_iso, _month_day_year, _day_month_year, _year):
        found = reader(words)
        if found and _exists(found[0]):
            return found
    return _relative(words, today)


def _exists(period: Period) -> bool:
    if period.month is None or period.day is None:
        return True
    return 1 <= period.month <= 12 and 1 <= period.day <= monthrange(period.year or 2000, period.month)[1]


def _iso(words: Sequence[str]) -> tuple[Period, int] | None:
    match = _ISO.fullmatch(words[0])
    return (Period(int(match[1]), int(match[2]), int(match[3])), 1) if match else None


def _year(words: Sequence[str]) -> tuple[Period, int] | None:
    return (Period(int(words[0])), 1) if _YEAR.fullmatch(words[0]) else None


def _year_after(words: Sequence[str], taken: int) -> tuple[int | None, int]:
    while taken < len(words) and words[taken] in (",", "of"):
        taken += 1
    if taken < len(words) and _YEAR.fullmatch(words[taken]):
        return int(words[taken]), taken + 1
    return None, taken


def _month_day_year(words: Sequence[str]) -> tuple[Period, int] | None:
    month = _MONTH_NUMBER.get(words[0])
    if month is None:
        return None
    day, taken = None, 1
    if len(words) > 1 and (match := _DAY.fullmatch(words[1])):
        day, taken = int(match[1]), 2
    year, end = _year_after(words, taken)
    if words[0] in ("may", "mar") and year is None and day is None:
        return Period(month=month), 1
    return Period(year, month, day), end if year else taken


def _day_month_year(words: Sequence[str]) -> tuple[Period, int] | None:
    match = _DAY.fullmatch(words[0])
    at = 2 if len(words) > 2 and words[1] == "of" else 1
    month = _MONTH_NUMBER.get(words[at]) if match and len(words) > at else None
    if match is None or month is None:
        return None
    year, end = _year_after(words, at + 1)
    return Period(year, month, int(match[1])), end if year else at + 1


def _relative(words: Sequence[str], today: date) -> tuple[Period, int] | None:
    if words[0] in ("today", "yesterday"):
        day = today - timedelta(days=words[0] == "yesterday")
        return Period(day.year, day.month, day.day), 1
    if len(words) > 1 and words[0] in ("last", "this", "past", "previous", "current"):
        return _named_unit(words, today) or _last_units(words, today)
    return None


def _named_unit(words: Sequence[str], today: date) -> tuple[Period, int] | None:
    back = words[0] not in ("this", "current")
    if words[1] == "year":
        return Period(today.year - back), 2
    if words[1] == "month":
        day = today.replace(day=1) - timedelta(days=back)
        return Period(day.year, day.month), 2
    return None


def _last_units(words: Sequence[str], today: date) -> tuple[Period, int] | None:
    if len(words) < 3 or not words[1].isdecimal() or words[2] not in ("days", "day", "weeks", "week"):
        return None
    days = min(int(words[1]), 100_000) * (7 if words[2].startswith("week") else 1)
    first = today - timedelta(days=days)
    return Period(first.year, first.month, first.day, until=today + timedelta(days=1)), 3
