"""A chart for a result, chosen by the types of its columns and the number of its rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from pydantic import JsonValue

from rowcall_contracts.jobs import JsonObject
from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell
from rowcall_summarizer.chart_schema import is_valid_chart
from rowcall_summarizer.column_roles import Role, role_of
from rowcall_summarizer.measures import most_telling
from rowcall_summarizer.nouns import singular
from rowcall_summarizer.statement import Statement, read_statement, without_literals

SCHEMA_URL = "https://vega.github.io/schema/vega-lite/v5.json"
MOST_ROWS = 100
MOST_CATEGORIES = 30
MOST_SERIES = 10
WIDEST_LABEL = 40
"""Characters of a category's name; longer ones make a table readable and a chart not."""

_AXIS_FIRST = (Role.TIME, Role.ORDERED, Role.CATEGORY)
_BARE_NAMES = ("name", "title", "label")
_PLAIN_FIELD = re.compile(r"\w+")
_ISO_DATE_LENGTH = len("2013-01-01")


@dataclass(frozen=True, kw_only=True)
class _Column:
    name: str
    field: str
    title: str
    role: Role
    cells: tuple[Cell, ...]

    @property
    def distinct_count(self) -> int:
        return len(set(self.cells))

    @property
    def has_numbers(self) -> bool:
        return self.role is Role.NUMBER and any(_number(cell) is not None for cell in self.cells)


_Channels = dict[str, _Column]


def choose_chart(result: Executed) -> JsonObject | None:
    """Returns a Vega-Lite v5 specification with its data inside, or `None` where a table says more.

    One label and a number: bars, or a line where the label has an order. Two labels and a number: grouped bars or
    several lines. Numbers alone: points. No chart for a single row, for repeated labels, more than `MOST_CATEGORIES`
    categories or `MOST_SERIES` series, and none of what cannot be drawn (bytes, JSON, long texts).
    Of several numbers beside a label the most telling one is drawn.
    """
    columns = _columns(result)
    if len(columns[0].cells if columns else ()) < 2 or any(column.role is Role.OTHER for column in columns):
        return None
    labels = [column for column in columns if column.role is not Role.NUMBER]
    numbers = [column for column in columns if column.has_numbers]
    drawn = _drawn(labels, numbers)
    if drawn is None:
        return None
    mark, channels = drawn
    chart = _specification(result, mark, channels)
    return chart if is_valid_chart(chart) else None


def _columns(result: Executed) -> list[_Column]:
    rows = result.rows[:MOST_ROWS]
    cells_by_column = zip(*rows, strict=True) if rows else ()
    names = [column.name for column in result.columns]
    statement = read_statement(result.sql)
    return [
        _Column(
            name=column.name,
            field=_field(names, position),
            title=_title(column.name, statement),
            role=role_of(column, cells),
            cells=cells,
        )
        for position, (column, cells) in enumerate(zip(result.columns, cells_by_column, strict=False))
    ]


def _field(names: Sequence[str], position: int) -> str:
    # Vega-Lite reads dots and brackets in a field as a path into the row, and a row's fields have to differ.
    name = names[position]
    return name if _PLAIN_FIELD.fullmatch(name) and names.count(name) == 1 else f"column {position + 1}"


def _title(name: str, statement: Statement) -> str:
    """Returns `Flight count` for `flight_count`, and `Airline name` for the name of an airline."""
    words = name.replace("_", " ").strip() if _PLAIN_FIELD.fullmatch(name) else name
    owner = statement.owners.get(name) or statement.table
    if owner and name.lower() in _BARE_NAMES:
        words = f"{singular(owner.replace('_', ' '))} {words}"
    return f"{words[:1].upper()}{words[1:]}"


def _drawn(labels: Sequence[_Column], numbers: Sequence[_Column]) -> tuple[str, _Channels] | None:
    seen = list(zip(*(label.cells for label in labels), strict=True))
    if not numbers or len(set(seen)) < len(seen):
        return None
    number = numbers[most_telling([column.name for column in numbers])]
    match len(labels):
        case 0:
            return ("point", {"x": numbers[0], "y": numbers[1]}) if len(numbers) == 2 else None
        case 1:
            return _one_label(labels[0], number)
        case 2 if all(label.role is Role.CATEGORY and label.distinct_count == len(seen) for label in labels):
            # Two names of one thing, the code first: `carrier`, `name`.
            return _one_label(labels[1], number) or _one_label(labels[0], number)
        case 2:
            return _two_labels(labels, number)
        case _:
            return None


def _one_label(label: _Column, number: _Column) -> tuple[str, _Channels] | None:
    if _has_order(label):
        return "line", {"x": label, "y": number}
    return ("bar", {"x": label, "y": number}) if _fits(label, MOST_CATEGORIES) else None


def _two_labels(labels: Sequence[_Column], number: _Column) -> tuple[str, _Channels] | None:
    # The axis takes what has an order, time before parts of the calendar, and of two alike the one with more values.
    axis, series = sorted(labels, key=lambda label: (_AXIS_FIRST.index(label.role), -label.distinct_count))
    if not _fits(series, MOST_SERIES):
        return None
    if _has_order(axis):
        return "line", {"x": axis, "y": number, "color": series}
    fits = _fits(axis, MOST_CATEGORIES)
    return ("bar", {"x": axis, "y": number, "color": series, "xOffset": series}) if fits else None


def _has_order(label: _Column) -> bool:
    return label.role in (Role.TIME, Role.ORDERED)


def _fits(label: _Column, most: int) -> bool:
    return label.distinct_count <= most and all(len(str(cell)) <= WIDEST_LABEL for cell in label.cells)


def _specification(result: Executed, mark: str, channels: _Channels) -> JsonObject:
    columns = {column.field: column for column in channels.values()}
    shown = len(next(iter(columns.values())).cells)
    chart: JsonObject = {
        "$schema": SCHEMA_URL,
        "data": {"values": [{field: _value(column, row) for field, column in columns.items()} for row in range(shown)]},
        "mark": {"type": mark, "tooltip": True, **({"point": True} if mark == "line" else {})},
        "encoding": {
            channel: {**_encoding(channel, column), **(_sort(result, channels) if channel == "x" else {})}
            for channel, column in channels.items()
        },
    }
    if result.truncated or result.row_count > shown:
        chart["title"] = f"The first {shown} rows of {'more than ' if result.truncated else ''}{result.row_count:,}"
    return chart


def _encoding(channel: str, column: _Column) -> JsonObject:
    encoding: JsonObject = {"field": column.field, "title": column.title, "type": _vega_type(channel, column)}
    if channel == "x" and _is_date(column):
        encoding["scale"] = {"type": "utc"}  # a date without a time is midnight UTC to JavaScript, and stays that day
    return encoding


def _sort(result: Executed, channels: _Channels) -> JsonObject:
    """Bars stand as the statement ordered them; without an order the highest comes first."""
    if channels["x"].role is not Role.CATEGORY:
        return {}
    ordered = "ORDER BY" in without_literals(result.sql) or "color" in channels or _descends(channels["y"])
    return {"sort": None if ordered else "-y"}


def _descends(column: _Column) -> bool:
    numbers = [number for cell in column.cells if (number := _number(cell)) is not None]
    return all(before >= after for before, after in pairwise(numbers))


def _vega_type(channel: str, column: _Column) -> str:
    if column.role is Role.NUMBER:
        return "quantitative"
    if column.role is Role.TIME and channel == "x":
        return "temporal"
    return "nominal" if column.role is Role.CATEGORY else "ordinal"


def _is_date(column: _Column) -> bool:
    return column.role is Role.TIME and all(len(str(cell)) <= _ISO_DATE_LENGTH for cell in column.cells if cell)


def _value(column: _Column, row: int) -> JsonValue:
    cell = column.cells[row]
    return _number(cell) if column.role in (Role.NUMBER, Role.ORDERED) else cell


def _number(cell: Cell) -> int | float | None:
    if cell is None or isinstance(cell, bool):
        return None
    if isinstance(cell, int):
        return cell
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if isfinite(number) else None
