"""What the rows of a result are called; columns that name one thing are made one: code and name, year and month."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_summarizer.calendar_text import date_text
from rowcall_summarizer.column_roles import Role
from rowcall_summarizer.counted_noun import row_noun
from rowcall_summarizer.measures import words_of
from rowcall_summarizer.nouns import mentions, plural, same_noun, singular, spelled
from rowcall_summarizer.result_column import Column
from rowcall_summarizer.statement import Statement

LABEL_ROLES = (Role.TIME, Role.ORDERED, Role.CATEGORY)
_NAMING = frozenset({"name", "title", "label"})
_PREPOSITIONS = {"day": "on", "date": "on", "hour": "at", "minute": "at"}
_CALENDAR = ("year", "month", "day")


@dataclass(frozen=True, kw_only=True)
class Label:
    """One thing that rows are told apart by: what it is, and its text in each row."""

    noun: str
    texts: tuple[str, ...]
    is_time: bool = False

    def named(self, row: int) -> str:
        """Returns a row's text after what it is, unless the text says so itself."""
        text = self.texts[row]
        if self.is_time and self.noun == "day":
            return f"date {text}" if text[:1].isdigit() else text
        return text if self.noun in text.split(" ") else f"{self.noun} {text}"


def labels_of(columns: Sequence[Column], statement: Statement, question: str = "") -> list[Label]:
    """Returns the labels in the order of the columns, those that name one thing made one."""
    labels: list[Label] = []
    times: list[Label] = []
    calendar = [column for column in columns if column.name.lower() in _CALENDAR and column.role is Role.ORDERED]
    left = [column for column in columns if column.role in LABEL_ROLES and column not in calendar]
    if calendar:
        times.append(_dates(calendar))
    while left:
        code, *left = left
        if left and _is_name_of(left[0], code):
            labels.append(_code_and_name(code, left[0]))
            left = left[1:]
        else:
            labels.append(_plain(code, statement, question))
    return [*labels, *times]


def row_texts(labels: Sequence[Label]) -> list[str]:
    """Returns what each row is called: `JetBlue Airways in July`, `Newark Liberty Intl (EWR) with AA`."""
    named = [label for label in labels if not label.is_time]
    times = [label for label in labels if label.is_time]
    rows = range(len(labels[0].texts) if labels else 0)
    things = [" with ".join(label.texts[row] for label in named) for row in rows]
    moments = [", ".join(label.texts[row] for label in times) for row in rows]
    joint = f" {_PREPOSITIONS.get(times[0].noun, 'in')} " if times else ""
    return [joint.join(part for part in pair if part) for pair in zip(things, moments, strict=True)]


def rows_noun(labels: Sequence[Label]) -> str:
    """Returns the noun for rows with these labels: `carriers`, `combinations of origin and month`."""
    if len(labels) == 1:
        return plural(labels[0].noun)
    nouns = [label.noun for label in labels]
    return f"combinations of {', '.join(nouns[:-1])} and {nouns[-1]}"


def noun_of(column: Column, statement: Statement, question: str) -> str:
    """Returns what a value of the column is: a name, or a key that nobody asked for, is what its table holds."""
    table = statement.owners.get(column.name) or statement.table
    rows = row_noun(question, table)
    if table is None or rows is None:
        return column.words
    *owner, last = column.words.split(" ")
    named = last in _NAMING and (not owner or same_noun(" ".join(owner), spelled(table, "")))
    asked = mentions(question, table) and not mentions(question, column.words)
    return singular(rows) if named or (asked and table in statement.owners.values()) else column.words


def _dates(columns: Sequence[Column]) -> Label:
    rows = range(len(columns[0].cells))
    finest = max(columns, key=lambda column: _CALENDAR.index(column.name.lower()))
    return Label(noun=finest.words, texts=tuple(_date(columns, row) for row in rows), is_time=True)


def _date(columns: Sequence[Column], row: int) -> str:
    cells = {column.name.lower(): column.cells[row] for column in columns}
    parts = {name: cell for name, cell in cells.items() if isinstance(cell, int) and not isinstance(cell, bool)}
    text = date_text(parts) if len(parts) == len(columns) else None
    return text or ", ".join(column.named_text(row) for column in columns)


def _is_name_of(column: Column, code: Column) -> bool:
    """Says whether each code has one name, and columns stand as code and name do: `carrier`, `airline_name`."""
    if column.role is not Role.CATEGORY or code.role is not Role.CATEGORY:
        return False
    if words_of(column.name)[-1:] not in ([word] for word in _NAMING) or words_of(code.name)[-1:] == ["name"]:
        return False
    pairs = set(zip(code.cells, column.cells, strict=True))
    return len(pairs) == len(set(code.cells))


def _code_and_name(code: Column, name: Column) -> Label:
    texts = tuple(
        code.text(row) if name.cells[row] is None else f"{name.text(row)} ({code.text(row)})"
        for row in range(len(code.cells))
    )
    return Label(noun=code.words, texts=texts)


def _plain(column: Column, statement: Statement, question: str) -> Label:
    ordered = column.role is Role.ORDERED
    texts = tuple(column.named_text(row) if ordered else column.text(row) for row in range(len(column.cells)))
    is_time = ordered or column.role is Role.TIME
    return Label(noun=noun_of(column, statement, question), texts=texts, is_time=is_time)
