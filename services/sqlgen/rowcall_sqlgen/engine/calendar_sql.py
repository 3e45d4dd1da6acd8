"""Parts of dates and times between dates in each dialect; `c`, `first` and `last` stand for columns."""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp

from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.meaning import DurationUnit

_SQLITE_NAMES = " ".join(
    f"WHEN '{number}' THEN '{name}'"
    for number, name in enumerate("Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split())
)
_PARTS: Mapping[Dialect, Mapping[CalendarUnit | WeekdayPart, str]] = {
    Dialect.SQLITE: {
        CalendarUnit.DAY: "DATE(c)",
        # The next Sunday, today included, and back to its Monday.
        CalendarUnit.WEEK: "DATE(c, 'weekday 0', '-6 days')",
        CalendarUnit.MONTH: "STRFTIME('%Y-%m', c)",
        CalendarUnit.QUARTER: "DATE(c, 'start of month', '-' || ((STRFTIME('%m', c) - 1) % 3) || ' months')",
        CalendarUnit.YEAR: "STRFTIME('%Y', c)",
        WeekdayPart.NUMBER: "(STRFTIME('%w', c) + 6) % 7 + 1",
        WeekdayPart.NAME: f"CASE STRFTIME('%w', c) {_SQLITE_NAMES} END",
    },
    Dialect.POSTGRES: {
        CalendarUnit.DAY: "CAST(c AS DATE)",
        CalendarUnit.WEEK: "CAST(DATE_TRUNC('week', c) AS DATE)",
        CalendarUnit.MONTH: "TO_CHAR(c, 'YYYY-MM')",
        CalendarUnit.QUARTER: "CAST(DATE_TRUNC('quarter', c) AS DATE)",
        CalendarUnit.YEAR: "TO_CHAR(c, 'YYYY')",
        WeekdayPart.NUMBER: "EXTRACT(ISODOW FROM c)",
        WeekdayPart.NAME: "TO_CHAR(c, 'FMDay')",
    },
    Dialect.MYSQL: {
        CalendarUnit.DAY: "DATE(c)",
        CalendarUnit.WEEK: "DATE_SUB(DATE(c), INTERVAL (WEEKDAY(c)) DAY)",
        CalendarUnit.MONTH: "DATE_FORMAT(c, '%Y-%m')",
        CalendarUnit.QUARTER: "MAKEDATE(YEAR(c), 1) + INTERVAL (QUARTER(c) - 1) QUARTER",
        CalendarUnit.YEAR: "DATE_FORMAT(c, '%Y')",
        WeekdayPart.NUMBER: "WEEKDAY(c) + 1",
        WeekdayPart.NAME: "DAYNAME(c)",
    },
    Dialect.DUCKDB: {
        CalendarUnit.DAY: "CAST(c AS DATE)",
        CalendarUnit.WEEK: "CAST(DATE_TRUNC('week', c) AS DATE)",
        CalendarUnit.MONTH: "STRFTIME(c, '%Y-%m')",
        CalendarUnit.QUARTER: "CAST(DATE_TRUNC('quarter', c) AS DATE)",
        CalendarUnit.YEAR: "STRFTIME(c, '%Y')",
        WeekdayPart.NUMBER: "ISODOW(c)",
        WeekdayPart.NAME: "DAYNAME(c)",
    },
}
_SECONDS: Mapping[Dialect, str] = {
    Dialect.SQLITE: "STRFTIME('%s', last) - STRFTIME('%s', first)",
    Dialect.POSTGRES: "EXTRACT(EPOCH FROM CAST(last AS TIMESTAMP) - CAST(first AS TIMESTAMP))",
    Dialect.MYSQL: "TIMESTAMPDIFF(SECOND, first, last)",
    Dialect.DUCKDB: "EPOCH(CAST(last AS TIMESTAMP)) - EPOCH(CAST(first AS TIMESTAMP))",
}
_SQLITE_DAYS = "JULIANDAY(last) - JULIANDAY(first)"
_LENGTHS = {DurationUnit.MINUTE: "60.0", DurationUnit.HOUR: "3600.0", DurationUnit.DAY: "86400.0"}
_KEEP_DATES_AS_TEXT = frozenset({Dialect.SQLITE, Dialect.MYSQL})


def dated(column: exp.Expr, dialect: Dialect, *, is_text: bool) -> exp.Expr:
    """Returns a date kept as text as a date where the dialect's functions take no text."""
    return exp.cast(column, "timestamp") if is_text and dialect not in _KEEP_DATES_AS_TEXT else column


def calendar_part(column: exp.Expr, unit: CalendarUnit | WeekdayPart, dialect: Dialect) -> exp.Expr:
    """Returns what names the unit that a date falls into: text for months and years, a first day, or a weekday."""
    return _filled(_PARTS[dialect][unit], dialect, c=column)


def duration(first: exp.Expr, last: exp.Expr, unit: DurationUnit, *, dialect: Dialect) -> exp.Expr:
    """Returns the time between two dates as a number of units, with a fraction where there is one."""
    if unit is DurationUnit.DAY and dialect is Dialect.SQLITE:
        return _filled(_SQLITE_DAYS, dialect, first=first, last=last)
    seconds = _SECONDS[dialect]
    text = seconds if unit is DurationUnit.SECOND else f"({seconds}) / {_LENGTHS[unit]}"
    return _filled(text, dialect, first=first, last=last)


def _filled(text: str, dialect: Dialect, **columns: exp.Expr) -> exp.Expr:
    def fill(node: exp.Expr) -> exp.Expr:
        return columns[node.name].copy() if isinstance(node, exp.Column) else node

    return sqlglot.parse_one(text, dialect=dialect.value).transform(fill, copy=False)
