"""A result of several rows that are no groups, in words: how many there are, and the first of them."""

from collections.abc import Sequence

from rowcall_summarizer.column_roles import Role
from rowcall_summarizer.labels import Label, labels_of, noun_of
from rowcall_summarizer.nouns import plural
from rowcall_summarizer.phrasing import first_of, listed, sentence
from rowcall_summarizer.result_column import Column
from rowcall_summarizer.told import Told

_LISTED_VALUES = 5
_LISTED_ROWS = 3
_NARROW = 4
"""Columns up to which rows are quoted; wider rows are counted."""


def tell_list(told: Told) -> str:
    """Says how many rows there are and quotes the first ones."""
    if told.rank:
        return _ranked(told)
    columns = told.columns
    if len(columns) == 1:
        return _values(told, columns[0])
    if not columns or (len(columns) > _NARROW and told.result.row_count > _LISTED_ROWS):
        return sentence(f"there are {told.rows()}")
    few = _LISTED_VALUES if told.result.row_count <= _LISTED_VALUES else _LISTED_ROWS
    rows = [_row(columns[:_NARROW], row) for row in range(min(len(told.result.rows), few))]
    if len(rows) == told.result.row_count:
        return sentence(f"there are {told.rows()}: {'; '.join(rows)}")
    return sentence(f"there are {told.rows()}; the first are {'; '.join(rows)}")


def _values(told: Told, column: Column) -> str:
    labels = labels_of([column], told.statement, told.question)
    texts = labels[0].texts if labels else [column.text(row) for row in range(len(column.cells))]
    noun = plural(told.noun or noun_of(column, told.statement, told.question))
    shown = first_of(texts, shown=_LISTED_VALUES, total=told.result.row_count)
    if told.result.truncated:
        return sentence(f"there are {told.rows(noun)}; the first are {listed(texts[:_LISTED_VALUES])}")
    return sentence(f"there are {told.rows(noun)}: {shown}" if texts else f"there are {told.rows(noun)}")


def _ranked(told: Told) -> str:
    """`The 5 planes with the lowest year: N381AA (1956), …`."""
    ranked = told.rank_column
    labels = labels_of([column for column in told.columns if column is not ranked], told.statement, told.question)
    name = next(iter(labels), None)
    noun = told.noun or (plural(name.noun) if name and len(told.columns) <= _NARROW else "rows")
    lead = f"the {told.result.row_count:,} {noun} with {told.rank}"
    if name is None:
        return sentence(f"{lead} were found")
    texts = [_with_number(name, ranked, row) for row in range(len(name.texts))]
    return sentence(f"{lead}: {first_of(texts, shown=_LISTED_VALUES, total=told.result.row_count)}")


def _with_number(name: Label, ranked: Column | None, row: int) -> str:
    return f"{name.texts[row]} ({ranked.text(row)})" if ranked else name.texts[row]


def _row(columns: Sequence[Column], row: int) -> str:
    first, *rest = columns
    if first.role is not Role.CATEGORY:
        return ", ".join(column.named_text(row) for column in columns)
    lead = first.text(row)
    return f"{lead} ({', '.join(column.named_text(row) for column in rest)})"
