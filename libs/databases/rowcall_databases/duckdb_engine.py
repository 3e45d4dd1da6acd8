"""The DuckDB engine."""

from collections.abc import Sequence

import duckdb

from rowcall_contracts.catalog import Dialect, Table
from rowcall_contracts.results import Cell, ResultColumn, ResultSet, ResultType
from rowcall_databases.cells import iso_timestamp, to_cell
from rowcall_databases.collecting import BATCH_ROWS, RowCollector
from rowcall_databases.driver_thread import DriverThread
from rowcall_databases.duckdb_connection import open_read_only
from rowcall_databases.duckdb_errors import translated_errors
from rowcall_databases.duckdb_structure import read_structure
from rowcall_databases.errors import StatementRefused
from rowcall_databases.files import checked_file
from rowcall_databases.limits import QueryLimits
from rowcall_databases.location import FileLocation

_STRUCTURE_TIMEOUT_S = 30.0

_TYPES = {
    **dict.fromkeys(
        ("tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint", "usmallint", "uinteger", "ubigint",
         "uhugeint", "bignum"),
        ResultType.INTEGER,
    ),
    **dict.fromkeys(("float", "double"), ResultType.FLOAT),
    **dict.fromkeys(("varchar", "enum", "uuid", "char"), ResultType.TEXT),
    **dict.fromkeys(
        ("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns", "timestamp with time zone"), ResultType.TIMESTAMP
    ),
    **dict.fromkeys(("time", "time_ns", "time with time zone"), ResultType.TIME),
    "boolean": ResultType.BOOLEAN,
    "decimal": ResultType.DECIMAL,
    "date": ResultType.DATE,
    "blob": ResultType.BINARY,
    "null": ResultType.NULL,
    '"null"': ResultType.NULL,
}  # fmt: skip
_NESTED = frozenset({"list", "array", "struct", "map", "union"})
_PYTHON_HOLDS = frozenset({ResultType.INTEGER, ResultType.FLOAT, ResultType.BOOLEAN, ResultType.DECIMAL,
                           ResultType.BINARY, ResultType.NULL})  # fmt: skip


class DuckdbEngine:
    """One DuckDB file, read in a thread of its own."""

    dialect = Dialect.DUCKDB

    def __init__(self, location: FileLocation) -> None:
        self._location = location
        self._thread = DriverThread(self._open, name="duckdb")

    async def version(self) -> str:
        """Returns the library's version; the file has been opened and read then."""
        return await self._thread.run(lambda _: f"DuckDB {duckdb.__version__}", timeout_s=_STRUCTURE_TIMEOUT_S)

    async def structure(self, max_tables: int) -> tuple[Table, ...]:
        """Reads DuckDB's own catalog functions."""
        return await self._thread.run(
            lambda connection: _structure(connection, max_tables), timeout_s=_STRUCTURE_TIMEOUT_S
        )

    async def fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one SELECT; DuckDB streams, so rows beyond the caps are not computed."""
        return await self._thread.run(lambda connection: _fetch(connection, sql, limits), timeout_s=limits.timeout_s)

    def sample(self, relation: str, rows: int) -> str:
        """Returns a sample of whole storage blocks."""
        return f"(SELECT * FROM {relation} USING SAMPLE {rows} ROWS)"  # noqa: S608 - a quoted name and a number

    async def close(self) -> None:
        """Closes the file and ends the thread."""
        await self._thread.close()

    def _open(self) -> duckdb.DuckDBPyConnection:
        return open_read_only(checked_file(self._location.path, self._location.signature, self._location.policy))


def _structure(connection: duckdb.DuckDBPyConnection, max_tables: int) -> tuple[Table, ...]:
    with translated_errors():
        return read_structure(connection, max_tables)


def _fetch(connection: duckdb.DuckDBPyConnection, sql: str, limits: QueryLimits) -> ResultSet:
    with translated_errors():
        query = _single_select(connection, sql)
        relation = connection.sql(query)
        kinds = [str(kind.id) for kind in relation.types]
        types = [_TYPES.get(kind, ResultType.OTHER) for kind in kinds]
        names = list(relation.columns)
        outputs = ", ".join(_output(position, kind) for position, kind in enumerate(kinds, 1))
        cursor = connection.execute(f"SELECT {outputs} FROM (\n{query}\n)")  # noqa: S608 - one SELECT, checked above
        collector = RowCollector(limits)
        while (batch := cursor.fetchmany(BATCH_ROWS)) and collector.add(_cells(row, types) for row in batch):
            pass
    columns = zip(names, types, strict=True)
    return collector.result([ResultColumn(name=name, type=kind) for name, kind in columns])


def _single_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """DuckDB's own parser decides what the text is; what it calls a SELECT cannot change anything."""
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise StatementRefused("Only one statement that reads may be run.")
    return str(statements[0].query).rstrip().rstrip(";")


def _output(position: int, kind: str) -> str:
    """Python's own types cannot hold all of DuckDB's dates, and time zones would need another package: ask for text."""
    if kind in _NESTED:
        return f"to_json(#{position})"
    if kind == "timestamp with time zone":
        return f"CAST(#{position} AT TIME ZONE 'UTC' AS VARCHAR) || '+00'"
    return f"#{position}" if _TYPES.get(kind) in _PYTHON_HOLDS else f"CAST(#{position} AS VARCHAR)"


def _cells(row: Sequence[object], types: Sequence[ResultType]) -> tuple[Cell, ...]:
    return tuple(
        iso_timestamp(value) if kind is ResultType.TIMESTAMP and isinstance(value, str) else to_cell(value)
        for value, kind in zip(row, types, strict=True)
    )
