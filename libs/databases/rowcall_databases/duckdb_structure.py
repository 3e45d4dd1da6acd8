"""Tables, views, columns and keys of a DuckDB file."""

import duckdb

from rowcall_contracts.catalog import Table
from rowcall_databases.structure_rows import ColumnRow, KeyRow, tables_from_rows

# The order of the output is that of `ColumnRow` and `KeyRow`.
_COLUMNS = """
SELECT c.schema_name, c.table_name, t.table_name IS NULL, t.estimated_size, coalesce(t.comment, v.comment),
       c.schema_name = current_schema(), c.column_name, c.data_type, c.data_type, c.is_nullable, c.comment
FROM duckdb_columns() AS c
LEFT JOIN duckdb_tables() AS t
  ON t.database_name = c.database_name AND t.schema_name = c.schema_name AND t.table_name = c.table_name
LEFT JOIN duckdb_views() AS v
  ON v.database_name = c.database_name AND v.schema_name = c.schema_name AND v.view_name = c.table_name
WHERE NOT c.internal AND c.database_name = current_database()
ORDER BY c.schema_name, c.table_name, c.column_index
"""
_KEYS = """
SELECT schema_name, table_name, CASE constraint_type WHEN 'PRIMARY KEY' THEN 'p' ELSE 'f' END, referenced_table,
       constraint_column_names, referenced_column_names
FROM duckdb_constraints()
WHERE database_name = current_database() AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
ORDER BY schema_name, table_name, constraint_index
"""


def read_structure(connection: duckdb.DuckDBPyConnection, max_tables: int) -> tuple[Table, ...]:
    """Returns all tables and views. Raises `SchemaTooLarge` beyond `max_tables`, and the driver's errors."""
    columns = [ColumnRow(*row) for row in connection.execute(_COLUMNS).fetchall()]
    keys = [KeyRow(*row) for row in connection.execute(_KEYS).fetchall()]
    return tables_from_rows(columns, keys, max_tables)
