"""A result in words: a sentence or two, made of the rows alone.

Units come from column names, never from anywhere else; a noun comes from the question only where the statement that
ran mentions it too, and conditions come from that statement. The same result always gives the same words.
"""

from dataclasses import dataclass

from rowcall_contracts.outputs import Executed
from rowcall_summarizer.column_roles import Role
from rowcall_summarizer.comparison import Groups, compare
from rowcall_summarizer.labels import Label, labels_of, row_texts, rows_noun
from rowcall_summarizer.listing import tell_list
from rowcall_summarizer.nouns import plural
from rowcall_summarizer.phrasing import sentence
from rowcall_summarizer.result_column import Column
from rowcall_summarizer.single_row import tell_row
from rowcall_summarizer.told import Told

_MOST_LABELS = 3


@dataclass(frozen=True, kw_only=True)
class Narration:
    """What is said about a result."""

    answer: str


def narrate(question: str, result: Executed) -> Narration:
    """Says what a result holds: a value, a row, groups with those that lead, or the beginning of a list."""
    told = Told(question=question, result=result)
    said = [_said(told)]
    if result.truncated:
        said.append(f"The result was cut off after {result.row_count:,} rows.")
    return Narration(answer=" ".join(said))


def _said(told: Told) -> str:
    result = told.result
    if result.row_count == 0:
        said = f"there are no {told.noun} {told.conditions}" if told.noun and told.conditions else "no rows matched"
        return sentence(said)
    if not told.columns:
        return sentence(f"there are {told.rows()}")
    if result.row_count == 1:
        return tell_row(told)
    numbers = [column for column in told.columns if column.role is Role.NUMBER]
    labels = labels_of(told.columns, told.statement, told.question)
    names = row_texts(labels)
    if not numbers or not 0 < len(labels) <= _MOST_LABELS or len(set(names)) < len(names):
        return tell_list(told)
    if not _are_groups(told, numbers):
        return tell_list(told)
    return _compared(told, labels, numbers)


def _are_groups(told: Told, numbers: list[Column]) -> bool:
    """Whether numbers were made of many rows, or are the one number of each thing."""
    made = any(column.measure.aggregate is not None for column in numbers)
    return told.statement.is_grouped or made


def _compared(told: Told, labels: list[Label], numbers: list[Column]) -> str:
    measured = [column for column in numbers if column.measure.aggregate is not None] or numbers
    ordering = told.statement.ordering
    leads_first = ordering is not None and told.rank_column is measured[0]
    groups = Groups(
        names=row_texts(labels),
        noun=plural(rows_noun(labels)) if len(labels) == 1 else rows_noun(labels),
        total=told.result.row_count,
        truncated=told.result.truncated,
        is_whole=told.statement.is_whole,
        is_cut=told.statement.is_cut,
        leads_first=leads_first,
        ascending=ordering is not None and not ordering.descending,
        is_time=all(label.is_time for label in labels),
    )
    compared = measured[:1] if leads_first else measured
    return compare(groups, compared, [told.counts(column.measure) for column in compared])
