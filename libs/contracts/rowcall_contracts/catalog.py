"""A database's structure and profile: what the executor learns, and what sqlgen and the summarizer read."""

from datetime import datetime
from enum import StrEnum

from rowcall_contracts.base import Stored
from rowcall_contracts.results import Cell


class Dialect(StrEnum):
    """Engines a connection may speak; values are sqlglot's dialect names."""

    SQLITE = "sqlite"
    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    MYSQL = "mysql"  # and MariaDB and TiDB


class ColumnKind(StrEnum):
    """What a column holds, whatever its engine calls the type."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"  # exact
    FLOAT = "float"  # binary floating point
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    BINARY = "binary"
    OTHER = "other"  # JSON, arrays, geometry, ...


class ColumnProfile(Stored):
    """What a bounded read of the column found. `None` means not measured, never zero."""

    distinct_count: int | None = None
    null_count: int | None = None
    minimum: Cell = None
    maximum: Cell = None
    values: tuple[Cell, ...] = ()  # all distinct values of a low-cardinality column (at most 200), else empty
    samples: tuple[Cell, ...] = ()  # up to 5 distinct values


class Column(Stored):
    """One column. `type` is the engine's own spelling; `kind` is ours."""

    name: str
    type: str
    kind: ColumnKind
    nullable: bool = True
    description: str | None = None
    profile: ColumnProfile = ColumnProfile()


class ForeignKey(Stored):
    """A declared reference; the two column tuples have the same length."""

    columns: tuple[str, ...]
    referred_table: str
    referred_columns: tuple[str, ...]


class Table(Stored):
    """One table or view. `namespace` is the engine's schema, `None` where there is only one."""

    name: str
    namespace: str | None = None
    is_view: bool = False
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    row_count: int | None = None
    description: str | None = None

    def column(self, name: str) -> Column | None:
        """Returns the column of that name, compared without case."""
        wanted = name.lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)


class Catalog(Stored):
    """Structure and profile of one database. `fingerprint` changes when the structure does, not when data does."""

    dialect: Dialect
    fingerprint: str
    tables: tuple[Table, ...]
    profiled_at: datetime

    def table(self, name: str) -> Table | None:
        """Returns the table of that name, compared without case."""
        return next((table for table in self.tables if table.name.lower() == name.lower()), None)
