"""Changes of order and number: sorted by what, in which direction, how many rows."""

import sqlglot
from sqlglot import exp

from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.clauses import Rank, SortBy
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Measure
from rowcall_sqlgen.follow_up.changes import NoEdit, Top
from rowcall_sqlgen.follow_up.showing import sole_quantity
from rowcall_sqlgen.follow_up.statement import Statement, is_measure


def sort(statement: Statement, clause: SortBy, *, adds: bool) -> str:
    """Sorts by something else; a direction alone turns the order that is there, else sorts by what is shown first."""
    order = statement.tree.args.get("order")
    if clause.item is None and order:
        _direct(statement, order.expressions[0], descending=clause.descending)
        return f"the order is {_way(clause.descending)}"
    key = _key(statement, clause.item) if clause.item else _first_shown(statement, measured=clause.descending)
    before = order.expressions if order and adds else []
    statement.tree.set("order", exp.Order(expressions=[*before, _ordered(statement, key, clause.descending)]))
    return f"sorted by {statement.text(key)}, {_way(clause.descending)}"


def turn_around(statement: Statement) -> str:
    """Reverses the order that is there."""
    order = statement.tree.args.get("order")
    if not order:
        raise NoEdit("the statement before has no order to reverse")
    for key in order.expressions:
        _direct(statement, key, descending=not key.args.get("desc"))
    return "the order is reversed"


def rank(statement: Statement, clause: Rank, count: int | None) -> str:
    """Keeps the first rows by something."""
    told = sort(statement, SortBy(clause.item, clause.descending), adds=False)
    return f"{told}; {limit(statement, clause.count or count or 1)}"


def top(statement: Statement, change: Top) -> str:
    """Keeps the first rows of the order that is there, else by what is measured."""
    if not statement.tree.args.get("order"):
        measures = [item for item in statement.tree.expressions if is_measure(item)]
        ref = None if measures else sole_quantity(statement)
        if len(measures) == 1 and statement.grouped:
            key = _shown_as(measures[0])
        elif ref is not None and not statement.aggregated:
            key = statement.column(ref)
        else:
            raise NoEdit(f"the answer has no order; say by what the top {change.count} are chosen")
        statement.tree.set("order", exp.Order(expressions=[_ordered(statement, key, descending=True)]))
    return limit(statement, change.count)


def limit(statement: Statement, count: int) -> str:
    """Keeps so many rows."""
    statement.tree.limit(count, copy=False)
    return f"at most {count} rows are shown" if count > 1 else "one row is shown"


def unlimit(statement: Statement) -> str:
    """Shows all rows again."""
    if not statement.tree.args.get("limit"):
        raise NoEdit("all rows are shown already")
    statement.tree.set("limit", None)
    return "all rows are shown"


def _key(statement: Statement, item: ColumnRef | Measure) -> exp.Expr:
    if isinstance(item, Measure):
        return _measured_key(statement, statement.expression(item))
    if statement.aggregated or statement.grouped:
        return _group_key(statement, item)
    return statement.column(item)


def _measured_key(statement: Statement, measure: exp.Expr) -> exp.Expr:
    for shown in statement.tree.expressions:
        if shown.unalias() == measure:
            return _shown_as(shown)
    if not statement.grouped:
        raise NoEdit("rows without groups cannot be sorted by a measure")
    return measure


def _group_key(statement: Statement, ref: ColumnRef) -> exp.Expr:
    """A group is sorted by what it is grouped by, or by the measure of that column."""
    group = statement.tree.args.get("group")
    keys = [key for key in (group.expressions if group else ()) if statement.refs(key) == {ref}]
    measures = [item for item in statement.tree.expressions if is_measure(item) and ref in statement.refs(item)]
    if keys:
        found: exp.Expr = keys[0].copy()
        return found
    if len(measures) != 1 or not group:
        raise NoEdit(f"groups have no single {column_name(ref)}")
    return _shown_as(measures[0])


def _first_shown(statement: Statement, *, measured: bool) -> exp.Expr:
    """Groups are sorted downwards by what is measured, upwards by what they are called."""
    first = statement.tree.expressions[0]
    if first.is_star:
        raise NoEdit("it is not said by what to sort")
    measures = [item for item in statement.tree.expressions if is_measure(item)]
    return _shown_as(measures[0] if measured and statement.grouped and len(measures) == 1 else first)


def _shown_as(item: exp.Expr) -> exp.Expr:
    return exp.column(item.args["alias"].copy()) if item.alias else item.unalias().copy()


def _direct(statement: Statement, key: exp.Expr, *, descending: bool) -> None:
    if not isinstance(key, exp.Ordered):
        raise NoEdit("the order before cannot be changed")
    key.replace(_ordered(statement, key.this.copy(), descending))


def _ordered(statement: Statement, key: exp.Expr, descending: bool) -> exp.Ordered:
    """Writes a sort key without a NULLS clause: rows without a value stand where the engine puts them."""
    written = "SELECT x ORDER BY x DESC" if descending else "SELECT x ORDER BY x"
    ordered = sqlglot.parse_one(written, dialect=statement.index.dialect.value).find(exp.Ordered)
    if ordered is None:
        raise NoEdit("the order cannot be written")
    ordered.set("this", key)
    return ordered


def _way(descending: bool) -> str:
    return "descending" if descending else "ascending"
