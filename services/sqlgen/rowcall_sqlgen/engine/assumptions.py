"""Sentences about what was taken for granted, for a person to check."""

from collections.abc import Iterator, Sequence

from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.linking import Option, Span
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    ColumnMention,
    ColumnRef,
    Comparing,
    Number,
    Superlative,
    TableMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import AllColumns, Measure, columns_of
from rowcall_sqlgen.engine.reading import Reading
from rowcall_sqlgen.engine.units import lasts
from rowcall_sqlgen.engine.vocabulary import UNITS
from rowcall_sqlgen.engine.words import Word

_ADDING = (Aggregate.SUM, Aggregate.AVG)
_LOOSE = 0.9
"""Links below this quality are worth a sentence."""


def assumptions(reading: Reading, question: Sequence[Word]) -> tuple[str, ...]:
    """Returns one sentence per liberty that the reading takes, in the order of the question."""
    found = link_assumptions(reading.spans, reading.interpretation, question)
    spans = _about_spans(reading, question)
    return tuple(dict.fromkeys([*found, *spans, *_about_dates(reading), *_about_joins(reading)]))


def link_assumptions(
    spans: Sequence[Span], interpretation: Sequence[Option], question: Sequence[Word]
) -> tuple[str, ...]:
    """Returns one sentence per liberty in what the words name, in their order."""
    pairs = zip(spans, interpretation, strict=True)
    return tuple(dict.fromkeys(text for span, option in pairs for text in _about(span, option, question)))


def column_name(ref: ColumnRef) -> str:
    """Returns a column as a person reads it."""
    return f"{ref.table}.{ref.column}"


def _about(span: Span, option: Option, question: Sequence[Word]) -> Iterator[str]:
    text = " ".join(word.text for word in question[span.start : span.end])
    match option.mark:
        case ValueMention(column, value) if value != text:
            yield f"`{text}` was read as {column_name(column)} = '{value}'."
        case ValueMention(column):
            yield f"`{text}` was looked up in {column_name(column)}."
        case ColumnMention(columns) if option.quality < _LOOSE:
            yield f"`{text}` was read as {' and '.join(map(column_name, columns))}."
        case TableMention(table) if option.quality < _LOOSE:
            yield f"`{text}` was read as the table {table}."
        case Superlative(_, ColumnRef() as column) | Comparing(_, ColumnRef() as column):
            yield f"`{text}` was read from {column_name(column)}."
    if (
        question[span.end - 1].lower in UNITS
        and span.end - span.start > 1
        and not isinstance(option.mark, TableMention)
        and not (isinstance(option.mark, Number) and option.mark.unit)
    ):
        yield f"The number in `{text}` was compared in the column's own unit."


def _about_spans(reading: Reading, question: Sequence[Word]) -> Iterator[str]:
    """Names the unit in which a length of time was compared, where the question says another or the data none."""
    parts = [column for predicate in reading.meaning.where for column in columns_of(predicate)]
    spans = ", ".join(dict.fromkeys(column_name(column) for column in parts if lasts(column)))
    for span, option in zip(reading.spans, reading.interpretation, strict=True):
        if isinstance(option.mark, Number) and option.mark.unit:
            text = " ".join(word.text for word in question[span.start : span.end])
            yield f"`{text}` was told in the unit of {spans}, minutes where the data names none."


def _about_dates(reading: Reading) -> Iterator[str]:
    """Names the columns that answered for a date, where the question named none."""
    marks = [option.mark for option in reading.interpretation]
    if not any(isinstance(mark, Period) for mark in marks):
        return
    named = {column for mark in marks if isinstance(mark, ColumnMention) for column in mark.columns}
    named |= {mark.column for mark in marks if isinstance(mark, ValueMention | Comparing | Superlative) and mark.column}
    read = [column for predicate in reading.meaning.where for column in columns_of(predicate)]
    found = dict.fromkeys(column_name(column) for column in read if column not in named)
    if found:
        yield f"Dates were read from {', '.join(found)}."


def _about_joins(reading: Reading) -> Iterator[str]:
    meaning = reading.meaning
    counted = any(isinstance(item, Measure | AllColumns) for item in meaning.items)
    added = {item.table for item in meaning.items if isinstance(item, Measure) and item.aggregate in _ADDING}
    for join in meaning.joins:
        near, far = join.step.near, join.step.far
        if near in added and not join.step.to_parent:
            yield f"A row of {near} counts once for each of its rows in {far}."
        elif counted and join.step.to_parent and not join.optional:
            yield f"Only rows of {near} with a match in {far} were counted."
