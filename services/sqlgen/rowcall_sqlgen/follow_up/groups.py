"""Changes of groups: one row per something else, or per something more."""

from collections.abc import Sequence

from sqlglot import exp

from rowcall_sqlgen.follow_up.naming import aliased
from rowcall_sqlgen.follow_up.statement import Statement, is_measure


def regroup(statement: Statement, columns: Sequence[exp.Column], *, adds: bool) -> None:
    """Makes a row of the result a group by these columns, or by these too; rows without a measure are counted."""
    tree = statement.tree
    if not statement.aggregated:
        tree.set("expressions", [aliased(exp.Count(this=exp.Star()), "row_count", statement)])
        for part in ("order", "limit", "distinct"):
            tree.set(part, None)
    group_by(statement, columns, adds=adds)


def group_by(statement: Statement, columns: Sequence[exp.Expr], *, adds: bool) -> None:
    """Groups by what is shown besides the measures."""
    tree = statement.tree
    group = tree.args.get("group")
    plain = [item for item in tree.expressions if not is_measure(item)] if adds else []
    measures = [item for item in tree.expressions if is_measure(item)]
    tree.set("expressions", [*plain, *columns, *measures])
    keys = [*(group.expressions if group and adds else ()), *(column.unalias().copy() for column in columns)]
    tree.set("group", exp.Group(expressions=keys))
    _forget_lost_order(statement)


def _forget_lost_order(statement: Statement) -> None:
    """Sort keys that are neither shown, nor grouped by, nor measured are dropped where they mean nothing any more."""
    order = statement.tree.args.get("order")
    if not order or not statement.grouped:
        return
    allowed = [each.unalias() for each in (*statement.tree.expressions, *statement.tree.args["group"].expressions)]
    names = statement.names
    kept = [
        key
        for key in order.expressions
        if key.this in allowed or key.this.find(exp.AggFunc) or key.this.name.lower() in names
    ]
    statement.tree.set("order", exp.Order(expressions=kept) if kept else None)
    if not kept:
        statement.tree.set("limit", None)
