"""What of a SQLite table must hold while its rows change: keys, and columns that others refer to."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_KEY_NAMES = ("id", "code", "key", "number", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStructure:
    """Columns are positions in `columns`.

    `unique`: sets of columns that no two rows may share. `fixed`: columns whose values stay as they are.
    `references`: columns that may only take values that other rows of the column have.
    """

    name: str
    columns: tuple[str, ...]
    unique: tuple[frozenset[int], ...]
    fixed: frozenset[int]
    references: frozenset[int]


def structures(connection: sqlite3.Connection) -> list[TableStructure]:
    """Returns the structure of each ordinary table."""
    names = [
        str(name)
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if not str(name).lower().startswith("sqlite_") and not str(sql).upper().startswith("CREATE VIRTUAL")
    ]
    referred = _referred(connection, names)
    return [_structure(connection, name, referred.get(name.lower(), frozenset())) for name in names]


def quoted(name: str) -> str:
    """Returns a name as an SQLite identifier."""
    return '"' + name.replace('"', '""') + '"'


def _structure(connection: sqlite3.Connection, name: str, referred: frozenset[str]) -> TableStructure:
    info = connection.execute(f"PRAGMA table_info({quoted(name)})").fetchall()
    columns = tuple(str(row[1]) for row in info)
    key = frozenset(i for i, row in enumerate(info) if row[5])
    position = {column.lower(): i for i, column in enumerate(columns)}
    unique = {frozenset(position[each] for each in found) for found in _unique_indexes(connection, name, position)}
    unique |= {key} if key else set(_likely_keys(connection, name, columns))
    groups = [[position[column] for column in group] for group in _foreign_columns(connection, name)]
    foreign = {column for group in groups for column in group}
    wide = {column for group in groups if len(group) > 1 for column in group}
    fixed = frozenset().union(*unique, wide, {position[column] for column in referred if column in position})
    named_as_keys = {i for i, column in enumerate(columns) if _names_a_key(column)}
    return TableStructure(
        name=name,
        columns=columns,
        unique=tuple(sorted(unique, key=sorted)),
        fixed=fixed,
        references=frozenset(foreign | named_as_keys) - fixed,
    )


def _unique_indexes(
    connection: sqlite3.Connection, name: str, position: Mapping[str, int]
) -> Iterator[tuple[str, ...]]:
    for index in connection.execute(f"PRAGMA index_list({quoted(name)})").fetchall():
        if not index[2]:
            continue
        found = [row[2] for row in connection.execute(f"PRAGMA index_info({quoted(str(index[1]))})")]
        if all(column is not None and str(column).lower() in position for column in found):
            yield tuple(str(column).lower() for column in found)


def _foreign_columns(connection: sqlite3.Connection, name: str) -> list[tuple[str, ...]]:
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for row in connection.execute(f"PRAGMA foreign_key_list({quoted(name)})"):
        groups[int(row[0])].append(str(row[3]).lower())
    return [tuple(group) for group in groups.values()]


def _referred(connection: sqlite3.Connection, names: list[str]) -> dict[str, frozenset[str]]:
    """Returns by table in lower case the columns that foreign keys of any table refer to."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in names:
        for row in connection.execute(f"PRAGMA foreign_key_list({quoted(name)})"):
            if row[4] is not None:  # otherwise the primary key is meant, which is fixed anyway
                found[str(row[2]).lower()].add(str(row[4]).lower())
    return {table: frozenset(columns) for table, columns in found.items()}


def _names_a_key(column: str) -> bool:
    return column.lower().endswith(_KEY_NAMES)


def _likely_keys(connection: sqlite3.Connection, name: str, columns: tuple[str, ...]) -> Iterator[frozenset[int]]:
    """Yields columns of a table without a declared key that are named like one and never repeat."""
    for i, column in enumerate(columns):
        if _names_a_key(column) and _is_distinct(connection, name, column):
            yield frozenset({i})


def _is_distinct(connection: sqlite3.Connection, name: str, column: str) -> bool:
    counted = f"SELECT count(*) = count(DISTINCT {quoted(column)}) FROM {quoted(name)}"  # noqa: S608 - quoted names
    return bool(connection.execute(counted).fetchone()[0])
