"""Joins without a condition multiply rows: how many there may be, and how much they may make.

Conditions are read as edges between relations, in ON as in WHERE; relations that no edge connects are multiplied. That
is an estimate, not a proof: a condition that is always true still counts, and runs under the executor's deadline.
"""

import math
from collections.abc import Iterator

from sqlglot import exp

from rowcall_contracts.catalog import Catalog
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.verdict import Reason, Refused

_Groups = list[set[str]]


def require_few_cross_joins(nodes: list[exp.Expr], limits: Limits, catalog: Catalog | None) -> None:
    """Raises `Refused` for too many unconnected relations, or too many rows of them by the sizes in `catalog`."""
    selects = [node for node in nodes if isinstance(node, exp.Select) and (node.args.get("joins") or ())]
    unconnected = [(select, groups) for select in selects if len(groups := _groups(select)) > 1]
    if sum(len(groups) - 1 for _, groups in unconnected) > limits.max_cross_joins:
        raise Refused(Reason.CROSS_JOIN_TOO_LARGE, f"More than {limits.max_cross_joins} joins have no condition.")
    if catalog is None:
        return
    for select, groups in unconnected:
        rows: int = math.prod(_rows(select, catalog, groups))
        if rows > limits.max_cross_rows:
            raise Refused(Reason.CROSS_JOIN_TOO_LARGE, "Joins without a condition would make too many rows.")


def _groups(select: exp.Select) -> _Groups:
    """Returns the names of relations that conditions connect; of table functions none, for they read their neighbours.

    A condition whose columns do not say their relation may connect any two.
    """
    names = [relation.alias_or_name.lower() for relation in _relations(select)]
    groups: _Groups = [{name} for name in dict.fromkeys(names)]
    loose = 0
    for edge in _edges(select):
        known = edge.intersection(names)
        loose += "" in edge
        touched = [group for group in groups if group & known]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set[str]().union(*touched)]
    return groups[: max(len(groups) - loose, 1)]


def _relations(select: exp.Select) -> list[exp.Expr]:
    from_ = select.args.get("from_")
    relations = [from_.this] if from_ is not None else []
    relations += [join.this for join in select.args.get("joins") or ()]
    return [relation for relation in relations if _is_table(relation)]


def _is_table(relation: exp.Expr) -> bool:
    if isinstance(relation, exp.Table):
        return isinstance(relation.this, exp.Identifier)
    return isinstance(relation, exp.Subquery)


def _edges(select: exp.Select) -> Iterator[set[str]]:
    """Yields the qualifiers of each condition, with an empty one for a column without."""
    for join in select.args.get("joins") or ():
        if join.args.get("using") or join.args.get("method"):
            yield {""}
        yield from _conditions(join.args.get("on"))
    where = select.args.get("where")
    yield from _conditions(where.this if where is not None else None)


def _conditions(condition: exp.Expr | None) -> Iterator[set[str]]:
    waiting = [condition] if condition is not None else []
    while waiting:
        node = waiting.pop().unnest()
        if isinstance(node, exp.And):
            waiting += [node.this, node.expression]
        elif len(columns := list(node.find_all(exp.Column))) > 1:
            yield {column.table.lower() for column in columns}


def _rows(select: exp.Select, catalog: Catalog, groups: _Groups) -> list[int]:
    """Returns the rows of the largest table in each group, which connected ones seldom exceed; unknown ones are 1."""
    named = {relation.alias_or_name.lower(): catalog.table(relation.name) for relation in _relations(select)}
    known = [[table for name in group if (table := named.get(name)) is not None] for group in groups]
    return [max((table.row_count or 1 for table in tables), default=1) for tables in known]
