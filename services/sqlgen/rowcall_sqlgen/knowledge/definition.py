"""What a term means: a table, a column, a condition or a measure, written in SQL."""

from dataclasses import dataclass
from enum import StrEnum

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

_DIALECT = "sqlite"
"""Reads names in double quotes, backticks and brackets alike."""
_NO_DEFINITION = (
    "is neither a table, a column (`table.column`), a condition (`table.column > 15`) nor a measure "
    "(`AVG(table.column)`); write one of these in SQL"
)


class DefinitionKind(StrEnum):
    """What a term stands for."""

    TABLE = "table"
    COLUMN = "column"
    CONDITION = "condition"
    MEASURE = "measure"


@dataclass(frozen=True)
class Definition:
    """The tree is that of the SQL given; `columns` are (table, column) as spelled there, `tables` their tables."""

    kind: DefinitionKind
    tree: exp.Expr
    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()


def read_definition(text: str) -> Definition:
    """Parses what a term means.

    Raises:
        ValueError: the text is none of the four, with the way to mend it; the text itself is not repeated.
    """
    tree = _expression(text)
    if tree.find(exp.Query):
        raise ValueError("holds a SELECT; write a condition or a measure over columns")
    if isinstance(tree, exp.Column) and not tree.table and not isinstance(tree.this, exp.Star):
        return Definition(DefinitionKind.TABLE, tree, (tree.name,))
    columns = tuple(dict.fromkeys((column.table, column.name) for column in tree.find_all(exp.Column)))
    if not columns or not all(table and name and name != "*" for table, name in columns):
        raise ValueError("names a column without its table, or none at all; write each column as `table.column`")
    tables = tuple(dict.fromkeys(table for table, _ in columns))
    return Definition(_kind(tree), tree, tables, columns)


def _kind(tree: exp.Expr) -> DefinitionKind:
    if isinstance(tree, exp.Column):
        return DefinitionKind.COLUMN
    aggregates = tree.find(exp.AggFunc) is not None
    if isinstance(tree, exp.Predicate | exp.Connector | exp.Not):
        if aggregates:
            raise ValueError("is a condition on an aggregate; define the measure, and ask for the condition")
        return DefinitionKind.CONDITION
    if not aggregates:
        raise ValueError(_NO_DEFINITION)
    return DefinitionKind.MEASURE


def _expression(text: str) -> exp.Expr:
    """Reads the text as the one thing that a SELECT shows: whatever ends it and begins something else is refused."""
    try:
        statements = sqlglot.parse(f"SELECT {text}", dialect=_DIALECT)
    except (SqlglotError, RecursionError):
        raise ValueError(_NO_DEFINITION) from None
    [query, *more] = statements
    if more or not isinstance(query, exp.Select) or len(query.expressions) != 1:
        raise ValueError(_NO_DEFINITION)
    others = [name for name, value in query.args.items() if value and name not in ("expressions", "kind")]
    tree: exp.Expr = query.expressions[0].unnest()
    if others or isinstance(tree, exp.Alias | exp.Literal | exp.Star):
        raise ValueError(_NO_DEFINITION)
    return tree
