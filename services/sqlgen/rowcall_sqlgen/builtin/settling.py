"""Queries of the parser, whose language has no words for some of what a count may mean, made to count what is meant."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rowcall_sqlgen.engine.calculating import rooted
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    Between,
    Comparison,
    Compound,
    Join,
    Meaning,
    Measure,
    Membership,
    OverGroups,
    Predicate,
    Query,
    tables_of,
)
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.repetition import unrepeated
from rowcall_sqlgen.engine.row_counts import row_count

Change = Callable[[Measure], Measure]


def settled(query: Query, index: SchemaIndex) -> Query:
    """Returns the query with counts of what rows stand for, and of each row once, however often joins repeat it.

    Rows that the groups are made of are not counted by it: there, the rows joined to them are meant.
    """
    if isinstance(query, Compound):
        return replace(query, left=settled(query.left, index), right=settled(query.right, index))
    if isinstance(query, OverGroups):
        return query
    groups = frozenset(key.table for key in query.group)

    def change(measure: Measure) -> Measure:
        counted = row_count(measure, index)
        return counted if counted.table in groups else _once(counted, query.joins, groups, index=index)

    apart = _asked_apart(query, index)
    if apart:
        return apart
    items = tuple(change(item) if isinstance(item, Measure) else item for item in query.items)
    order = tuple(
        replace(each, item=change(each.item)) if isinstance(each.item, Measure) else each for each in query.order
    )
    return replace(query, items=items, order=order, having=tuple(_changed(each, change) for each in query.having))


def _asked_apart(query: Meaning, index: SchemaIndex) -> Meaning | None:
    """`Average seats of Delta's planes`: each plane once, though the flights that make it Delta's are many."""
    measures = [item for item in query.items if isinstance(item, Measure)]
    tables = {measure.table for measure in measures}
    adding = any(measure.aggregate in (Aggregate.SUM, Aggregate.AVG) for measure in measures)
    if query.group or query.order or query.having or len(tables) != 1 or len(measures) < len(query.items) or not adding:
        return None
    whole = rooted(query, measures[0].table)
    steps = [join.step for join in whole.joins if join.step.near == whole.source] if whole else []
    if whole is None or len(steps) != 1 or steps[0].to_parent or len(steps[0].near_columns) != 1:
        return None
    step = steps[0]
    own = tuple(each for each in whole.where if tables_of(each) <= {whole.source})
    others = tuple(each for each in whole.where if each not in own)
    if any(whole.source in tables_of(each) for each in others):
        return None
    joins = tuple(join for join in whole.joins if join.step != step)
    inner = Meaning(items=(ColumnRef(step.far, step.far_columns[0]),), source=step.far, joins=joins, where=others)
    member = Membership(ColumnRef(step.near, step.near_columns[0]), inner)
    return replace(whole, joins=(), where=(*own, member))


def _once(measure: Measure, joins: Sequence[Join], groups: frozenset[str], *, index: SchemaIndex) -> Measure:
    if measure.aggregate is not Aggregate.COUNT:
        return measure
    try:
        return unrepeated(measure, joins, groups, index=index)
    except NoMeaning:
        return measure


def _changed(predicate: Predicate, change: Change) -> Predicate:
    if isinstance(predicate, Comparison | Between) and isinstance(predicate.subject, Measure):
        return replace(predicate, subject=change(predicate.subject))
    return predicate
