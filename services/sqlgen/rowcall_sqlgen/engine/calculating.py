"""Two queries for one number each, or for one number per group, made into one query for what is calculated of both."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    Arithmetic,
    Calculation,
    IsNull,
    Item,
    Join,
    Meaning,
    Measure,
    Not,
    Predicate,
    Query,
    tables_of,
)

RowKey = Callable[[str], ColumnRef | None]
"""Returns a column of a table that no two of its rows share."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A query that shows one measure, per group where it has any."""

    meaning: Meaning
    measure: Measure

    @property
    def has_conditions(self) -> bool:
        """Says whether some rows of the measure's table may be left out."""
        return bool(self.meaning.where or self.meaning.joins)

    def under(self, conditions: tuple[Predicate, ...], joins: tuple[Join, ...] = ()) -> "Figure":
        """Returns the figure of only those rows that meet further conditions, and their joins."""
        reached = {self.meaning.source, *(join.step.far for join in self.meaning.joins)}
        further = tuple(join for join in joins if join.step.far not in reached)
        where = tuple(dict.fromkeys([*self.meaning.where, *conditions]))
        meaning = replace(self.meaning, where=where, joins=(*self.meaning.joins, *further))
        return Figure(meaning, self.measure)

    def without(self, conditions: tuple[Predicate, ...]) -> "Figure":
        """Returns the figure without some conditions, and without the tables that only those read."""
        kept = tuple(each for each in self.meaning.where if each not in conditions)
        needed = {self.meaning.source} | {column.table for column in self.meaning.group}
        needed = needed.union(*map(tables_of, kept))
        meaning = replace(self.meaning, where=kept, joins=_pruned(self.meaning.joins, needed))
        return Figure(meaning, self.measure)


def figure(query: Query) -> Figure | None:
    """Returns what a query measures; nothing where it is no plain measure, or is cut, sorted or selects groups."""
    if not isinstance(query, Meaning) or query.having or query.order or query.limit or query.distinct:
        return None
    measures = [item for item in query.items if isinstance(item, Measure)]
    others = [item for item in query.items if item not in measures]
    if len(measures) != 1 or any(not isinstance(item, ColumnRef) or item not in query.group for item in others):
        return None
    whole = rooted(query, measures[0].table)
    return Figure(whole, measures[0]) if whole else None


def calculated(arithmetic: Arithmetic, left: Figure, right: Figure, *, row_key: RowKey) -> Meaning | None:
    """Returns the query, or nothing where the two cannot be brought together.

    Groups are those of either query; both must have the same where both have any.
    """
    if bool(left.meaning.group) != bool(right.meaning.group):
        return _beside_one_number(arithmetic, left, right)
    return (
        _over_the_same_rows(arithmetic, left, right)
        or (None if left.meaning.group else _beside_one_number(arithmetic, left, right))
        or _over_all_groups(arithmetic, left, right, row_key=row_key)
    )


def with_both_shown(meaning: Meaning) -> Meaning | None:
    """Returns the query with both numbers before what is calculated of them."""
    found: list[Item] = []
    for item in meaning.items:
        if isinstance(item, Calculation):
            if isinstance(item.left, Meaning) or isinstance(item.right, Meaning):
                return None
            found += [item.left, item.right]
        found.append(item)
    return replace(meaning, items=tuple(found))


def _beside_one_number(arithmetic: Arithmetic, left: Figure, right: Figure) -> Meaning:
    if left.meaning.group:
        calculation = Calculation(arithmetic, left.measure, right.meaning)
        return replace(left.meaning, items=(*left.meaning.group, calculation))
    calculation = Calculation(arithmetic, left.meaning, right.measure)
    return replace(right.meaning, items=(*right.meaning.group, calculation))


def _over_the_same_rows(arithmetic: Arithmetic, left: Figure, right: Figure) -> Meaning | None:
    """Both read one table and its parents: each measure takes its own rows of those."""
    one, other = left.meaning, right.meaning
    same_joins = set(one.joins) == set(other.joins)
    if one.source != other.source or one.group != other.group or not (same_joins or one.group):
        return None
    joins = _merged(one, other)
    if joins is None:
        return None
    shared = tuple(each for each in one.where if each in other.where)
    calculation = Calculation(arithmetic, _conditional(left, shared, joins), _conditional(right, shared, joins))
    if calculation.left == calculation.right:
        return None
    return replace(one, items=(*one.group, calculation), where=shared, joins=joins)


def _merged(one: Meaning, other: Meaning) -> tuple[Join, ...] | None:
    found: dict[str, Join] = {}
    for join in (*one.joins, *other.joins):
        in_both = join in one.joins and join in other.joins
        if not in_both and not join.step.to_parent:
            return None
        if found.setdefault(join.step.far, replace(join, optional=join.optional or not in_both)).step != join.step:
            return None
    return tuple(found.values())


def _conditional(each: Figure, shared: tuple[Predicate, ...], joins: tuple[Join, ...]) -> Measure:
    own = tuple(predicate for predicate in each.meaning.where if predicate not in shared)
    read = frozenset[str]().union(*map(tables_of, own))
    there = tuple(
        Not(IsNull(ColumnRef(join.step.far, join.step.far_columns[0])))
        for join in joins
        if join.optional and join.step.far not in read and replace(join, optional=False) in each.meaning.joins
    )
    return replace(each.measure, where=(*own, *there))


def _over_all_groups(arithmetic: Arithmetic, left: Figure, right: Figure, *, row_key: RowKey) -> Meaning | None:
    """All rows of the groups' table, those without partners too; each row counts once, however many partners meet."""
    one, other = left.meaning, right.meaning
    if one.group != other.group or len(one.group) != 1:
        return None
    root = one.group[0].table
    trees = [rooted(meaning, root) for meaning in (one, other)]
    joins: dict[str, Join] = {}
    for join in (join for tree in trees for join in (tree.joins if tree else ())):
        if joins.setdefault(join.step.far, Join(join.step, optional=True)).step != join.step:
            return None
    shared = tuple(each for each in one.where if each in other.where)
    measures = [_counted_once(each, shared, tuple(joins.values()), row_key=row_key) for each in (left, right)]
    if None in trees or None in measures:
        return None
    first, second = (measure for measure in measures if measure is not None)
    items = (*one.group, Calculation(arithmetic, first, second))
    return Meaning(items=items, source=root, joins=tuple(joins.values()), where=shared, group=one.group)


def _counted_once(
    each: Figure, shared: tuple[Predicate, ...], joins: tuple[Join, ...], *, row_key: RowKey
) -> Measure | None:
    own = tuple(predicate for predicate in each.meaning.where if predicate not in shared)
    measure = each.measure
    if measure.aggregate is not Aggregate.COUNT or (measure.column and not measure.distinct):
        return None
    if measure.distinct:
        return replace(measure, where=own)
    key = row_key(measure.table)
    if key:
        return replace(measure, column=key, distinct=True, where=own)
    there = _repeated_by_none(measure.table, joins)
    return replace(measure, column=there, where=own) if there else None


def _repeated_by_none(table: str, joins: tuple[Join, ...]) -> ColumnRef | None:
    """Returns a column that is NULL where the table has no row, if each of its rows occurs once at most."""
    way = {join.step.far: join.step for join in joins}
    before, step = {table}, way.get(table)
    while step:
        before.add(step.near)
        step = way.get(step.near)
    if table not in way or any(not join.step.to_parent and join.step.far not in before for join in joins):
        return None
    return ColumnRef(table, way[table].far_columns[0]) if not way[table].to_parent else None


def rooted(meaning: Meaning, root: str) -> Meaning | None:
    """Returns the same query with FROM beginning at another of its tables; nothing where it does not read that."""
    if meaning.source == root:
        return meaning
    if any(join.optional for join in meaning.joins):
        return None
    steps: list[Step] = [step for join in meaning.joins for step in (join.step, join.step.reversed())]
    reached, joins = [root], list[Join]()
    for near in reached:
        for step in steps:
            if step.near == near and step.far not in reached:
                reached.append(step.far)
                joins.append(Join(step))
    return replace(meaning, source=root, joins=tuple(joins)) if len(joins) == len(meaning.joins) else None


def _pruned(joins: tuple[Join, ...], needed: set[str]) -> tuple[Join, ...]:
    kept: list[Join] = []
    for join in reversed(joins):
        if join.step.far in needed:
            kept.insert(0, join)
            needed.add(join.step.near)
    return tuple(kept)
