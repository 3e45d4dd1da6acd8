"""A result of one row in words: a value, the first of an order, or what its columns hold."""

from collections.abc import Sequence

from rowcall_contracts.results import ResultType
from rowcall_summarizer.column_roles import Role
from rowcall_summarizer.counted_noun import row_noun
from rowcall_summarizer.labels import Label, labels_of, row_texts
from rowcall_summarizer.measures import Aggregate
from rowcall_summarizer.nouns import singular
from rowcall_summarizer.phrasing import listed, sentence
from rowcall_summarizer.result_column import Column
from rowcall_summarizer.told import Told

_MOST_COLUMNS = 4
"""Columns of a wide row that are said."""


def tell_row(told: Told) -> str:
    """Says the only row."""
    columns = told.columns
    numbers = [column for column in columns if column.role is Role.NUMBER]
    if len(columns) == 1:
        return _value(told, columns[0])
    if len(numbers) == len(columns):
        return sentence(f"{_about(told)}{listed(_values(numbers[:_MOST_COLUMNS]))}")
    if len(columns) > _MOST_COLUMNS or not numbers:
        return _wide(told)
    labels = labels_of(columns, told.statement, told.question)
    if len(numbers) == 1 and labels and numbers[0].cells[0] is not None:
        counts = told.counts(numbers[0].measure)
        if told.rank and told.rank_column in numbers:
            return _of_label(labels, f"has {told.rank}: {numbers[0].text(0)}")
        if counts:
            return _of_label(labels, f"has {_counted(numbers[0], counts)}")
    said = listed([f"the {column.phrase} is {_text(column)}" for column in numbers])
    return sentence(f"for {row_texts(labels)[0]}, {said}" if labels else said)


def _of_label(labels: Sequence[Label], said: str) -> str:
    is_value = not all(label.is_time for label in labels)
    return sentence(f"{row_texts(labels)[0]} {said}", begins_with_value=is_value)


def _value(told: Told, column: Column) -> str:
    counts = told.counts(column.measure) if column.type is ResultType.INTEGER else ""
    if counts and column.cells[0] is not None:
        return _count(told, column, counts)
    if column.cells[0] is None:
        of = f" {told.conditions}" if told.conditions else ""
        empty = f"there is no {column.phrase}{of}: no matching row has a value"
        return sentence(empty if column.measure.aggregate is not None else f"the {column.phrase} is empty")
    if told.rank and column.role is not Role.NUMBER:
        labels = labels_of([column], told.statement, told.question)
        return _of_label(labels, f"has {told.rank}") if labels else sentence(f"{column.text(0)} has {told.rank}")
    return sentence(f"{_about(told)}the {column.phrase} is {column.text(0)}")


def _count(told: Told, column: Column, counts: str) -> str:
    filtered = "WHERE" in (told.statement.clauses or told.result.sql)
    conditions = f" {told.conditions}" if told.conditions else ""
    matching = "matching " if filtered and not conditions else ""
    match column.cells[0]:
        case 0:
            return sentence(f"there are no {matching}{counts}{conditions}")
        case 1:
            return sentence(f"there is 1 {matching}{singular(counts)}{conditions}")
        case _:
            return sentence(f"there are {column.text(0)} {matching}{counts}{conditions}")


def _counted(column: Column, counts: str) -> str:
    return f"1 {singular(counts)}" if column.cells[0] == 1 else f"{column.text(0)} {counts}"


def _about(told: Told) -> str:
    """Returns which rows an aggregate is over: `for flights with origin JFK, `."""
    if not told.conditions or told.statement.is_grouped:
        return ""
    noun = row_noun(told.question, told.statement.measured_table)
    return f"for {noun or 'rows'} {told.conditions}, "


def _values(columns: Sequence[Column]) -> list[str]:
    """Returns what each number is; the second aggregate of the same column goes without its name."""
    said: list[str] = []
    for at, column in enumerate(columns):
        measure, before = column.measure, columns[at - 1].measure if at else None
        repeated = before is not None and measure.aggregate is not None and measure.subject == before.subject
        bare = measure.aggregate not in (None, Aggregate.COUNT) and repeated
        said.append(f"the {measure.aggregate if bare else column.phrase} is {_text(column)}")
    return said


def _text(column: Column) -> str:
    return "empty" if column.cells[0] is None else column.text(0)


def _wide(told: Told) -> str:
    ranked = told.rank_column if told.rank else None
    row = singular(told.noun) if told.noun else "row"
    labels = labels_of([column for column in told.columns if column is not ranked], told.statement, told.question)
    times_first = sorted(labels, key=lambda label: not label.is_time)
    shown = [label.named(0) for label in times_first][:_MOST_COLUMNS]
    if told.rank and len(labels) == 1:
        return _of_label(labels, f"has {told.rank}{f': {ranked.text(0)}' if ranked else ''}")
    if ranked is not None and shown:
        return sentence(f"the {row} with {told.rank} ({ranked.text(0)}) has {listed(shown)}")
    if told.rank and shown:
        return sentence(f"the {row} with {told.rank} has {listed(shown)}")
    rest = shown or [f"{column.words} {_text(column)}" for column in told.columns[:_MOST_COLUMNS]]
    return sentence(f"there is one {row}: {', '.join(rest)}")
