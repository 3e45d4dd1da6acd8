"""Years, months and days that stand in columns of their own, as a person writes them."""

from calendar import month_name
from collections.abc import Mapping


def period_text(parts: Mapping[str, int]) -> str | None:
    """Returns `in 2013`, `in July`, `in July 2013` or `on 2013-07-04`; `None` for parts that make no such period."""
    date = date_text(parts)
    if date is None or set(parts) == {"day"}:
        return None
    return f"{'on' if 'day' in parts else 'in'} {date}"


def date_text(parts: Mapping[str, int]) -> str | None:
    """Returns `2013`, `July`, `July 2013`, `July 4`, `2013-07-04` or `day 4`; `None` for what is no date."""
    year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
    if month is not None and not 1 <= month <= len(month_name) - 1:
        return None
    match year, month, day:
        case int(), int(), int():
            return f"{year}-{month:02}-{day:02}"
        case None, int(), int():
            return f"{month_name[month]} {day}"
        case int(), int(), None:
            return f"{month_name[month]} {year}"
        case None, int(), None:
            return month_name[month]
        case int(), None, None:
            return str(year)
        case None, None, int():
            return f"day {day}"
    return None
