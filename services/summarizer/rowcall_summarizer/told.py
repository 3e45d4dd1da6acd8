"""A result together with what its question and its statement say about it."""

from dataclasses import dataclass
from functools import cached_property

from rowcall_contracts.outputs import Executed
from rowcall_summarizer.conditions import conditions_text
from rowcall_summarizer.counted_noun import counted_noun, row_noun
from rowcall_summarizer.measures import Aggregate, Measure, measure_of
from rowcall_summarizer.nouns import counted, plural, same_noun, spelled
from rowcall_summarizer.result_column import Column, columns_of, measure_phrase
from rowcall_summarizer.statement import Statement, read_statement


@dataclass(frozen=True, kw_only=True)
class Told:
    """Everything that a sentence about the result may use."""

    question: str
    result: Executed

    @cached_property
    def statement(self) -> Statement:
        """What the statement says."""
        return read_statement(self.result.sql)

    @cached_property
    def columns(self) -> list[Column]:
        """The columns with the cells at hand."""
        return columns_of(self.result, self.question, self.statement)

    @cached_property
    def noun(self) -> str | None:
        """The plural of what the rows of a plain list are; `None` where nothing names it."""
        of_groups = self.statement.is_grouped or self.statement.is_distinct
        return None if of_groups else row_noun(self.question, self.statement.table)

    @cached_property
    def conditions(self) -> str | None:
        """Which rows were kept, empty where all were, `None` where that is too much to say."""
        if not self.statement.clauses:
            return None
        return conditions_text(self.statement, self.question)

    def counts(self, measure: Measure) -> str:
        """Returns the plural noun that a count is of, empty for numbers that count nothing or nothing that is known."""
        if measure.aggregate is not Aggregate.COUNT:
            return ""
        subject = plural(spelled(measure.subject, self.question))
        asked = None if measure.distinct else counted_noun(self.question, self.result.sql)
        if asked and (not subject or same_noun(asked.split(" ")[-1], subject.split(" ")[-1])):
            return plural(asked)
        if subject:
            return f"different {subject}" if measure.distinct else subject
        return (row_noun(self.question, self.statement.counted_table) or "rows") if self.statement.clauses else ""

    def rows(self, noun: str | None = None) -> str:
        """Returns how many rows there are, with the conditions they meet: `707 flights with distance above 4,000`."""
        more = f"more than {self.result.row_count:,}" if self.result.truncated else ""
        many = counted(self.result.row_count, noun or self.noun or "rows", text=more)
        return f"{many} {self.conditions}" if self.conditions and self.noun else many

    @property
    def rank(self) -> str | None:
        """What the rows asked for are the first by: `the most flights`, `the highest altitude`, `the lowest year`."""
        ordering = self.statement.ordering
        if ordering is None or not self.statement.is_cut:
            return None
        column = next((column for column in self.columns if column.name.lower() == ordering.key.lower()), None)
        measure = column.measure if column else measure_of(ordering.key)
        counts = self.counts(measure)
        if counts:
            return f"the {'most' if ordering.descending else 'fewest'} {counts}"
        phrase = measure_phrase(measure, self.question)
        return f"the {'highest' if ordering.descending else 'lowest'} {phrase}"

    @property
    def rank_column(self) -> Column | None:
        """The shown column that the rows are ordered by."""
        ordering = self.statement.ordering
        key = ordering.key.lower() if ordering else ""
        return next((column for column in self.columns if column.name.lower() == key), None)
