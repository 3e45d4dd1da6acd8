"""What a phrase about time means in a query: conditions and groups on a date, or on columns of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.times.event_dates import event_date, event_tables
from rowcall_sqlgen.builtin.times.part_columns import PartColumns, part_columns, weekday_column, within_parts
from rowcall_sqlgen.builtin.times.time_phrases import TimePhrase
from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import CalendarPart, Comparison, Meaning, OneOf, OnWeekdays, Predicate
from rowcall_sqlgen.engine.relative_spans import Span
from rowcall_sqlgen.engine.words import Word

Key = ColumnRef | CalendarPart


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeColumn:
    """Where a phrase takes effect. `step`: the way to the column's table, if the query does not read that.

    `keys`: of the groups, `shown` among them; sorted by them.
    """

    column: ColumnRef
    step: Step | None = None
    conditions: tuple[Predicate, ...] = ()
    keys: tuple[Key, ...] = ()
    shown: tuple[Key, ...] = ()


def time_column(
    phrase: TimePhrase, query: Meaning, question: Sequence[Word], *, index: SchemaIndex
) -> TimeColumn | None:
    """Returns what the phrase means in the query, `None` where no column can tell.

    Columns called year and month come before a date of the same table: they are what its rows are told by. Years where
    there is a column of years alone are values like others, and left to the rest of the engine, which reads them well.
    """
    when = event_date(query, question, index)
    tables = (when.column.table,) if when else event_tables(query)
    for table in tables:
        parts = part_columns(table, index)
        suited = parts if parts and (when is None or (parts.are_named_so and _of_whole_months(phrase))) else None
        if suited and suited.month is None and phrase.span and phrase.span.only_years:
            return None
        found = (_on_parts(phrase, suited) if suited else None) or _on_weekdays(phrase, table, index)
        if found:
            return replace(found, step=when.step if when else None)
    return _on_date(phrase, when.column, when.step) if when else None


def _of_whole_months(phrase: TimePhrase) -> bool:
    ends = (phrase.span.first, phrase.span.after) if phrase.span else ()
    return all(end.day == 1 for end in ends if end)


def _on_parts(phrase: TimePhrase, parts: PartColumns) -> TimeColumn | None:
    condition = within_parts(phrase.span, parts) if phrase.span else None
    columns: dict[CalendarUnit | WeekdayPart, tuple[ColumnRef | None, ...]] = {
        CalendarUnit.YEAR: (parts.year,),
        CalendarUnit.MONTH: (parts.month,),
        CalendarUnit.DAY: (parts.year, parts.month, parts.day),
    }
    units = columns.get(phrase.unit, (None,)) if phrase.unit else ()
    keys = tuple(unit for unit in units if unit)
    if (phrase.span and condition is None) or len(keys) < len(units) or phrase.weekdays:
        return None
    conditions = (condition,) if condition else ()
    return TimeColumn(column=keys[-1] if keys else parts.year, conditions=conditions, keys=keys, shown=keys)


def _on_weekdays(phrase: TimePhrase, table: str, index: SchemaIndex) -> TimeColumn | None:
    found = weekday_column(table, index) if phrase.weekdays or phrase.unit is WeekdayPart.NAME else None
    if found is None or phrase.span:
        return None
    column, stored = found
    if phrase.unit:
        return TimeColumn(column=column, keys=(column,), shown=(column,))
    days = tuple(stored[day] for day in phrase.weekdays)
    one = Comparison(column, Operator.EQ, days[0])
    return TimeColumn(column=column, conditions=(one if len(days) == 1 else OneOf(column, days),))


def _on_date(phrase: TimePhrase, column: ColumnRef, step: Step | None) -> TimeColumn:
    conditions = _within(phrase.span, column) if phrase.span else ()
    weekdays = (OnWeekdays(column, phrase.weekdays),) if phrase.weekdays else ()
    shown = (CalendarPart(column, phrase.unit),) if phrase.unit else ()
    first = (CalendarPart(column, WeekdayPart.NUMBER),) if phrase.unit is WeekdayPart.NAME else ()
    keys = (*first, *shown)
    return TimeColumn(column=column, step=step, conditions=(*conditions, *weekdays), keys=keys, shown=shown)


def _within(span: Span, column: ColumnRef) -> tuple[Predicate, ...]:
    first = (Comparison(column, Operator.GE, span.first.isoformat()),) if span.first else ()
    return (*first, *((Comparison(column, Operator.LT, span.after.isoformat()),) if span.after else ()))
