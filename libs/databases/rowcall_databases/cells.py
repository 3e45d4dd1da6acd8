"""A driver's values as JSON cells, by the rules of `rowcall_contracts.results`."""

import base64
import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from rowcall_contracts.results import LARGEST_SAFE_INTEGER, Cell


def to_cell(value: object) -> Cell:
    """Returns `value`, as any of our drivers gives it, as a cell; unknown types become their text."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= LARGEST_SAFE_INTEGER else str(value)
        case float():
            return value if math.isfinite(value) else _non_finite(value)
        case Decimal():
            return format(value, "f") if value.is_finite() else _non_finite(value)
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(bytes(value)).decode("ascii")
        case datetime() | date() | time():
            return value.isoformat()
        case list() | tuple() | dict():
            return json.dumps(_to_json(value), ensure_ascii=False)
        case _:
            return str(value)


def cell_bytes(cell: Cell) -> int:
    """Returns about how many bytes of JSON the cell takes, a separator included."""
    return len(cell.encode("utf-8", "replace")) + 3 if isinstance(cell, str) else 8


def iso_timestamp(text: str) -> str:
    """Returns a timestamp as SQL engines print it (`2024-01-02 03:04:05+00`) in ISO 8601's spelling.

    Anything else, such as `infinity` or a year before Christ, comes back unchanged: ISO 8601 has no word for it.
    """
    day, separator, clock = text.partition(" ")
    if not separator or not clock[:1].isdigit():
        return text
    if clock[-3:-2] in {"+", "-"}:
        clock = f"{clock}:00"
    return f"{day}T{clock}"


def _non_finite(value: float | Decimal) -> str:
    if value.is_nan() if isinstance(value, Decimal) else math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _to_json(value: object) -> object:
    match value:
        case list() | tuple():
            return [_to_json(item) for item in value]
        case dict():
            return {str(key): _to_json(item) for key, item in value.items()}
        case timedelta():
            return value.total_seconds()
        case _:
            return to_cell(value)
