"""Values of MySQL's protocol as cells, and the types of its columns."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from pymysql.constants import FIELD_TYPE

from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_databases.cells import iso_timestamp, to_cell

_TYPES = {
    **dict.fromkeys(
        (FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.LONG, FIELD_TYPE.INT24, FIELD_TYPE.LONGLONG, FIELD_TYPE.YEAR,
         FIELD_TYPE.BIT),
        ResultType.INTEGER,
    ),
    **dict.fromkeys((FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE), ResultType.FLOAT),
    **dict.fromkeys((FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL), ResultType.DECIMAL),
    **dict.fromkeys(
        (FIELD_TYPE.VARCHAR, FIELD_TYPE.VAR_STRING, FIELD_TYPE.STRING, FIELD_TYPE.ENUM, FIELD_TYPE.SET,
         FIELD_TYPE.TINY_BLOB, FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB, FIELD_TYPE.BLOB),
        ResultType.TEXT,
    ),
    **dict.fromkeys((FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP), ResultType.TIMESTAMP),
    **dict.fromkeys((FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE), ResultType.DATE),
    FIELD_TYPE.TIME: ResultType.TIME,
    FIELD_TYPE.NULL: ResultType.NULL,
}  # fmt: skip


def _bits(raw: object) -> object:
    return int.from_bytes(raw, "big") if isinstance(raw, bytes) else raw


_BY_TYPE: dict[ResultType, Callable[[str], object]] = {
    ResultType.INTEGER: int,
    ResultType.FLOAT: float,
    ResultType.DECIMAL: Decimal,
}
DECODERS: dict[int | type[object], Callable[[str], object]] = {
    **{code: _BY_TYPE[kind] for code, kind in _TYPES.items() if kind in _BY_TYPE},
    FIELD_TYPE.BIT: _bits,
}
"""For PyMySQL, by type code. Dates and times stay text: `0000-00-00` and `838:59:59` are values that Python lacks."""


class ColumnTypes:
    """The columns of one result. The driver tells text from bytes in the values alone, so these are looked at."""

    def __init__(self, description: Iterable[Sequence[object]]) -> None:
        described = [(str(column[0]), column[1]) for column in description]
        self._names = [name for name, _ in described]
        self._types = [_TYPES.get(code, ResultType.OTHER) if isinstance(code, int) else ResultType.OTHER
                       for _, code in described]  # fmt: skip

    def cells(self, rows: Iterable[Sequence[object]]) -> Iterator[tuple[Cell, ...]]:
        """Returns the rows as cells."""
        for row in rows:
            yield tuple(self._cell(position, value) for position, value in enumerate(row))

    def columns(self) -> list[ResultColumn]:
        """Returns names and types, as far as the rows so far have shown them."""
        return [ResultColumn(name=name, type=kind) for name, kind in zip(self._names, self._types, strict=True)]

    def _cell(self, position: int, value: object) -> Cell:
        kind = self._types[position]
        if kind is ResultType.TEXT and isinstance(value, bytes):
            self._types[position] = ResultType.BINARY
        elif kind is ResultType.TIMESTAMP and isinstance(value, str):
            return iso_timestamp(value)
        return to_cell(value)
