"""Units of the calendar: where one begins, and the day some of them ago."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

_FEWEST_DAYS = 1


class CalendarUnit(StrEnum):
    """Days and what they make up; weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class WeekdayPart(StrEnum):
    """What a day of the week is told by; Monday is 1 (ISO 8601)."""

    NAME = "weekday"
    NUMBER = "weekday number"


_DAYS = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7}
_MONTHS = {CalendarUnit.MONTH: 1, CalendarUnit.QUARTER: 3, CalendarUnit.YEAR: 12}
MOST_UNITS = 10_000
"""More of them than any data goes back."""


def start_of(unit: CalendarUnit, day: date) -> date:
    """Returns the first day of the unit that the day belongs to."""
    match unit:
        case CalendarUnit.DAY:
            return day
        case CalendarUnit.WEEK:
            return day - timedelta(days=day.weekday())
        case CalendarUnit.MONTH:
            return day.replace(day=1)
        case CalendarUnit.QUARTER:
            return date(day.year, day.month - (day.month - 1) % 3, 1)
        case CalendarUnit.YEAR:
            return date(day.year, 1, 1)


def moved(day: date, count: int, unit: CalendarUnit) -> date:
    """Returns the day `count` units later, earlier where negative; a day that its month lacks becomes its last one.

    No earlier than the first and no later than the last day that the calendar knows.
    """
    count = max(-MOST_UNITS, min(count, MOST_UNITS))
    if unit in _DAYS:
        return _bounded(day.toordinal() + count * _DAYS[unit])
    months = day.year * 12 + day.month - 1 + count * _MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    if not date.min.year <= year <= date.max.year:
        return date.min if count < 0 else date.max
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _bounded(ordinal: int) -> date:
    return date.fromordinal(max(_FEWEST_DAYS, min(ordinal, date.max.toordinal())))
