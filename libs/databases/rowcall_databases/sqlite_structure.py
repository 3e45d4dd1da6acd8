"""Tables, views, columns and keys of a SQLite file."""

import sqlite3
from itertools import groupby

from rowcall_contracts.catalog import Column, Dialect, ForeignKey, Table
from rowcall_databases.errors import SchemaTooLarge
from rowcall_databases.kinds import sqlite_kind_of
from rowcall_databases.quoting import quoted

_TABLES = """
SELECT name, type = 'view' FROM sqlite_master
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY name LIMIT ?
"""
_HIDDEN = 1  # a virtual table's hidden column; generated columns are 2 and 3 and can be read


def read_structure(connection: sqlite3.Connection, max_tables: int) -> tuple[Table, ...]:
    """Returns all tables and views that SQLite can describe; a broken view is left out.

    Raises `SchemaTooLarge` beyond `max_tables`, and the driver's errors.
    """
    names = connection.execute(_TABLES, (max_tables + 1,)).fetchall()
    if len(names) > max_tables:
        raise SchemaTooLarge(f"The database has more than {max_tables} tables and views.")
    tables = [_table(connection, name, bool(is_view)) for name, is_view in names]
    return _with_implied_columns(tuple(table for table in tables if table is not None))


def _table(connection: sqlite3.Connection, name: str, is_view: bool) -> Table | None:
    try:
        described = connection.execute(f"PRAGMA table_xinfo({quoted(name, Dialect.SQLITE)})").fetchall()
    except sqlite3.OperationalError:  # a view over a table that is gone, a virtual table without its module
        return None
    columns = [row for row in described if row[6] != _HIDDEN]
    keys = sorted((position, column) for _, column, _, _, _, position, _ in columns if position)
    return Table(
        name=name,
        is_view=is_view,
        columns=tuple(
            Column(name=column, type=declared, kind=sqlite_kind_of(declared), nullable=not (required or key))
            for _, column, declared, required, _, key, _ in columns
        ),
        primary_key=tuple(column for _, column in keys),
        foreign_keys=_foreign_keys(connection, name),
    )


def _foreign_keys(connection: sqlite3.Connection, name: str) -> tuple[ForeignKey, ...]:
    rows = connection.execute(f"PRAGMA foreign_key_list({quoted(name, Dialect.SQLITE)})").fetchall()
    found = []
    for _, parts in groupby(sorted(rows, key=lambda row: (row[0], row[1])), key=lambda row: row[0]):
        key = list(parts)
        found.append(
            ForeignKey(
                columns=tuple(part[3] for part in key),
                referred_table=key[0][2],
                referred_columns=tuple(part[4] for part in key if part[4] is not None),
            )
        )
    return tuple(found)


def _with_implied_columns(tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """`REFERENCES parent` without columns means the parent's primary key (https://sqlite.org/foreignkeys.html)."""
    primary_keys = {table.name.lower(): table.primary_key for table in tables}

    def completed(key: ForeignKey) -> ForeignKey:
        implied = key.referred_columns or primary_keys.get(key.referred_table.lower(), ())
        return key.model_copy(update={"referred_columns": implied})

    def sound(key: ForeignKey) -> bool:
        return len(key.referred_columns) == len(key.columns)

    return tuple(
        table.model_copy(update={"foreign_keys": tuple(filter(sound, map(completed, table.foreign_keys)))})
        for table in tables
    )
