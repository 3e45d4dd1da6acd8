"""Tables that keep the year, the month or the day of the week in columns of their own, as numbers or as names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from rowcall_sqlgen.engine.calendar_names import MONTHS, WEEKDAYS, stored_names
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import AllOf, AnyOf, Between, Comparison, OneOf, Predicate, Scalar
from rowcall_sqlgen.engine.relative_spans import Span

_MOST_MONTHS = 600
_MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class PartColumns:
    """Columns of years, months and days; `stored`: how each month 1..12 stands there."""

    year: ColumnRef
    month: ColumnRef | None
    stored: Mapping[int, Scalar]
    day: ColumnRef | None = None

    @property
    def are_named_so(self) -> bool:
        """Whether the column is called year and nothing else, unlike a model's or a founding year."""
        return spelled_words(self.year.column) == ("year",)


def part_columns(table: str, index: SchemaIndex) -> PartColumns | None:
    """Returns the table's columns for year and month; none without a numeric one for the year."""
    years = [ref for ref in index.columns(table) if _ends(ref, "year") and index.is_numeric(ref)]
    whole = [ref for ref in years if spelled_words(ref.column) == ("year",)]
    found = whole or years
    if len(found) != 1:
        return None
    month = next((ref for ref in index.columns(table) if spelled_words(ref.column) == ("month",)), None)
    if month and index.is_numeric(month):
        day = next((ref for ref in index.columns(table) if spelled_words(ref.column) == ("day",)), None)
        days = day if day and index.is_numeric(day) else None
        return PartColumns(found[0], month, {number: number for number in range(1, 13)}, days)
    named = _named(month, MONTHS, index) if month else {}
    return PartColumns(found[0], month if named else None, named)


def weekday_column(table: str, index: SchemaIndex) -> tuple[ColumnRef, Mapping[int, Scalar]] | None:
    """Returns the table's column of names of days, and how each day 1..7 stands there; none without one."""
    found = ((ref, _named(ref, WEEKDAYS, index)) for ref in index.columns(table))
    return next(((ref, named) for ref, named in found if named), None)


def within_parts(span: Span, parts: PartColumns) -> Predicate | None:
    """Returns the condition that the months of a span fulfil, whole years where there is no column of months.

    A month that only begins or ends in the span counts; `None` for spans that years alone do not tell.
    """
    if parts.month is None or span.only_years:
        return _within_years(span, parts.year) if span.only_years else None
    if span.first is None or span.after is None:
        return _open_end(span, parts)
    months = _months(span.first, span.after - timedelta(days=1))
    if len(months) > _MOST_MONTHS:
        return None
    years = [(year, tuple(month for _, month in group)) for year, group in groupby(months, key=lambda pair: pair[0])]
    wanted = tuple(_in_year(year, said, parts) for year, said in years)
    return wanted[0] if len(wanted) == 1 else AnyOf(wanted)


def _within_years(span: Span, year: ColumnRef) -> Predicate | None:
    if span.first is None or span.after is None:
        first = Comparison(year, Operator.GE, span.first.year) if span.first else None
        return first or (Comparison(year, Operator.LT, span.after.year) if span.after else None)
    last = (span.after - timedelta(days=1)).year
    return Comparison(year, Operator.EQ, last) if span.first.year == last else Between(year, span.first.year, last)


def _open_end(span: Span, parts: PartColumns) -> Predicate | None:
    """Whole years beyond the end, and its own year's months on that side."""
    end = span.first or (span.after - timedelta(days=1) if span.after else None)
    if end is None:
        return None
    months = range(end.month, 13) if span.first else range(1, end.month + 1)
    beyond = Comparison(parts.year, Operator.GT if span.first else Operator.LT, end.year)
    return AnyOf((beyond, _in_year(end.year, tuple(months), parts)))


def _in_year(year: int, months: tuple[int, ...], parts: PartColumns) -> Predicate:
    in_year = Comparison(parts.year, Operator.EQ, year)
    stored = tuple(parts.stored[month] for month in months if month in parts.stored)
    if len(months) == _MONTHS_OF_YEAR or parts.month is None:
        return in_year
    if len(stored) == 1:
        return AllOf((in_year, Comparison(parts.month, Operator.EQ, stored[0])))
    return AllOf((in_year, OneOf(parts.month, stored)))


def _months(first: date, last: date) -> list[tuple[int, int]]:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [(number // 12, number % 12 + 1) for number in numbers]


def _named(ref: ColumnRef, names: tuple[str, ...], index: SchemaIndex) -> dict[int, Scalar]:
    return dict(enumerate(stored_names(ref, names, index), start=1))


def _ends(ref: ColumnRef, word: str) -> bool:
    return spelled_words(ref.column)[-1:] == (word,)
