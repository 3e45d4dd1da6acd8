"""Identifiers in SQL text; SQLite, DuckDB and PostgreSQL share the standard's rule."""

from rowcall_contracts.catalog import Table


def quoted(name: str) -> str:
    """Returns `name` as a delimited identifier (ISO 9075-2, section 5.2)."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def relation(table: Table) -> str:
    """Returns the table's quoted name, with its namespace where it has one."""
    return quoted(table.name) if table.namespace is None else f"{quoted(table.namespace)}.{quoted(table.name)}"
