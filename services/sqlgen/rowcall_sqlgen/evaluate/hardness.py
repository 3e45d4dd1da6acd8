"""Spider's four levels of hardness, by the rules of its official evaluation (Yu et al. 2018, `eval_hardness`).

Three numbers decide: clauses of the outermost SELECT (WHERE, GROUP BY, ORDER BY, LIMIT, each JOIN, OR and LIKE),
nesting (sub-queries in conditions, a set operation), and the rest (more than one aggregate, selected column, condition
or group column). Of a set operation only the left SELECT is measured, as there.
"""

from collections.abc import Iterator
from enum import StrEnum

from sqlglot import exp

from rowcall_sqlgen.evaluate.parsing import parsed


class Hardness(StrEnum):
    """From easy to hard."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"
    EXTRA = "extra"
    UNKNOWN = "unknown"  # the statement cannot be read


def hardness_of(sql: str) -> Hardness:
    """Returns the level of a reference statement."""
    tree = parsed(sql)
    select = None if tree is None else _left_select(tree)
    if tree is None or select is None:
        return Hardness.UNKNOWN
    nesting = _sub_queries(select) + isinstance(tree, exp.SetOperation)
    return _level(_clauses(select), nesting, _rest(select))


def _level(clauses: int, nesting: int, rest: int) -> Hardness:
    if nesting == 0 and clauses <= 1 and rest == 0:
        return Hardness.EASY
    if nesting == 0 and ((clauses <= 1 and rest <= 2) or (clauses <= 2 and rest < 2)):
        return Hardness.MEDIUM
    if nesting == 0 and ((clauses <= 2 and rest > 2) or (clauses == 3 and rest <= 2)):
        return Hardness.HARD
    return Hardness.HARD if nesting == 1 and clauses <= 1 and rest == 0 else Hardness.EXTRA


def _left_select(tree: exp.Expr) -> exp.Select | None:
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    return tree if isinstance(tree, exp.Select) else None


def _clauses(select: exp.Select) -> int:
    named = sum(select.args.get(name) is not None for name in ("where", "group", "order", "limit"))
    roots = _condition_roots(select)
    ors = sum(_connectives(root, exp.Or) for root in roots)
    likes = sum(unit.find(exp.Like) is not None for root in roots for unit in _units(root))
    return named + len(_joins(select)) + ors + likes


def _sub_queries(select: exp.Select) -> int:
    return sum(_direct_selects(unit) for root in _condition_roots(select) for unit in _units(root))


def _rest(select: exp.Select) -> int:
    group = select.args.get("group")
    where = _clause(select, "where")
    return sum(
        (
            _aggregates(select) > 1,
            len(select.expressions) > 1,
            where is not None and len(list(_units(where))) > 1,
            group is not None and len(group.expressions) > 1,
        )
    )


def _aggregates(select: exp.Select) -> int:
    """Counts as the original does, which takes a NOT, and an AND or OR of HAVING, for an aggregate too."""
    order = select.args.get("order")
    chosen = sum(isinstance(item.unalias(), exp.AggFunc) for item in select.expressions)
    sorted_by = sum(each.find(exp.AggFunc) is not None for each in order.expressions) if order else 0
    conditions = [root for name in ("where", "having") if (root := _clause(select, name)) is not None]
    nots = sum(isinstance(unit, exp.Not) for root in conditions for unit in _units(root))
    having = _clause(select, "having")
    return chosen + sorted_by + nots + (_connectives(having, exp.Connector) if having is not None else 0)


def _joins(select: exp.Select) -> list[exp.Join]:
    joins: list[exp.Join] = select.args.get("joins") or []
    return joins


def _condition_roots(select: exp.Select) -> list[exp.Expr]:
    ons = [join.args.get("on") for join in _joins(select)]
    clauses = [_clause(select, name) for name in ("where", "having")]
    return [root for root in [*ons, *clauses] if root is not None]


def _clause(select: exp.Select, name: str) -> exp.Expr | None:
    clause = select.args.get(name)
    return None if clause is None else clause.this


def _units(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yields the conditions that AND and OR connect."""
    if isinstance(condition, exp.Connector):
        yield from _units(condition.left)
        yield from _units(condition.right)
    elif isinstance(condition, exp.Paren):
        yield from _units(condition.this)
    else:
        yield condition


def _connectives(condition: exp.Expr, kind: type[exp.Connector]) -> int:
    if isinstance(condition, exp.Connector):
        below = _connectives(condition.left, kind) + _connectives(condition.right, kind)
        return below + isinstance(condition, kind)
    return _connectives(condition.this, kind) if isinstance(condition, exp.Paren) else 0


def _direct_selects(node: exp.Expr) -> int:
    if isinstance(node, exp.Query) and not isinstance(node, exp.Subquery):
        return 1
    return sum(_direct_selects(child) for child in node.iter_expressions())
