"""Where each condition goes: on a joined row, or into `key IN (…)` where a join would repeat rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.engine.filters import Filters, RowFilter
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Path
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllOf,
    AnyOf,
    Comparison,
    IsNull,
    Join,
    Meaning,
    Membership,
    Not,
    Predicate,
    measure_of,
    tables_of,
)
from rowcall_sqlgen.engine.problems import NoMeaning, NoWay
from rowcall_sqlgen.engine.routes import Routes

_OPPOSITE = {
    Operator.EQ: Operator.NE,
    Operator.NE: Operator.EQ,
    Operator.LT: Operator.GE,
    Operator.GE: Operator.LT,
    Operator.GT: Operator.LE,
    Operator.LE: Operator.GT,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Conditions in their places. `joined`: tables to join besides those that the result is made of."""

    where: tuple[Predicate, ...]
    having: tuple[Predicate, ...]
    joined: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """`core`: tables that the result is made of; `focus`: tables that the question names."""

    core: Sequence[str]
    focus: Sequence[str]
    grouped: bool


def place_filters(filters: Filters, result: Result, *, index: SchemaIndex, routes: Routes) -> Placed:
    """Places all conditions around the tables of the result. Raises `NoMeaning` where none fits."""
    placing = _Placing(result.core, index, routes)
    rows = list(filters.rows)
    for table in filters.absent:
        inner = [row for row in rows if placing.belongs(row, table)]
        rows = [row for row in rows if row not in inner]
        placing.where.append(placing.non_member(table, tuple(row.predicate for row in inner)))
    for table in result.focus:
        if table not in filters.absent:
            placing.require_near(table)
    for row in rows:
        placing.add(row)
    for table in result.focus:
        if table not in filters.absent:
            placing.require(table)
    having = placing.group_conditions(filters.having, grouped=result.grouped)
    return Placed((*placing.where, *placing.members()), having, tuple(placing.joined))


class _Placing:
    def __init__(self, core: Sequence[str], index: SchemaIndex, routes: Routes) -> None:
        self._core = core
        self._index = index
        self._routes = routes
        self.where: list[Predicate] = []
        self.joined: list[str] = []
        self._inner: dict[str, list[Predicate]] = {}
        self._told: set[str] = set()  # tables that an alternative already speaks of

    def belongs(self, row: RowFilter, absent: str) -> bool:
        """`without flights to LAX`: says whether the condition describes the partner that must be absent."""
        tables = tables_of(row.predicate)
        on_the_way = {step.far for step in self._nearest(absent)} - set(self._core)
        return not row.negated and bool(tables) and tables <= on_the_way

    def add(self, row: RowFilter) -> None:
        tables = tables_of(row.predicate)
        near = [table for table in tables if self._is_near(table)]
        if len(near) == len(tables):
            if row.apart:
                raise NoMeaning("one row with two values")
            self.joined.extend(table for table in sorted(tables) if table not in self._core)
            self.where.extend(_conjuncts(_negated(row.predicate) if row.negated else row.predicate))
        elif len(tables) > 1:
            self.where.append(self._alternatives(row))
        elif row.apart:
            self.where.append(self.member(next(iter(tables)), (row.predicate,)))
        elif row.negated:
            self.where.append(self.non_member(next(iter(tables)), (row.predicate,)))
        else:
            self._inner.setdefault(next(iter(tables)), []).append(row.predicate)

    def _alternatives(self, row: RowFilter) -> AnyOf:
        """`who take Logic or have a dog`: each alternative finds its own partner rows."""
        if row.negated or not isinstance(row.predicate, AnyOf):
            raise NoMeaning("alternatives that can't be told apart")
        return AnyOf(tuple(self._alternative(part) for part in row.predicate.predicates))

    def _alternative(self, part: Predicate) -> Predicate:
        tables = tables_of(part)
        if len(tables) != 1:
            raise NoMeaning("an alternative over several tables")
        (table,) = tables
        self._told |= {table, *self._on_path(table)}
        return part if table in self._core else self.member(table, (part,))

    def require_near(self, table: str) -> None:
        """Joins a table that was named where that repeats no rows, so that conditions may start from it."""
        if table not in self._core and table not in self.joined and self._is_near(table):
            self.joined.append(table)

    def require(self, table: str) -> None:
        """A table that was only named must at least have a partner row."""
        on_the_way = any(table in self._on_path(goal) for goal in (*self._core, *self.joined, *self._inner))
        spoken_of = {*self._core, *self.joined, *self._inner, *self._told}
        if table in spoken_of or on_the_way:
            return
        if self._is_near(table):
            self.joined.append(table)
        else:
            self._inner.setdefault(table, [])

    def members(self) -> tuple[Predicate, ...]:
        return tuple(self.member(table, tuple(conditions)) for table, conditions in self._inner.items())

    def group_conditions(self, having: Sequence[Predicate], *, grouped: bool) -> tuple[Predicate, ...]:
        """Conditions on groups stay where the measured table is joined, else they move into the inner query."""
        kept: list[Predicate] = []
        for predicate in having:
            measure = measure_of(predicate)
            if measure is None or measure.table in self._core:
                if not grouped:
                    raise NoMeaning("a condition on groups without groups")
                kept.append(predicate)
            else:
                conditions = tuple(self._inner.pop(measure.table, ()))
                self.where.append(self.member(measure.table, conditions, having=(predicate,)))
        return tuple(kept)

    def member(
        self, table: str, conditions: tuple[Predicate, ...], *, having: tuple[Predicate, ...] = ()
    ) -> Membership:
        """Builds `key IN (SELECT …)` from the nearest table of the result to `table`."""
        return Membership(*self._partners(table, conditions, having))

    def _partners(
        self, table: str, conditions: tuple[Predicate, ...], having: tuple[Predicate, ...] = ()
    ) -> tuple[ColumnRef, Meaning]:
        """Returns a key of the result, and the query for the values it takes where there is a partner."""
        path = self._nearest(table)
        if not path or len(path[0].near_columns) != 1:
            raise NoMeaning("no key of one column")
        first = path[0]
        joins = tuple(Join(step) for step in path[1:])
        column = ColumnRef(first.far, first.far_columns[0])
        inner = Meaning(
            items=(column,),
            source=first.far,
            joins=joins,
            where=conditions,
            group=(column,) if having else (),
            having=having,
        )
        return ColumnRef(first.near, first.near_columns[0]), inner

    def non_member(self, table: str, conditions: tuple[Predicate, ...]) -> Not:
        """Builds `key NOT IN (SELECT …)`; a NULL among the inner values would make that true for no row at all."""
        key, inner = self._partners(table, conditions)
        column = inner.items[0]
        if isinstance(column, ColumnRef) and self._index.column(column).nullable:
            inner = replace(inner, where=(*inner.where, Not(IsNull(column))))
        return Not(Membership(key, inner))

    def _is_near(self, table: str) -> bool:
        """Says whether the table is part of the result, or joins to it without repeating rows."""
        if table in self._core:
            return True
        try:
            return all(step.to_parent for step in self._nearest(table))
        except NoWay:
            return False

    def _nearest(self, table: str) -> Path:
        paths = []
        for start in (*self._core, *self.joined):
            try:
                paths.append(self._routes.path(start, table))
            except NoWay:
                continue
        if not paths:
            raise NoWay(self._core[0], table)
        return min(paths, key=len)

    def _on_path(self, goal: str) -> set[str]:
        return {step.far for step in self._nearest(goal)} if goal not in self._core else set()


def _conjuncts(predicate: Predicate) -> tuple[Predicate, ...]:
    return predicate.predicates if isinstance(predicate, AllOf) else (predicate,)


def _negated(predicate: Predicate) -> Predicate:
    match predicate:
        case Comparison(subject, operator, value):
            return Comparison(subject, _OPPOSITE[operator], value)
        case Not(inner):
            return inner
    return Not(predicate)
