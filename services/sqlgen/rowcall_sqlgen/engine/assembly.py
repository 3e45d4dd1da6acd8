"""From clauses to the meaning form: what is shown, grouped, joined and filtered follows from what was said."""

from collections.abc import Sequence
from dataclasses import replace

from rowcall_sqlgen.engine.clauses import Cap, Clause, Filter, Focus, Group, Once, Rank, Show, SortBy
from rowcall_sqlgen.engine.filters import Filters, sort_filters
from rowcall_sqlgen.engine.grouping import group_columns, implied_group, item_tables, shown_items
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    Between,
    Comparison,
    Item,
    Join,
    Meaning,
    Measure,
    Order,
    Predicate,
    columns_of,
    measure_of,
)
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.routes import Routes
from rowcall_sqlgen.engine.semijoins import place_filters


def assemble(clauses: Sequence[Clause], index: SchemaIndex) -> Meaning:
    """Builds the query. Raises `NoMeaning` when the clauses contradict each other or the tables do not connect."""
    parts = _Parts(clauses, index)
    items = parts.items()
    orders = parts.orders(items)
    filters = sort_filters(clauses, parts.scope(items), index)
    grouped = parts.grouping(items, orders, filters)
    routes = Routes(index.graph, {c.table: c.role for c in clauses if isinstance(c, Focus) and c.role})
    items = (*shown_items(items, grouped, parts.groups, index), *parts.ranked_measure(items))
    return _Query(index, routes, parts, items=items, orders=orders, filters=filters, group=grouped).build()


class _Parts:
    """The clauses by kind."""

    def __init__(self, clauses: Sequence[Clause], index: SchemaIndex) -> None:
        self.index = index
        self.shown = tuple(dict.fromkeys(c.item for c in clauses if isinstance(c, Show)))
        self.focus = tuple(dict.fromkeys(c.table for c in clauses if isinstance(c, Focus)))
        self.groups = tuple(c for c in clauses if isinstance(c, Group))
        self.ranks = tuple(c for c in clauses if isinstance(c, Rank))
        self.sorts = tuple(c for c in clauses if isinstance(c, SortBy))
        self.caps = tuple(c.count for c in clauses if isinstance(c, Cap))
        self.filtered = tuple(column for c in clauses if isinstance(c, Filter) for column in columns_of(c.predicate))
        self.once = any(isinstance(c, Once) for c in clauses)
        if len(self.ranks) > 1 or len(self.caps) > 1 or len(self.sorts) > 2:
            raise NoMeaning("several orders or limits")

    @property
    def limit(self) -> int | None:
        """Rows asked for: a ranking without a number asks for one."""
        counts = [rank.count for rank in self.ranks if rank.count] + list(self.caps)
        return counts[0] if counts else (1 if self.ranks else None)

    def items(self) -> tuple[Item, ...]:
        """What the question asks to see; a table alone asks for its names, or all columns without one."""
        if self.shown:
            return self.shown
        if self.groups:
            counted = [table for table in self.focus if table not in {g.target for g in self.groups}]
            if counted and not self.ranks:
                return (Measure(Aggregate.COUNT, counted[0]),)
            return ()
        if self.focus:
            return self.index.names[self.focus[0]] or (AllColumns(self.focus[0]),)
        described = [rank.item for rank in self.ranks if isinstance(rank.item, ColumnRef)] + list(self.filtered)
        if described:
            return self.index.names[described[0].table] or (AllColumns(described[0].table),)
        raise NoMeaning("nothing to show")

    def ranked_measure(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """`top 5 airlines by flights` shows the measure that ranks; `the airline with most flights` just the airline."""
        if not self.caps:
            return ()
        return tuple(r.item for r in self.ranks if isinstance(r.item, Measure) and r.item not in items)

    def orders(self, items: Sequence[Item]) -> tuple[Order, ...]:
        """The sort keys; a sort without a key takes the first thing shown."""
        found = [Order(rank.item, rank.descending) for rank in self.ranks]
        for sort in self.sorts:
            item = sort.item or next((i for i in items if not isinstance(i, AllColumns)), None)
            if item is None:
                raise NoMeaning("nothing to sort by")
            found.append(Order(item, sort.descending))
        return tuple(found)

    def scope(self, items: Sequence[Item]) -> tuple[str, ...]:
        """Tables in the order in which an unnamed date column is looked for: what is counted first."""
        measured = [item.table for item in items if isinstance(item, Measure)]
        ranked = [rank.item.table for rank in self.ranks if isinstance(rank.item, Measure)]
        named = [*item_tables(items), *self.focus, *(g.target for g in self.groups if isinstance(g.target, str))]
        return tuple(dict.fromkeys([*measured, *ranked, *named]))

    def grouping(self, items: Sequence[Item], orders: Sequence[Order], filters: Filters) -> tuple[ColumnRef, ...]:
        """The columns of GROUP BY: those asked for, or those that a measure beside plain columns implies."""
        measures = [i for i in items if isinstance(i, Measure)] + [
            o.item for o in orders if isinstance(o.item, Measure)
        ]
        if self.groups and (measures or filters.having):
            if any(isinstance(order.item, ColumnRef) for order in orders) and self.ranks:
                raise NoMeaning("the first row of each group is not supported")
            return group_columns(self.groups, items, self.index)
        if self.groups and self.ranks:
            raise NoMeaning("the first row of each group is not supported")
        if any(isinstance(g.target, str) and g.target not in item_tables(items) for g in self.groups):
            raise NoMeaning("groups without a measure")
        having = [m for predicate in filters.having if (m := measure_of(predicate))]
        plain = [item for item in items if isinstance(item, ColumnRef | AllColumns)]
        return implied_group(plain, [*measures, *having], self.focus, self.index) if plain else ()


class _Query:
    """Joins and filters around what is shown."""

    def __init__(
        self,
        index: SchemaIndex,
        routes: Routes,
        parts: _Parts,
        *,
        items: tuple[Item, ...],
        orders: tuple[Order, ...],
        filters: Filters,
        group: tuple[ColumnRef, ...],
    ) -> None:
        self._index = index
        self._routes = routes
        self._parts = parts
        self._items = items
        self._orders = orders
        self._filters = filters
        self._group = group

    def build(self) -> Meaning:
        """Returns the whole query."""
        measures = self._measures()
        core = self._core(measures)
        root = core[0]
        joins = self._routes.tree(root, core)
        placed = place_filters(
            self._filters, core, self._parts.focus, grouped=bool(self._group), index=self._index, routes=self._routes
        )
        joined = {root, *(join.step.far for join in joins)}
        more = self._routes.tree(root, [*(j.step.far for j in joins), *placed.joined])
        joins = (*joins, *(join for join in more if join.step.far not in joined))
        return Meaning(
            items=tuple(self._safe(item, joins) for item in self._items),
            source=root,
            joins=(*joins, *self._lookups(joined)),
            where=placed.where,
            group=self._group,
            having=tuple(self._safe_having(predicate, joins) for predicate in placed.having),
            order=tuple(Order(self._safe_order(o.item, joins), o.descending) for o in self._orders),
            limit=self._parts.limit,
            distinct=not self._group and not measures and (self._parts.once or self._repeated_values()),
        )

    def _repeated_values(self) -> bool:
        """`all transaction types` without a table asks for the values, each once."""
        columns = [item for item in self._items if isinstance(item, ColumnRef)]
        named = self._parts.focus or self._parts.groups or self._parts.ranks
        return not named and len(columns) == len(self._items) == 1 and not self._index.is_unique(columns[0])

    def _measures(self) -> list[Measure]:
        having = [m for predicate in self._filters.having if (m := measure_of(predicate))] if self._group else []
        return [
            *(item for item in self._items if isinstance(item, Measure)),
            *(order.item for order in self._orders if isinstance(order.item, Measure)),
            *having,
        ]

    def _core(self, measures: Sequence[Measure]) -> tuple[str, ...]:
        """Tables that the result is made of, the one whose rows are counted first."""
        ordered = [o.item.table for o in self._orders]
        lookups = {c for c in self._group if self._is_lookup(c)}
        grouped = [column.table for column in self._group if column not in lookups]
        shown = item_tables([item for item in self._items if item not in lookups])
        return tuple(dict.fromkeys([*(m.table for m in measures), *shown, *grouped, *ordered]))

    def _is_lookup(self, column: ColumnRef) -> bool:
        """Says whether a group column only names the row that a grouped key points to."""
        parents = {p.table for c in self._group if (p := self._index.graph.parent_of(c))}
        targets = {g.target if isinstance(g.target, str) else g.target.table for g in self._parts.groups}
        return column.table in parents and column.table not in targets and column not in self._parts.shown

    def _lookups(self, joined: set[str]) -> tuple[Join, ...]:
        """Keeps groups whose key has no partner in the table of names."""
        found = []
        for column in self._group:
            parent = self._index.graph.parent_of(column)
            if parent and parent.table not in joined and any(c.table == parent.table for c in self._group):
                path = [
                    p
                    for p in self._index.graph.paths(column.table, parent.table)
                    if p[0].near_columns == (column.column,)
                ]
                found.append(Join(path[0][0], optional=True))
        return tuple(found)

    def _unrepeated(self, measure: Measure, joins: Sequence[Join]) -> Measure:
        """Keeps a measure right where joins repeat its rows: counts go over the key, sums and averages are refused.

        Repetition from group to group is meant: a student counts in each of their courses.
        """
        if measure.distinct or measure.aggregate in (Aggregate.MIN, Aggregate.MAX):
            return measure
        if not _repeats(measure.table, joins, frozenset()):
            return measure
        key = self._index.tables[measure.table].primary_key
        if measure.aggregate is Aggregate.COUNT and len(key) == 1:
            return Measure(Aggregate.COUNT, measure.table, ColumnRef(measure.table, key[0]), distinct=True)
        if _repeats(measure.table, joins, frozenset(column.table for column in self._group)):
            raise NoMeaning(f"rows of {measure.table} would be counted more than once")
        return measure

    def _safe_having(self, predicate: Predicate, joins: Sequence[Join]) -> Predicate:
        if isinstance(predicate, Comparison | Between) and isinstance(predicate.subject, Measure):
            return replace(predicate, subject=self._unrepeated(predicate.subject, joins))
        return predicate

    def _safe_order(self, item: ColumnRef | Measure, joins: Sequence[Join]) -> ColumnRef | Measure:
        return self._unrepeated(item, joins) if isinstance(item, Measure) else item

    def _safe(self, item: Item, joins: Sequence[Join]) -> Item:
        return self._unrepeated(item, joins) if isinstance(item, Measure) else item


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
