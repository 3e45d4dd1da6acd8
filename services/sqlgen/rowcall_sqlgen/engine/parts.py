"""The clauses of a question by kind, and what follows from them before any table is joined."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.clauses import Cap, Clause, Focus, Group, Once, Rank, Show, SortBy
from rowcall_sqlgen.engine.filters import Filters
from rowcall_sqlgen.engine.grouping import group_columns, implied_group, item_tables
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import AllColumns, Item, Measure, Order, measure_of
from rowcall_sqlgen.engine.problems import NoMeaning, NoOrder


class Parts:
    """The clauses by kind."""

    def __init__(self, clauses: Sequence[Clause], index: SchemaIndex) -> None:
        self.index = index
        self.focus = tuple(dict.fromkeys(c.table for c in clauses if isinstance(c, Focus)))
        self.groups = tuple(c for c in clauses if isinstance(c, Group))
        ranks = tuple(c for c in clauses if isinstance(c, Rank))
        shown = tuple(dict.fromkeys(c.item for c in clauses if isinstance(c, Show)))
        self.sorts = tuple(c for c in clauses if isinstance(c, SortBy))
        self.caps = tuple(c.count for c in clauses if isinstance(c, Cap))
        self.ranks_groups = _follows(clauses)
        extremes = _extremes(ranks) if self.groups and not (shown or self.caps or self.sorts) else ()
        self.shown = extremes or shown
        self.ranks = () if extremes else ranks
        self.once = any(isinstance(c, Once) for c in clauses)
        if len(self.ranks) > 1 or len(self.caps) > 1 or len(self.sorts) > 2:
            raise NoMeaning("several orders or limits")
        if any(c.ranked for c in clauses if isinstance(c, Cap)) and not (self.ranks or self.sorts):
            raise NoOrder(self.caps[0])

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
        ranked = [rank.item for rank in self.ranks if isinstance(rank.item, ColumnRef)]
        if ranked:
            return self.index.names[ranked[0].table] or (AllColumns(ranked[0].table),)
        raise NoMeaning("nothing to show")

    def ranked_measure(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """`top 5 airlines by flights` shows what ranks them, `the airline with most flights` just the airline."""
        if not self.caps:
            return ()
        return tuple(r.item for r in self.ranks if isinstance(r.item, Measure) and r.item not in items)

    def sorting_columns(self, items: Sequence[Item], orders: Sequence[Order]) -> tuple[ColumnRef, ...]:
        """`distinct names sorted by price`: rows can be shown once each only with what they are sorted by."""
        plain = all(isinstance(item, ColumnRef) for item in (*items, *(order.item for order in orders)))
        if not (self.once and plain) or self.groups or self.ranks or self.caps:
            return ()
        return tuple(order.item for order in orders if isinstance(order.item, ColumnRef) and order.item not in items)

    def nested(self, items: Sequence[Item]) -> Rank | None:
        """A ranking of another table than the one shown: `cities in the county with the most officers`."""
        entity = next(iter(item_tables(items)), None)
        for rank in self.ranks:
            if rank.owner not in (None, entity, rank.item.table) and isinstance(rank.item, Measure):
                raise NoMeaning("a ranking by a measure of other rows than those shown")
            if isinstance(rank.item, ColumnRef) and rank.owner == rank.item.table != entity:
                return rank
        return None

    def orders(self, items: Sequence[Item]) -> tuple[Order, ...]:
        """The sort keys; a sort without a key takes the first thing shown."""
        nested = self.nested(items)
        found = [Order(rank.item, rank.descending) for rank in self.ranks if rank != nested]
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
        if self.ranks and self.ranks_groups:
            raise NoMeaning("the first rows of each group are not supported")
        measures = [i for i in items if isinstance(i, Measure)] + [
            o.item for o in orders if isinstance(o.item, Measure)
        ]
        if self.groups and (measures or filters.having):
            if any(isinstance(order.item, ColumnRef) for order in orders) and self.ranks:
                raise NoMeaning("the first row of each group is not supported")
            return group_columns(self.groups, items, self.index)
        if self.groups and self.ranks:
            raise NoMeaning("the first row of each group is not supported")
        shown = {*item_tables(items), *items}
        if any(g.target not in shown for g in self.groups):
            raise NoMeaning("groups without a measure")
        having = [m for predicate in filters.having if (m := measure_of(predicate))]
        plain = [item for item in items if isinstance(item, ColumnRef | AllColumns)]
        return implied_group(plain, [*measures, *having], self.focus, index=self.index) if plain else ()


def _follows(clauses: Sequence[Clause]) -> bool:
    """`top 3 destinations for each origin`: says whether a group comes behind the ranking, and is none it ranks."""
    ranked = next((at for at, clause in enumerate(clauses) if isinstance(clause, Rank)), len(clauses))
    return any(isinstance(clause, Group) for clause in clauses[ranked:])


def _extremes(ranks: Sequence[Rank]) -> tuple[Measure, ...]:
    """`the longest flight of each carrier`: the extreme of each group, which several of its rows may reach."""
    found = [rank for rank in ranks if isinstance(rank.item, ColumnRef) and rank.count is None]
    if len(found) != len(ranks):
        return ()
    return tuple(
        Measure(Aggregate.MAX if rank.descending else Aggregate.MIN, rank.item.table, rank.item)
        for rank in found
        if isinstance(rank.item, ColumnRef)
    )
