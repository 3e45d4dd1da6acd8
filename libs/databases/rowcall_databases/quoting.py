"""Identifiers in SQL text."""

from rowcall_contracts.catalog import Dialect, Table


def quoted(name: str, dialect: Dialect) -> str:
    """Returns `name` as a delimited identifier: in backticks for MySQL, elsewhere as in ISO 9075-2, section 5.2."""
    mark = "`" if dialect is Dialect.MYSQL else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def relation(table: Table, dialect: Dialect) -> str:
    """Returns the table's quoted name, with its namespace where it has one."""
    names = [name for name in (table.namespace, table.name) if name is not None]
    return ".".join(quoted(name, dialect) for name in names)
