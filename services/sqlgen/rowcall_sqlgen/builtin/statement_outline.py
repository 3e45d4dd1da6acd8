"""What a statement reads and how, without its spelling: statements that answer the same question have one outline."""

from collections import Counter
from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.engine.index import SchemaIndex

Outline = frozenset[tuple[str, int]]
"""Tables, columns, functions, comparisons and values with how often they occur. Aliases, the order of joins and
conditions, keys that join, and DISTINCT do not count."""

_COUNTED = (
    *(exp.AggFunc, exp.Except, exp.Intersect, exp.Union, exp.Not, exp.Or, exp.Group, exp.Having, exp.Limit),
    *(exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.Between, exp.In, exp.Is),
)


def outline(sql: str, index: SchemaIndex) -> Outline | None:
    """Returns the outline; `None` of what cannot be parsed."""
    try:
        tree = sqlglot.parse_one(sql, dialect=Dialect(index.dialect).value)
    except (SqlglotError, RecursionError):
        return None
    for join in list(tree.find_all(exp.Join)):
        join.set("on", None)
    return frozenset(Counter(_marks(tree, index)).items())


def _marks(tree: exp.Expr, index: SchemaIndex) -> Iterator[str]:
    for node in tree.walk():
        match node:
            case exp.Table():
                yield f"table {node.name.lower()}"
            case exp.Column():
                yield f"column {_table(node, index)}.{node.name.lower()}"
            case exp.Literal():
                yield f"value {node.name.lower()}"
            case exp.Ordered():
                yield "descending" if node.args.get("desc") else "ascending"
            case _ if isinstance(node, _COUNTED):
                yield node.key


def _table(column: exp.Column, index: SchemaIndex) -> str:
    """Returns the table by its own name; empty where several could hold the column."""
    select = column.parent_select
    while select is not None:
        sources = _sources(select)
        if column.table:
            if column.table.lower() in sources:
                return sources[column.table.lower()]
        else:
            holding = {table for table in sources.values() if _holds(table, column.name, index)}
            if holding:
                return holding.pop() if len(holding) == 1 else ""
        select = select.parent_select
    return ""


def _sources(select: exp.Expr) -> Mapping[str, str]:
    """Returns the tables of one SELECT, in lower case, by what they are called there."""
    parts = [select.args.get("from_"), *(select.args.get("joins") or ())]
    tables = [part.this for part in parts if part is not None and isinstance(part.this, exp.Table)]
    return {table.alias_or_name.lower(): table.name.lower() for table in tables}


def _holds(table: str, column: str, index: SchemaIndex) -> bool:
    return any(
        known.lower() == table and any(ref.column.lower() == column.lower() for ref in index.columns(known))
        for known in index.tables
    )
