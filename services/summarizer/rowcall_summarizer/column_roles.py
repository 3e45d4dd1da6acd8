"""Which part a result's column plays: a number to compare, or something to compare numbers by."""

import re
from collections.abc import Sequence
from enum import StrEnum

from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_summarizer.measures import measure_of, words_of


class Role(StrEnum):
    """A column's part in a chart or a sentence."""

    TIME = "time"  # dates and timestamps, also as ISO 8601 text
    ORDERED = "ordered"  # part of a calendar as a number: month 7, hour 23
    CATEGORY = "category"  # names, codes, flags
    NUMBER = "number"
    OTHER = "other"  # bytes, JSON, nothing but NULL


_NUMBERS = frozenset({ResultType.INTEGER, ResultType.DECIMAL, ResultType.FLOAT})
_TIMES = frozenset({ResultType.DATE, ResultType.TIMESTAMP})
_CALENDAR = frozenset(
    {"year", "quarter", "month", "week", "day", "weekday", "dow", "doy", "hour", "minute", "decade", "century"}
)
_IDENTIFIERS = frozenset({"id", "code", "key", "zip", "zipcode", "postcode", "phone", "isbn", "sku"})
_ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2}([T ]\d{2}:\d{2}.*)?)?")


def role_of(column: ResultColumn, cells: Sequence[Cell]) -> Role:
    """Returns a column's role by type, by name for whole numbers, and by content for text."""
    if column.type in _NUMBERS:
        return _role_of_number(column)
    if column.type in _TIMES:
        return Role.TIME
    if column.type is ResultType.TEXT:
        return Role.TIME if _are_dates(cells) else Role.CATEGORY
    return Role.CATEGORY if column.type in (ResultType.BOOLEAN, ResultType.TIME) else Role.OTHER


def _role_of_number(column: ResultColumn) -> Role:
    words = words_of(column.name)
    if not words or measure_of(column.name).aggregate is not None:
        return Role.NUMBER
    if words[-1] in _CALENDAR:
        return Role.ORDERED
    return Role.CATEGORY if words[-1] in _IDENTIFIERS else Role.NUMBER


def _are_dates(cells: Sequence[Cell]) -> bool:
    texts = [cell for cell in cells if isinstance(cell, str)]
    return bool(texts) and all(_ISO_DATE.fullmatch(text) for text in texts)
