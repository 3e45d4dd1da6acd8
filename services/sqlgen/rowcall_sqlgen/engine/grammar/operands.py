"""Right-hand sides of conditions."""

from dataclasses import dataclass
from datetime import date

from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.grammar.rule import Marks, Scene
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    ColumnMention,
    ColumnRef,
    Cue,
    Number,
    Operator,
    Quoted,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import AllOf, Comparison, Measure, OneOf, Predicate

Operand = int | float | str | Period


@dataclass(frozen=True, slots=True)
class Operands:
    """One or more alternatives, and how many marks they took."""

    length: int
    values: tuple[Operand, ...]


def operands(marks: Marks, column: ColumnRef) -> Operands | None:
    """Reads `36 or 37`, `"a", "b"`, `1 May 2013`, or stored values of the very column."""
    values: list[Operand] = []
    at = length = 0
    while at < len(marks):
        value = _operand(marks[at], column)
        if value is not None:
            values.append(value)
            length = at + 1
        elif not _links(marks[at], first=not values) or (values and length != at):
            break
        at += 1
    return Operands(length, tuple(values)) if values else None


def _links(mark: object, *, first: bool) -> bool:
    return mark in ((Cue.IS, Cue.EITHER) if first else (Cue.OR, Cue.AND))


def _operand(mark: object, column: ColumnRef) -> Operand | None:
    match mark:
        case Number(value):
            return value
        case Period() as period:
            return period
        case Quoted(text):
            return text
        case ValueMention(owner, value) if owner == column:
            return value
    return None


def compare(column: ColumnRef, operator: Operator, value: Operand, *, index: SchemaIndex) -> Predicate | None:
    """Builds the condition that suits the column's type; `None` when it can't be compared with such a value."""
    if isinstance(value, Period):
        return compare_period(column, operator, value, index=index)
    if isinstance(value, str):
        return Comparison(column, operator, value) if operator in (Operator.EQ, Operator.NE) else None
    if index.is_numeric(column):
        return Comparison(column, operator, value)
    if index.is_date(column) and isinstance(value, int) and 1000 <= value <= 2999:
        return compare_period(column, operator, Period(value), index=index)
    if operator in (Operator.EQ, Operator.NE) and index.may_hold(column, str(value)):
        return Comparison(column, operator, str(value))
    return None


def compare_period(column: ColumnRef, operator: Operator, period: Period, *, index: SchemaIndex) -> Predicate | None:
    """Builds the condition on a date column, or on a column of years."""
    if period.first and period.after and index.is_date(column):
        return _within(column, operator, period.first, period.after)
    whole_year = period.year and not period.month and not period.until
    if period.year and whole_year and index.is_numeric(column):
        return Comparison(column, operator, period.year)
    text = operator in (Operator.EQ, Operator.NE) and index.may_hold(column, str(period.year))
    if period.year and whole_year and text:
        return Comparison(column, operator, str(period.year))
    return None


def _within(column: ColumnRef, operator: Operator, first: date, after: date) -> Predicate | None:
    begins, ends = first.isoformat(), after.isoformat()
    match operator:
        case Operator.EQ:
            return AllOf((Comparison(column, Operator.GE, begins), Comparison(column, Operator.LT, ends)))
        case Operator.GT:
            return Comparison(column, Operator.GE, ends)
        case Operator.GE:
            return Comparison(column, Operator.GE, begins)
        case Operator.LT:
            return Comparison(column, Operator.LT, begins)
        case Operator.LE:
            return Comparison(column, Operator.LT, ends)
    return None


def equals(column: ColumnRef, values: tuple[Operand, ...], index: SchemaIndex) -> Predicate | None:
    """Builds an equality with one value or with any of several."""
    parts = [compare(column, Operator.EQ, value, index=index) for value in values]
    plain = tuple(p.value for p in parts if isinstance(p, Comparison) and isinstance(p.value, str | int | float))
    if len(plain) != len(parts):
        return parts[0] if len(parts) == 1 else None
    return parts[0] if len(parts) == 1 else OneOf(column, plain)


def whole_table_measure(marks: Marks, column: ColumnRef, scene: Scene) -> tuple[int, Measure] | None:
    """Reads `average`, `the average price`, `the maximum`: a measure over all rows to compare the column with."""
    if not scene.index.is_numeric(column):
        return None
    match marks:
        case [Cue.MEAN | Aggregating(Aggregate.AVG), ColumnMention((other,)), *_] if other == column:
            return 2, Measure(Aggregate.AVG, column.table, column)
        case [Cue.MEAN | Aggregating(Aggregate.AVG), ColumnMention(), *_]:
            return None
        case [Cue.MEAN | Aggregating(Aggregate.AVG), *_]:
            return 1, Measure(Aggregate.AVG, column.table, column)
    return None
