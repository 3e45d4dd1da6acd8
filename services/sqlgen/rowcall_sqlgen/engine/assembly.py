"""From clauses to the meaning form: what is shown, grouped, joined and filtered follows from what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from rowcall_sqlgen.engine.clauses import Clause, Focus, Group
from rowcall_sqlgen.engine.filters import Filters, sort_filters
from rowcall_sqlgen.engine.grouping import item_tables, shown_items
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import (
    Between,
    Comparison,
    Item,
    Join,
    Meaning,
    Measure,
    Order,
    Predicate,
    SortKey,
    measure_of,
)
from rowcall_sqlgen.engine.naming import listed_kind
from rowcall_sqlgen.engine.nested_ranking import nest_ranking
from rowcall_sqlgen.engine.parts import Parts
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.repetition import unrepeated
from rowcall_sqlgen.engine.routes import Routes
from rowcall_sqlgen.engine.row_counts import row_count
from rowcall_sqlgen.engine.semijoins import Result, place_filters

_NO_ROLES: Mapping[str, str] = MappingProxyType({})


def assemble(clauses: Sequence[Clause], index: SchemaIndex, roles: Mapping[str, str] = _NO_ROLES) -> Meaning:
    """Builds the query. `roles`: in which role a table's rows were named, where its keys alone do not decide.

    Raises `NoMeaning` when the clauses contradict each other or the tables do not connect.
    """
    parts = Parts(clauses, index)
    items = parts.items()
    orders = parts.orders(items)
    filters = sort_filters(clauses, parts.scope(items), index)
    nested = parts.nested(items)
    if nested:
        filters = nest_ranking(nested, filters, limit=parts.limit or 1, index=index)
    elif any(isinstance(rank.item, ColumnRef) for rank in parts.ranks) and any(isinstance(i, Measure) for i in items):
        raise NoMeaning("a measure over the first row only")
    grouped = parts.grouping(items, orders, filters)
    if grouped and not all(_is_told_by(order, grouped, index) for order in orders):
        raise NoMeaning("an order by what groups do not tell")
    routes = Routes(index.graph, {**roles, **_roles(clauses)})
    shown = shown_items(items, grouped, parts.groups, index=index)
    items = (*shown, *parts.ranked_measure(items), *parts.sorting_columns(items, orders))
    return _Query(index, routes, parts, items=items, orders=orders, filters=filters, group=grouped).build()


def _is_told_by(order: Order, grouped: Sequence[ColumnRef], index: SchemaIndex) -> bool:
    """Says whether every row of a group has the same key to sort by."""
    item = order.item
    if not isinstance(item, ColumnRef) or item in grouped:
        return True
    key = index.tables[item.table].primary_key
    return bool(key) and all(ColumnRef(item.table, column) in grouped for column in key)


def _roles(clauses: Sequence[Clause]) -> dict[str, str]:
    """The roles in which tables were reached: `to airports`, `from each airport`."""
    focus = {c.table: c.role for c in clauses if isinstance(c, Focus) and c.role}
    return focus | {c.target: c.role for c in clauses if isinstance(c, Group) and c.role and isinstance(c.target, str)}


class _Query:
    """Joins and filters around what is shown."""

    def __init__(
        self,
        index: SchemaIndex,
        routes: Routes,
        parts: Parts,
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
        result = Result(core, self._parts.focus, grouped=bool(self._group))
        placed = place_filters(self._filters, result, index=self._index, routes=self._routes)
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
            limit=None if self._parts.nested(self._items) else self._parts.limit,
            distinct=not self._group and not measures and self._is_sorted_by_shown() and self._is_once(),
        )

    def _is_sorted_by_shown(self) -> bool:
        """`which destination is the farthest`: rows sorted by what they do not show cannot be shown once each."""
        return all(order.item in self._items for order in self._orders)

    def _is_once(self) -> bool:
        return self._parts.once or self._repeated_values()

    def _repeated_values(self) -> bool:
        """`all transaction types` asks for the values, each once: without a table, or where one lists just these."""
        match self._items:
            case (ColumnRef() as shown,) if not (self._parts.groups or self._parts.ranks):
                kinds = {listed_kind(self._index.tables[table]) for table in self._parts.focus}
                return kinds <= {shown} and not self._index.is_unique(shown)
        return False

    def _measures(self) -> list[Measure]:
        having = [m for predicate in self._filters.having if (m := measure_of(predicate))] if self._group else []
        return [
            *(item for item in self._items if isinstance(item, Measure)),
            *(order.item for order in self._orders if isinstance(order.item, Measure)),
            *having,
        ]

    def _core(self, measures: Sequence[Measure]) -> tuple[str, ...]:
        """Tables that the result is made of, the one whose rows are counted first."""
        ordered = item_tables([order.item for order in self._orders])
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

    def _safe_having(self, predicate: Predicate, joins: Sequence[Join]) -> Predicate:
        if isinstance(predicate, Comparison | Between) and isinstance(predicate.subject, Measure):
            return replace(predicate, subject=self._safe_measure(predicate.subject, joins))
        return predicate

    def _safe_order(self, item: SortKey, joins: Sequence[Join]) -> SortKey:
        return self._safe_measure(item, joins) if isinstance(item, Measure) else item

    def _safe(self, item: Item, joins: Sequence[Join]) -> Item:
        return self._safe_measure(item, joins) if isinstance(item, Measure) else item

    def _safe_measure(self, measure: Measure, joins: Sequence[Join]) -> Measure:
        groups = frozenset(column.table for column in self._group)
        return unrepeated(row_count(measure, self._index), joins, groups, index=self._index)
