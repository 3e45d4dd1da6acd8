"""The SQLite engine."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rowcall_contracts.catalog import Dialect, Table
from rowcall_contracts.results import Cell, ResultColumn, ResultSet
from rowcall_databases.cells import to_cell
from rowcall_databases.collecting import BATCH_ROWS, RowCollector
from rowcall_databases.driver_thread import DriverThread
from rowcall_databases.errors import StatementRefused
from rowcall_databases.file_state import FileState
from rowcall_databases.files import checked_file
from rowcall_databases.limits import QueryLimits
from rowcall_databases.location import FileLocation
from rowcall_databases.sqlite_authorizer import authorize_query, authorize_structure
from rowcall_databases.sqlite_connection import SqliteConnection, write_ahead_log
from rowcall_databases.sqlite_errors import translated_errors
from rowcall_databases.sqlite_structure import read_structure
from rowcall_databases.value_types import ValueTypes

_STRUCTURE_TIMEOUT_S = 30.0


class SqliteEngine:
    """One SQLite file, read in a thread of its own."""

    dialect = Dialect.SQLITE

    def __init__(self, location: FileLocation) -> None:
        self._location = location
        self._thread = DriverThread(self._open, name="sqlite")
        self._opened: _Opened | None = None

    async def version(self) -> str:
        """Returns the library's version; the file has been opened and read then."""
        return await self._thread.run(lambda _: f"SQLite {sqlite3.sqlite_version}", timeout_s=_STRUCTURE_TIMEOUT_S)

    async def structure(self, max_tables: int) -> tuple[Table, ...]:
        """Reads the schema table and two pragmas per table."""
        return await self._thread.run(
            lambda connection: _structure(connection, max_tables), timeout_s=_STRUCTURE_TIMEOUT_S
        )

    async def fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one SELECT under the authorizer and the progress handler."""
        return await self._thread.run(lambda connection: _fetch(connection, sql, limits), timeout_s=limits.timeout_s)

    def sample(self, relation: str, rows: int) -> str:
        """Returns the first rows: SQLite has no cheap random sample."""
        return f"(SELECT * FROM {relation} LIMIT {rows})"  # noqa: S608 - a quoted name and a number

    async def refresh(self) -> bool:
        """Says whether the file is untouched; a statement leaves nothing behind: each has its own authorizer.

        A file that another one replaced would still be read under its old content, and one that was opened as
        immutable (in a folder that cannot be written) must not be read on after a change.
        """
        return self._opened is None or self._opened == _Opened.of(self._opened.path)

    async def close(self) -> None:
        """Closes the file and ends the thread."""
        await self._thread.close()

    def _open(self) -> SqliteConnection:
        path = checked_file(self._location.path, self._location.signature, self._location.policy)
        self._opened = _Opened.of(path)
        return SqliteConnection(path)


@dataclass(frozen=True)
class _Opened:
    """The state of a file and its log at an opening."""

    path: Path
    file: FileState | None
    log: FileState | None

    @classmethod
    def of(cls, path: Path) -> "_Opened":
        log = FileState.of(write_ahead_log(path))
        return cls(path, FileState.of(path), log if log and log.size else None)  # opening may create an empty log


def _structure(connection: SqliteConnection, max_tables: int) -> tuple[Table, ...]:
    with translated_errors():
        return read_structure(connection.begin(authorize_structure), max_tables)


def _fetch(connection: SqliteConnection, sql: str, limits: QueryLimits) -> ResultSet:
    with translated_errors(), closing(connection.begin(authorize_query).execute(sql)) as cursor:
        if cursor.description is None:
            raise StatementRefused("Only a statement that returns rows may be run.")
        names = [str(column[0]) for column in cursor.description]
        types = ValueTypes(len(names))
        collector = RowCollector(limits)
        while (batch := cursor.fetchmany(BATCH_ROWS)) and collector.add(_cells(batch, types)):
            pass
    columns = zip(names, types.types(collector.rows), strict=True)
    return collector.result([ResultColumn(name=name, type=kind) for name, kind in columns])


def _cells(batch: list[tuple[object, ...]], types: ValueTypes) -> Iterator[tuple[Cell, ...]]:
    for row in batch:
        types.see(row)
        yield tuple(map(to_cell, row))
