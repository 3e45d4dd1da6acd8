"""Tables, views, columns and keys of one MySQL database, as far as its user may see them."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from rowcall_contracts.catalog import Table
from rowcall_databases.structure_rows import FOREIGN_KEY, PRIMARY_KEY, ColumnRow, KeyRow, tables_from_rows

Row = tuple[object, ...]

# A namespace is the database of the URI, the only one that is read. BOOLEAN is an alias of TINYINT(1), which is also
# what drivers take it for; MySQL gives every view the comment VIEW.
_COLUMNS = """
SELECT t.TABLE_NAME, t.TABLE_TYPE LIKE '%VIEW', t.TABLE_ROWS,
       CASE WHEN t.TABLE_TYPE LIKE '%VIEW' THEN '' ELSE t.TABLE_COMMENT END, c.COLUMN_NAME, c.COLUMN_TYPE,
       CASE WHEN c.COLUMN_TYPE IN ('tinyint(1)', 'bit(1)') THEN 'boolean'
            WHEN c.DATA_TYPE IN ('bit', 'year') THEN 'integer' ELSE c.DATA_TYPE END,
       c.IS_NULLABLE = 'YES', c.COLUMN_COMMENT
FROM information_schema.TABLES AS t
JOIN information_schema.COLUMNS AS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = DATABASE() AND c.TABLE_SCHEMA = DATABASE()
  AND t.TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
ORDER BY c.ORDINAL_POSITION
"""
_KEYS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, COLUMN_NAME, REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE()
  AND (CONSTRAINT_NAME = 'PRIMARY' OR REFERENCED_TABLE_SCHEMA = DATABASE())
ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION
"""


def read_structure(read: Callable[[str], Iterable[Row]], max_tables: int) -> tuple[Table, ...]:
    """Returns all tables and views. Raises `SchemaTooLarge` beyond `max_tables`, and what `read` raises."""
    columns = [_column(row) for row in _by_table(read(_COLUMNS))]
    keys = [_key(list(rows)) for _, rows in groupby(_by_table(read(_KEYS)), key=lambda row: row[:2])]
    return tables_from_rows(columns, keys, max_tables)


def _by_table(rows: Iterable[Row]) -> list[Row]:
    """The server sorts without case, which would mix the columns of two tables that differ in case alone."""
    return sorted(rows, key=lambda row: str(row[0]))


def _column(row: Row) -> ColumnRow:
    table, is_view, rows, table_comment, name, declared, base, nullable, comment = row
    return ColumnRow(
        namespace="",
        table=str(table),
        is_view=bool(is_view),
        estimated_rows=None if rows is None else float(str(rows)),
        table_comment=_text(table_comment),
        unqualified=True,
        name=str(name),
        declared=str(declared),
        base=str(base),
        nullable=bool(nullable),
        comment=_text(comment),
    )


def _key(parts: Sequence[Row]) -> KeyRow:
    table, _, referred, _, _ = parts[0]
    return KeyRow(
        namespace="",
        table=str(table),
        kind=PRIMARY_KEY if referred is None else FOREIGN_KEY,
        referred_table=_text(referred),
        columns=[str(part[3]) for part in parts],
        referred_columns=[str(part[4]) for part in parts],
    )


def _text(value: object) -> str | None:
    """MySQL has empty comments where others have none."""
    return str(value) if value else None
