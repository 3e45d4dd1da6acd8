"""Result types for an engine whose values, not columns, have types: SQLite."""

import re
from collections.abc import Iterable, Sequence

from rowcall_contracts.results import Cell, ResultType

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?")

_TYPES = {
    frozenset[type](): ResultType.NULL,
    frozenset({int}): ResultType.INTEGER,
    frozenset({float}): ResultType.FLOAT,
    frozenset({int, float}): ResultType.FLOAT,
    frozenset({str}): ResultType.TEXT,
    frozenset({bytes}): ResultType.BINARY,
}


class ValueTypes:
    """Sees the raw values of a result, row by row, and tells the columns' types."""

    def __init__(self, width: int) -> None:
        self._seen: tuple[set[type], ...] = tuple(set() for _ in range(width))

    def see(self, row: Sequence[object]) -> None:
        """Takes note of one row."""
        for seen, value in zip(self._seen, row, strict=True):
            if value is not None:
                seen.add(type(value))

    def types(self, rows: Sequence[Sequence[Cell]]) -> tuple[ResultType, ...]:
        """Returns one type per column of the kept `rows`; text in which every value is an ISO date is a date."""
        return tuple(self._type(position, rows) for position in range(len(self._seen)))

    def _type(self, position: int, rows: Sequence[Sequence[Cell]]) -> ResultType:
        by_value = _TYPES.get(frozenset(self._seen[position]), ResultType.OTHER)
        return text_type(row[position] for row in rows) if by_value is ResultType.TEXT else by_value


def text_type(cells: Iterable[Cell]) -> ResultType:
    """Returns DATE or TIMESTAMP when every cell that is not NULL reads as one and there is one, else TEXT."""
    texts = [str(cell) for cell in cells if cell is not None]
    if texts and all(map(_DATE.fullmatch, texts)):
        return ResultType.DATE
    if texts and all(map(_TIMESTAMP.fullmatch, texts)):
        return ResultType.TIMESTAMP
    return ResultType.TEXT
