"""Keeps measures right where joins repeat the rows that they measure."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Join, Measure
from rowcall_sqlgen.engine.problems import NoMeaning


def unrepeated(measure: Measure, joins: Sequence[Join], groups: frozenset[str], *, index: SchemaIndex) -> Measure:
    """Returns a measure that repeated rows leave as it is: counts go over the key, sums and averages are refused.

    `groups` are the tables that rows are grouped by; repetition from group to group is meant: a student counts in each
    of their courses. Raises `NoMeaning`.
    """
    if measure.distinct or measure.aggregate in (Aggregate.MIN, Aggregate.MAX):
        return measure
    if not _repeats(measure.table, joins, frozenset()):
        return measure
    key = index.tables[measure.table].primary_key
    if measure.aggregate is Aggregate.COUNT and len(key) == 1:
        return Measure(Aggregate.COUNT, measure.table, ColumnRef(measure.table, key[0]), distinct=True)
    if _repeats(measure.table, joins, groups):
        raise NoMeaning(f"rows of {measure.table} would be counted more than once")
    return measure


def _repeats(table: str, joins: Sequence[Join], groups: frozenset[str]) -> bool:
    """Says whether some join leads from the table to many rows, other than on the way to the groups."""
    steps = [step for join in joins for step in (join.step, join.step.reversed())]
    queue: list[tuple[str, tuple[str, ...]]] = [(table, (table,))]
    while queue:
        near, way = queue.pop()
        for step in steps:
            if step.near == near and step.far not in way:
                if not step.to_parent and not _leads_to(step.far, near, groups, steps):
                    return True
                queue.append((step.far, (*way, step.far)))
    return False


def _leads_to(table: str, coming_from: str, goals: frozenset[str], steps: Sequence[Step]) -> bool:
    seen, queue = {table, coming_from}, [table]
    while queue:
        near = queue.pop()
        if near in goals:
            return True
        onward = [step.far for step in steps if step.near == near and step.far not in seen]
        seen.update(onward)
        queue.extend(onward)
    return False
