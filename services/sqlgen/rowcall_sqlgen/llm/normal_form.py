"""One spelling for statements that mean the same by their text: aliases, quotes, case and order of conditions aside."""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.simplify import simplify

from rowcall_contracts.catalog import Catalog

Columns = dict[str, object]


def normal_form(sql: str, catalog: Catalog) -> str:
    """Returns a text that is equal for statements that differ in spelling alone; the statement itself if unparseable.

    Names of result columns do not count: executions are compared by their rows.
    """
    dialect = catalog.dialect.value
    try:
        tree = normalize_identifiers(sqlglot.parse_one(sql, dialect=dialect), dialect=dialect)
        tree = qualify(tree, dialect=dialect, schema=_columns(tree, catalog), validate_qualify_columns=False)
        _rename_tables(tree)
        _drop_inner(tree)
        _drop_result_names(tree)
        simple: exp.Expr = simplify(tree, dialect=dialect)
        return simple.sql(dialect=dialect, comments=False)
    except (SqlglotError, RecursionError, ValueError, KeyError):
        return " ".join(sql.split())


def _columns(tree: exp.Expr, catalog: Catalog) -> Columns:
    """Returns the columns of the tables that the statement names; a schema of thousands would cost seconds."""
    named = {table.name.lower() for table in tree.find_all(exp.Table)}
    found = (table for table in catalog.tables if table.name.lower() in named)
    return {table.name: {column.name: "text" for column in table.columns} for table in found}


def _rename_tables(tree: exp.Expr) -> None:
    """Numbers the aliases of tables and the names of common tables in the order in which the statement gives them."""
    common = {each.alias for each in tree.find_all(exp.CTE)}
    aliases = list(tree.find_all(exp.TableAlias, bfs=False))
    numbers = {name: f"t{at}" for at, name in enumerate(dict.fromkeys(alias.name for alias in aliases))}
    for alias in aliases:
        alias.set("this", exp.to_identifier(numbers[alias.name], quoted=True))
    for column in tree.find_all(exp.Column):
        if column.table in numbers:
            column.set("table", exp.to_identifier(numbers[column.table], quoted=True))
    for table in tree.find_all(exp.Table):
        if table.name in common and not table.db:
            table.set("this", exp.to_identifier(numbers[table.name], quoted=True))


def _drop_inner(tree: exp.Expr) -> None:
    for join in tree.find_all(exp.Join):
        if join.kind == "INNER":
            join.set("kind", None)


def _drop_result_names(tree: exp.Expr) -> None:
    """Takes the names off the outermost select, and puts what they stand for where they are used."""
    if not isinstance(tree, exp.Select):
        return
    named = {each.alias: each.this for each in tree.expressions if isinstance(each, exp.Alias)}
    for clause in _clauses(tree):
        for column in list(clause.find_all(exp.Column)):
            if not column.table and column.name in named:
                column.replace(named[column.name].copy())
    tree.set("expressions", [each.this if isinstance(each, exp.Alias) else each for each in tree.expressions])


def _clauses(tree: exp.Select) -> Iterator[exp.Expr]:
    for part in ("order", "having", "group"):
        if clause := tree.args.get(part):
            yield clause
