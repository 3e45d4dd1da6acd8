"""A result in words: a sentence or a few, made of the rows alone.

Units come from column names, never from anywhere else; a noun comes from the question only where the statement that
ran mentions it too. The same result always gives the same words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_summarizer.cell_text import cell_text, short_text
from rowcall_summarizer.column_roles import Role, role_of
from rowcall_summarizer.counted_noun import counted_noun, is_filtered
from rowcall_summarizer.extremes import describe_extremes
from rowcall_summarizer.measures import Aggregate, Measure, measure_of, most_telling

_LISTED_VALUES = 5
_LISTED_ROWS = 3
_LISTED_COLUMNS = 4
_MOST_LABELS = 3


@dataclass(frozen=True, kw_only=True)
class Narration:
    """What is said about a result."""

    answer: str


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    type: ResultType
    role: Role
    measure: Measure
    cells: tuple[Cell, ...]

    def text(self, row: int) -> str:
        return cell_text(self.cells[row], self.type, measure=self.measure, plain=self.role is not Role.NUMBER)

    def named_text(self, row: int) -> str:
        return f"{self.name} {self.text(row)}"


def narrate(question: str, result: Executed) -> Narration:
    """Says what a result holds: a value, a row, groups with the highest and lowest, or the beginning of a list."""
    sentences = [*_sentences(question, result), *_cut_off(result)]
    return Narration(answer=" ".join(sentences))


def _sentences(question: str, result: Executed) -> list[str]:
    columns = _columns(result)
    if result.row_count == 0:
        return ["No rows matched."]
    if not columns:
        return [_how_many_rows(result, [])]
    if result.row_count == 1:
        return [_value(question, result, columns[0]) if len(columns) == 1 else _row(columns)]
    numbers = [column for column in columns if column.role is Role.NUMBER]
    labels = [column for column in columns if column.role in (Role.TIME, Role.ORDERED, Role.CATEGORY)]
    if numbers and 0 < len(labels) <= _MOST_LABELS:
        number = numbers[most_telling([column.name for column in numbers])]
        return [_how_many_rows(result, labels), *_extremes(result, labels, number)]
    return [_how_many_rows(result, []), _list(result, columns)]


def _columns(result: Executed) -> list[_Column]:
    cells_by_column = zip(*result.rows, strict=True) if result.rows else ()
    return [_column(column, cells) for column, cells in zip(result.columns, cells_by_column, strict=False)]


def _column(column: ResultColumn, cells: tuple[Cell, ...]) -> _Column:
    name = short_text(column.name) or "value"
    return _Column(name=name, type=column.type, role=role_of(column, cells), measure=measure_of(name), cells=cells)


def _value(question: str, result: Executed, column: _Column) -> str:
    noun = counted_noun(question, result.sql)
    if noun and column.type is ResultType.INTEGER and column.measure.aggregate in (Aggregate.COUNT, None):
        return _count(column, noun, is_filtered=is_filtered(result.sql))
    if column.cells[0] is None and column.measure.aggregate is not None:
        return f"There is no {column.measure.phrase}: no matching row has a value."
    return _sentence(_is(column))


def _count(column: _Column, noun: str, *, is_filtered: bool) -> str:
    match column.cells[0], is_filtered:
        case 0, True:
            return f"There are no matching {noun}."
        case 0, False:
            return f"There are no {noun}."
        case 1, _:
            return f"The number of {noun} is 1."
        case _, filtered:
            return f"There are {column.text(0)} {'matching ' if filtered else ''}{noun}."


def _is(column: _Column) -> str:
    value = "empty" if column.cells[0] is None else column.text(0)
    return f"the {column.measure.phrase} is {value}"


def _row(columns: Sequence[_Column]) -> str:
    labels = [column.named_text(0) for column in columns if column.role is not Role.NUMBER]
    numbers = [_is(column) for column in columns if column.role is Role.NUMBER]
    if not numbers:
        return _sentence(f"there is one row: {', '.join(labels[:_LISTED_COLUMNS])}")
    said = _joined(numbers[:_LISTED_COLUMNS])
    return _sentence(f"for {', '.join(labels[:_LISTED_COLUMNS])}, {said}" if labels else said)


def _how_many_rows(result: Executed, labels: Sequence[_Column]) -> str:
    seen = list(zip(*(label.cells for label in labels), strict=True))
    one_per = bool(labels) and len(set(seen)) == len(seen) == result.row_count and not result.truncated
    per = f", one per {_joined([label.name for label in labels])}" if one_per else ""
    return f"{'Here are the first' if result.truncated else 'There are'} {result.row_count:,} rows{per}."


def _extremes(result: Executed, labels: Sequence[_Column], column: _Column) -> list[str]:
    names = [
        ", ".join(label.named_text(row) if _needs_name(label, labels) else label.text(row) for label in labels)
        for row in range(len(result.rows))
    ]
    return describe_extremes(
        names=names,
        numbers=column.cells,
        measure=column.measure,
        total_rows=result.row_count + int(result.truncated),
    )


def _needs_name(label: _Column, labels: Sequence[_Column]) -> bool:
    return len(labels) > 1 or label.role is Role.ORDERED


def _list(result: Executed, columns: Sequence[_Column]) -> str:
    single = len(columns) == 1
    shown = min(len(result.rows), _LISTED_VALUES if single else _LISTED_ROWS)
    lead = "They are" if shown == result.row_count else f"The first {shown} are"
    if single:
        return _sentence(f"{lead} {_joined([columns[0].text(row) for row in range(shown)])}")
    rows = [", ".join(column.named_text(row) for column in columns[:_LISTED_COLUMNS]) for row in range(shown)]
    return _sentence(f"{lead}: {'; '.join(rows)}")


def _cut_off(result: Executed) -> list[str]:
    return [f"The result was cut off after {result.row_count:,} rows; there are more."] if result.truncated else []


def _joined(texts: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].removesuffix(".") + "."
