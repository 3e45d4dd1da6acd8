"""Whether a stored statement may run on a catalog, before it is offered."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_sqlguard import check

UNKNOWN_COLUMN = "unknown-column"


def misfit(sql: str, catalog: Catalog) -> str | None:
    """Returns a code for why the statement is not to be offered: the guard's reason, or a column that is not there."""
    verdict = check(sql, dialect=catalog.dialect, catalog=catalog)
    if not verdict.allowed:
        return str(verdict.reason)
    try:
        tree = sqlglot.parse_one(sql, dialect=catalog.dialect.value)
    except (SqlglotError, RecursionError):
        return "unparseable"
    return (
        None
        if all(_is_known(column, names_in(tree, catalog), catalog) for column in _columns(tree))
        else UNKNOWN_COLUMN
    )


def names_in(tree: exp.Expr, catalog: Catalog) -> frozenset[str]:
    """Returns, in lower case, all that a column of the statement may be called: columns of its tables, and aliases."""
    tables = (catalog.table(table.name) for table in tree.find_all(exp.Table))
    columns = {column.name.lower() for table in tables if table for column in table.columns}
    aliases = {alias.alias.lower() for alias in tree.find_all(exp.Alias)}
    listed = {name.name.lower() for alias in tree.find_all(exp.TableAlias) for name in alias.args.get("columns") or ()}
    return frozenset(columns | aliases | listed)


def _columns(tree: exp.Expr) -> list[exp.Column]:
    return [column for column in tree.find_all(exp.Column) if not isinstance(column.this, exp.Star)]


def _is_known(column: exp.Column, names: frozenset[str], catalog: Catalog) -> bool:
    if column.name.lower() in names:
        return True
    # SQLite reads "Lyon" as a text where no column has that name (sqlite.org/quirks.html#dblquote).
    quoted = isinstance(column.this, exp.Identifier) and column.this.quoted
    implicit = column.name.lower() in ("rowid", "oid", "_rowid_")
    return catalog.dialect is Dialect.SQLITE and not column.table and (quoted or implicit)
