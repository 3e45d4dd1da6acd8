"""`NOT shop_id IN (SELECT device_id FROM stock)`: a membership compares what a key connects."""

from dataclasses import replace

from rowcall_sqlgen.engine.joins import JoinGraph, Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Membership
from rowcall_sqlgen.parser.join_trees import JoinTrees


def connected(membership: Membership, joins: JoinTrees) -> Membership:
    """Returns it over the key that leads from its column's table into the inner query.

    Unchanged where its two columns are compared for good reason, or no such key is there.
    """
    inner = membership.inner
    if not isinstance(inner, Meaning) or inner.group or inner.limit or len(inner.items) != 1:
        return membership
    (shown,) = inner.items
    if not isinstance(shown, ColumnRef) or not _is_odd(membership.column, shown, joins.keys):
        return membership
    tables = [inner.source, *(join.step.far for join in inner.joins)]
    keys = [step for step in joins.steps(membership.column.table) if step.far in tables and len(step.near_columns) == 1]
    return _over(keys[0], inner) if keys else membership


def _is_odd(column: ColumnRef, shown: ColumnRef, keys: JoinGraph) -> bool:
    """Says whether no key connects the columns and they are not called the same, either."""
    ends = {keys.parent_of(column) or column, keys.parent_of(shown) or shown}
    return len(ends) > 1 and column.column.lower() != shown.column.lower()


def _over(key: Step, inner: Meaning) -> Membership:
    near, far = ColumnRef(key.near, key.near_columns[0]), ColumnRef(key.far, key.far_columns[0])
    return Membership(near, replace(inner, items=(far,)))
