"""Rows as they travel in JSON."""

from enum import StrEnum

from rowcall_contracts.base import Stored

Cell = str | int | float | bool | None
"""One value in JSON. Integers beyond ±(2^53-1) are strings (RFC 8259 §6), decimals are strings, dates and times are
ISO 8601 strings, bytes are base64 strings, NaN and infinities are the strings `NaN`, `Infinity`, `-Infinity`."""

LARGEST_SAFE_INTEGER = 2**53 - 1


class ResultType(StrEnum):
    """How to read a column's cells; says what a string stands for."""

    NULL = "null"  # every value was NULL
    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    BINARY = "binary"
    OTHER = "other"


class ResultColumn(Stored):
    """A column of a result."""

    name: str
    type: ResultType


class ResultSet(Stored):
    """Rows in the order the database gave them. `truncated`: a cap on rows or bytes cut the rest."""

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool = False
