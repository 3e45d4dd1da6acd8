"""Tables, views, columns and keys of a PostgreSQL database, as far as its user may read them."""

import json

import psycopg

from rowcall_contracts.catalog import Table
from rowcall_databases.structure_rows import ColumnRow, KeyRow, tables_from_rows

Row = tuple[object, ...]

# The order of the output is that of `ColumnRow` and `KeyRow`. Partitions are left out (their parent stands for them),
# and so are the system's schemas.
_COLUMNS = """
SELECT json_build_array(
  n.nspname, c.relname, c.relkind IN ('v', 'm'), c.reltuples, obj_description(c.oid, 'pg_class'),
  pg_table_is_visible(c.oid), a.attname, format_type(a.atttypid, a.atttypmod),
  CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) WHEN 'e' THEN 'enum'
       ELSE format_type(a.atttypid, a.atttypmod) END,
  NOT a.attnotnull, col_description(c.oid, a.attnum))::text
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum
"""
_KEYS = """
SELECT json_build_array(
  n.nspname, c.relname, k.contype, r.relname,
  (SELECT json_agg(a.attname ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY AS u(n, i)
   JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = u.n),
  (SELECT json_agg(a.attname ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY AS u(n, i)
   JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = u.n))::text
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class AS r ON r.oid = k.confrelid
WHERE k.contype IN ('p', 'f') AND NOT c.relispartition
ORDER BY n.nspname, c.relname, k.conname
"""


async def read_structure(connection: psycopg.AsyncConnection[Row], max_tables: int) -> tuple[Table, ...]:
    """Returns all readable tables and views. Raises `SchemaTooLarge` beyond `max_tables`, and the driver's errors."""
    columns = [ColumnRow(*json.loads(text)) for text in await _texts(connection, _COLUMNS)]
    keys = [KeyRow(*json.loads(text)) for text in await _texts(connection, _KEYS)]
    return tables_from_rows(columns, keys, max_tables)


async def _texts(connection: psycopg.AsyncConnection[Row], sql: str) -> list[str]:
    cursor = await connection.execute(sql.encode())
    return [str(text) for (text,) in await cursor.fetchall()]
