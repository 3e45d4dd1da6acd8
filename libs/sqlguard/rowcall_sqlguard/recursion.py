"""Recursive common table expressions must show where they end.

That is a heuristic, not a proof: what it lets through still runs under the executor's deadline.
"""

from sqlglot import exp

from rowcall_sqlguard.verdict import Reason, Refused

_BOUNDS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)


def require_bounded(tree: exp.Expr, *, always_recursive: bool, max_recursion: int) -> None:
    """Raises `Refused` for a recursion without a bound, or with a bound larger than `max_recursion`.

    Three bounds count: a literal LIMIT inside the expression, a comparison with a literal in the WHERE of the member
    that refers to itself, and UNION (not ALL) of plain columns, which ends when no new row comes.
    """
    for cte in tree.find_all(exp.CTE):
        said_so = isinstance(cte.parent, exp.With) and cte.parent.args.get("recursive")
        if (always_recursive or said_so) and _refers_to_itself(cte):
            _require_bound(cte.this, max_recursion)


def _refers_to_itself(cte: exp.CTE) -> bool:
    return any(not table.db and table.name.lower() == cte.alias.lower() for table in cte.this.find_all(exp.Table))


def _require_bound(body: exp.Expr, max_recursion: int) -> None:
    bounds = _bounds(body)
    if not bounds and not _is_finite_union(body):
        raise Refused(
            Reason.RECURSION_UNBOUNDED,
            "A recursive WITH needs a bound: compare a counter with a literal in the recursive part's WHERE.",
        )
    if any(bound.is_int and int(bound.name) > max_recursion for bound in bounds):
        raise Refused(Reason.RECURSION_UNBOUNDED, f"A recursive WITH may make at most {max_recursion} steps.")


def _bounds(body: exp.Expr) -> list[exp.Literal]:
    member = body.expression if isinstance(body, exp.SetOperation) else body
    where = member.args.get("where")
    comparisons = where.find_all(*_BOUNDS) if where is not None else ()
    compared = [literal for comparison in comparisons for literal in comparison.find_all(exp.Literal)]
    limit = body.args.get("limit")
    return [*compared, *(limit.find_all(exp.Literal) if limit is not None else ())]


def _is_finite_union(body: exp.Expr) -> bool:
    return (
        isinstance(body, exp.Union)
        and bool(body.args.get("distinct"))
        and all(isinstance(column.unalias(), exp.Column) for column in body.expression.selects)
    )
