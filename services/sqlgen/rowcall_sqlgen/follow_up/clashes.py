"""Whether a new condition on the same column is meant instead of the one before, besides it, or as one value more."""

from collections.abc import Sequence
from enum import Enum, auto

from sqlglot import exp

from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Not, OneOf, Predicate, columns_of
from rowcall_sqlgen.follow_up.statement import Statement

_LOWER = (exp.GT, exp.GTE)
_UPPER = (exp.LT, exp.LTE)


class Kind(Enum):
    """What a condition says of its column."""

    POINT = auto()
    LOWER = auto()
    UPPER = auto()
    NEGATION = auto()


def kind_of(predicate: Predicate) -> Kind:
    """Returns what a new condition says of its column."""
    match predicate:
        case Comparison(operator=Operator.GT | Operator.GE):
            return Kind.LOWER
        case Comparison(operator=Operator.LT | Operator.LE):
            return Kind.UPPER
        case Not() | Comparison(operator=Operator.NE):
            return Kind.NEGATION
    return Kind.POINT


def clash(conjunct: exp.Expr, kind: Kind) -> bool:
    """Says whether a new condition on the same column is meant instead of the one before, not besides it."""
    negated = isinstance(conjunct, exp.Not | exp.NEQ)
    if kind is Kind.NEGATION:
        return isinstance(conjunct, exp.EQ)
    if negated:
        return kind is Kind.POINT
    if kind is Kind.LOWER:
        return not isinstance(conjunct, _UPPER)
    return not (kind is Kind.UPPER and isinstance(conjunct, _LOWER))


def clash_on_groups(before: exp.Expr, condition: exp.Expr) -> bool:
    """Says the same of two conditions on groups."""
    if before.this != condition.this:
        return False
    opposite = (isinstance(before, _LOWER) and isinstance(condition, _UPPER)) or (
        isinstance(before, _UPPER) and isinstance(condition, _LOWER)
    )
    return not opposite


def widened(statement: Statement, rival: exp.Expr, predicate: Predicate) -> exp.Expr | None:
    """`also LGA`: one value more."""
    values = _values(predicate)
    if not values or statement.refs(rival) != frozenset(columns_of(predicate)):
        return None
    match rival:
        case exp.EQ() if isinstance(rival.expression, exp.Literal):
            known = [rival.expression]
        case exp.In() if rival.expressions:
            known = rival.expressions
        case _:
            return None
    more = [value for value in map(exp.convert, values) if value not in known]
    return exp.In(this=rival.this.copy(), expressions=[*(each.copy() for each in known), *more])


def _values(predicate: Predicate) -> Sequence[str | int | float]:
    match predicate:
        case Comparison(ColumnRef(), Operator.EQ, str() | int() | float() as value):
            return (value,)
        case OneOf(_, values):
            return values
    return ()
