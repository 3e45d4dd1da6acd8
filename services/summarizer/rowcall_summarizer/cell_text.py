"""One cell of a result as a sentence shows it."""

from rowcall_contracts.results import Cell, ResultType
from rowcall_summarizer.measures import Measure
from rowcall_summarizer.number_text import number_text

LONGEST_TEXT = 60
"""Characters of a text that a sentence quotes."""

_NUMBERS = frozenset({ResultType.INTEGER, ResultType.DECIMAL, ResultType.FLOAT})


def cell_text(cell: Cell, type_: ResultType, *, measure: Measure, plain: bool) -> str:
    """Returns a cell on one line, at most `LONGEST_TEXT` characters of text. `plain`: year 2013, not 2,013."""
    if cell is None:
        return "(no value)"
    if isinstance(cell, bool):
        return str(cell).lower()
    if type_ in _NUMBERS:
        return short_text(str(cell)) if plain else _with_unit(short_text(number_text(cell)), measure)
    if type_ is ResultType.BINARY:
        return "(binary)"
    return short_text(str(cell).replace("T", " ") if type_ is ResultType.TIMESTAMP else str(cell))


def short_text(text: str) -> str:
    """Returns a text on one line, cut at `LONGEST_TEXT` characters."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TEXT else f"{line[: LONGEST_TEXT - 1]}…"


def _with_unit(number: str, measure: Measure) -> str:
    if measure.unit is None:
        return number
    unit = measure.unit.one if number == "1" else measure.unit.many
    return f"{number}{unit}" if unit == "%" else f"{number} {unit}"
