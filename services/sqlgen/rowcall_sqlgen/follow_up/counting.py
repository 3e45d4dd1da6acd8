"""Counts of what a statement answers: its rows, its different rows, rows of a table once each."""

from sqlglot import exp

from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.follow_up.changes import CountAnswer, CountOnce, NoEdit
from rowcall_sqlgen.follow_up.naming import aliased
from rowcall_sqlgen.follow_up.showing import show_everything
from rowcall_sqlgen.follow_up.statement import Statement

_ANSWER = "answer"


def count_answer(statement: Statement, change: CountAnswer) -> str:
    """Counts the rows of the answer before."""
    tree = statement.tree
    column = _single_column(statement)
    if statement.aggregated and not statement.grouped:
        raise NoEdit("the answer before has one row")
    distinct = change.distinct or tree.args.get("distinct") is not None
    if statement.grouped or tree.args.get("limit") or (distinct and column is None):
        _count_inner(statement, distinct=distinct)
    else:
        of: exp.Expr = exp.Distinct(expressions=[column.copy()]) if distinct and column else exp.Star()
        tree.set("expressions", [aliased(exp.Count(this=of), "row_count", statement)])
        tree.set("distinct", None)
        tree.set("order", None)
    return "the different rows of the answer are counted" if distinct else "the rows of the answer are counted"


def count_once(statement: Statement, change: CountOnce) -> str:
    """Counts rows of a table once each, however often joins repeat them."""
    table = change.table
    key = statement.index.tables[table].primary_key
    if table not in statement.tables or statement.grouped:
        raise NoEdit(f"rows of {table} cannot be counted here")
    if len(key) == 1:
        column = statement.column(ColumnRef(table, key[0]))
        count = exp.Count(this=exp.Distinct(expressions=[column]))
        statement.tree.set("expressions", [aliased(count, f"distinct_{table}_count", statement)])
        statement.tree.set("distinct", None)
        statement.tree.set("order", None)
    else:
        show_everything(statement, table)
        _count_inner(statement, distinct=True)
    return f"rows of {table} are counted once each"


def show_once(statement: Statement) -> str:
    """Shows each row once, or counts each value once."""
    tree = statement.tree
    counts = [item.unalias() for item in tree.expressions if isinstance(item.unalias(), exp.Count)]
    plain = [count for count in counts if not isinstance(count.this, exp.Distinct | exp.Star)]
    if statement.aggregated:
        if not plain:
            raise NoEdit("nothing that is counted could be counted once")
        for count in plain:
            count.set("this", exp.Distinct(expressions=[count.this]))
        return "each value is counted once"
    if tree.args.get("distinct") is not None:
        raise NoEdit("each row is shown once already")
    tree.set("distinct", exp.Distinct())
    return "each row is shown once"


def _count_inner(statement: Statement, *, distinct: bool) -> None:
    inner = statement.tree.copy()
    if not inner.args.get("limit"):
        inner.set("order", None)
    if distinct:
        inner.set("distinct", exp.Distinct())
    count = exp.alias_(exp.Count(this=exp.Star()), "row_count")
    statement.tree = exp.select(count).from_(inner.subquery(_ANSWER))


def _single_column(statement: Statement) -> exp.Column | None:
    items = [item.unalias() for item in statement.tree.expressions]
    return items[0] if len(items) == 1 and isinstance(items[0], exp.Column) and not items[0].is_star else None
