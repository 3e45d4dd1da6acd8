"""Reference statements as trees, for what is said about them; that some parser fails at one says nothing else."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError


def parsed(sql: str) -> exp.Expr | None:
    """Returns the tree of a SQLite statement, or `None` where sqlglot cannot read it."""
    try:
        return parse_one(sql, dialect="sqlite")
    except SqlglotError:
        return None


def is_ordered(sql: str) -> bool:
    """Says whether the outermost statement asks for an order of rows."""
    tree = parsed(sql)
    return tree is not None and tree.args.get("order") is not None
