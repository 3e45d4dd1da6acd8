"""Measures tables within bounds: counts, ranges, values of low-cardinality columns, samples.

First every table gets the cheap measures, then what is left of the budget goes into exact distinct counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.catalog import Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_contracts.results import Cell, ResultType
from rowcall_databases.engine import Engine
from rowcall_databases.kinds import observed_kind
from rowcall_databases.limits import ProfileBounds
from rowcall_databases.profile_reader import ProfileReader
from rowcall_databases.quoting import quoted, relation

_NEVER_COMPARED = frozenset({ColumnKind.BINARY, ColumnKind.OTHER})
_COLUMNS_PER_STATEMENT = 100  # three output columns each, below SQLite's and PostgreSQL's limits


@dataclass(frozen=True)
class _Source:
    """A table and the FROM item to measure it by: itself, or a sample when it is large or a view."""

    table: Table
    item: str
    whole: bool

    def replacing(self, columns: Sequence[Column]) -> "_Source":
        return _Source(self.table.model_copy(update={"columns": tuple(columns)}), self.item, self.whole)


async def profile(engine: Engine, tables: Sequence[Table], bounds: ProfileBounds) -> tuple[Table, ...]:
    """Returns `tables` with counts and profiles; what the bounds or an error of the database cut is not measured."""
    reader = ProfileReader(engine, bounds)
    measured = [await _measured(reader, table) for table in tables]
    return tuple([await _with_distinct_counts(reader, source) for source in measured])


async def _measured(reader: ProfileReader, table: Table) -> _Source:
    source = await _source(reader, table)
    ranged = source.replacing(await _ranged_columns(reader, source))
    return ranged.replacing([await _with_values(reader, ranged, column) for column in ranged.table.columns])


async def _source(reader: ProfileReader, table: Table) -> _Source:
    sampled = _Source(table, reader.sample(table), whole=False)
    if table.is_view or (table.row_count or 0) > reader.bounds.exact_rows:
        return sampled
    counted = await reader.read(f"SELECT COUNT(*) FROM {relation(table, reader.dialect)}")  # noqa: S608 - quoted
    if counted is None:
        return sampled
    rows = _count(counted.rows[0][0])
    exact = table.model_copy(update={"row_count": rows})
    whole = rows <= reader.bounds.exact_rows
    return _Source(exact, relation(table, reader.dialect) if whole else sampled.item, whole)


async def _ranged_columns(reader: ProfileReader, source: _Source) -> list[Column]:
    columns = source.table.columns
    found: list[Column] = []
    for start in range(0, len(columns), _COLUMNS_PER_STATEMENT):
        part = columns[start : start + _COLUMNS_PER_STATEMENT]
        items = ", ".join(_range_items(reader, column) for column in part)
        result = await reader.read(f"SELECT COUNT(*), {items} FROM {source.item}")  # noqa: S608 - quoted
        found += part if result is None or not result.rows else _with_ranges(part, result.rows[0], reader, source)
    return found


def _range_items(reader: ProfileReader, column: Column) -> str:
    """Returns the three output columns: values that are not NULL, smallest, largest."""
    name = quoted(column.name, reader.dialect)
    if not _comparable(reader, column) or column.kind is ColumnKind.BOOLEAN:  # PostgreSQL has no MIN of a boolean
        return f"COUNT({name}), NULL, NULL"
    # PostgreSQL has no MIN of a uuid before version 18 and none of an enum's text.
    cast = column.kind is ColumnKind.TEXT and reader.dialect is not Dialect.MYSQL  # which knows no VARCHAR there
    value = f"CAST({name} AS VARCHAR)" if cast else name
    return f"COUNT({name}), MIN({value}), MAX({value})"


def _with_ranges(
    columns: Sequence[Column], cells: Sequence[Cell], reader: ProfileReader, source: _Source
) -> list[Column]:
    total, *rest = cells
    triples = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return [
        _profiled(
            column,
            null_count=_count(total) - _count(filled) if source.whole else None,
            minimum=_shown(smallest, reader),
            maximum=_shown(largest, reader),
        )
        for column, (filled, smallest, largest) in zip(columns, triples, strict=True)
    ]


async def _with_values(reader: ProfileReader, source: _Source, column: Column) -> Column:
    if not _comparable(reader, column):
        return column
    name, most = quoted(column.name, reader.dialect), reader.bounds.max_values
    distinct = f"SELECT DISTINCT {name} FROM {source.item} WHERE {name} IS NOT NULL"  # noqa: S608 - quoted
    result = await reader.read(f"{distinct} LIMIT {most + 1}", max_rows=most + 1)
    if result is None:
        return column
    found = [row[0] for row in result.rows]
    shown = sorted((cell for cell in found if _shown(cell, reader) is not None), key=_order)
    all_found = len(found) <= most and not result.truncated
    observed = result.columns[0].type
    return _profiled(
        column if reader.dialect is not Dialect.SQLITE else _observed(column, observed),
        distinct_count=len(found) if all_found and source.whole else None,
        values=tuple(shown) if all_found and len(shown) == len(found) else (),
        samples=tuple(shown[: reader.bounds.max_samples]),
    )


async def _with_distinct_counts(reader: ProfileReader, source: _Source) -> Table:
    if not source.whole:
        return source.table
    columns = [await _with_distinct_count(reader, source, column) for column in source.table.columns]
    return source.replacing(columns).table


async def _with_distinct_count(reader: ProfileReader, source: _Source, column: Column) -> Column:
    if column.profile.distinct_count is not None or not _comparable(reader, column):
        return column
    if source.table.primary_key == (column.name,):
        return _profiled(column, distinct_count=source.table.row_count)
    name = quoted(column.name, reader.dialect)
    result = await reader.read(f"SELECT COUNT(DISTINCT {name}) FROM {source.item}")  # noqa: S608 - quoted
    return column if result is None else _profiled(column, distinct_count=_count(result.rows[0][0]))


def _comparable(reader: ProfileReader, column: Column) -> bool:
    """SQLite compares everything, and a column without a declared type is known only by its values."""
    undeclared = reader.dialect is Dialect.SQLITE and column.kind is ColumnKind.OTHER
    return undeclared or column.kind not in _NEVER_COMPARED


def _observed(column: Column, observed: ResultType) -> Column:
    return column.model_copy(update={"kind": observed_kind(column.kind, observed)})


def _profiled(column: Column, **measures: Cell | tuple[Cell, ...]) -> Column:
    merged: ColumnProfile = column.profile.model_copy(update=measures)
    return column.model_copy(update={"profile": merged})


def _shown(cell: Cell, reader: ProfileReader) -> Cell:
    """Long texts are documents rather than values; they are neither listed nor sampled."""
    return None if isinstance(cell, str) and len(cell) > reader.bounds.max_value_chars else cell


def _count(cell: Cell) -> int:
    return int(cell or 0)


def _order(cell: Cell) -> tuple[bool, float, str]:
    return (True, 0.0, cell) if isinstance(cell, str) else (False, float(cell or 0), "")
