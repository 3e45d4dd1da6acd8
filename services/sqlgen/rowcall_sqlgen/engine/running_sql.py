"""Window functions over groups, written in full: no dialect knows the aliases of a query inside them."""

from collections.abc import Sequence

from sqlglot import exp

from rowcall_sqlgen.engine.meaning import Course


def course(kind: Course, measured: exp.Expr, along: Sequence[exp.Ordered], *, within: Sequence[exp.Expr]) -> exp.Expr:
    """Returns the sum of the groups so far, or what changed since the group before; its share where that was not 0."""

    def over(function: exp.Expr) -> exp.Window:
        keys = [key.copy() for key in within]
        return exp.Window(this=function, partition_by=keys, order=exp.Order(expressions=[key.copy() for key in along]))

    if kind is Course.RUNNING_TOTAL:
        return over(exp.Sum(this=measured))
    before = over(exp.Lag(this=measured))
    change = exp.Sub(this=measured.copy(), expression=before)
    if kind is Course.CHANGE:
        return change
    share = exp.Mul(this=exp.Literal.number("100.0"), expression=exp.paren(change, copy=False))
    divisor = exp.Nullif(this=before.copy(), expression=exp.Literal.number(0))
    # `typed`: both sides have the type that they need, so that sqlglot adds no further cast.
    return exp.Div(this=share, expression=divisor, typed=True)
