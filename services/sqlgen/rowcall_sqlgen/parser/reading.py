"""From actions to the meaning form: FROM and JOIN are supplied here."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    AllOf,
    AnyOf,
    Between,
    Comparison,
    Compound,
    IsNull,
    Item,
    Like,
    Meaning,
    Measure,
    Membership,
    Not,
    Order,
    Predicate,
    Query,
    Scalar,
    SetOperator,
)
from rowcall_sqlgen.parser.actions import (
    COMPARISONS,
    MEMBERSHIPS,
    OPERANDS,
    PATTERNS,
    SET_OPERATORS,
    Action,
    Keyword,
    Pointer,
)
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.memberships import connected
from rowcall_sqlgen.parser.nodes import Nodes, ValueNode

_ITEMS = OPERANDS | {Keyword.ALL}
_WILD = {
    Keyword.CONTAINS: "%{}%",
    Keyword.CONTAINS_NOT: "%{}%",
    Keyword.STARTS: "{}%",
    Keyword.ENDS: "%{}",
}


class Unreadable(Exception):
    """The actions make no query: tables that do not connect, or a value where none fits."""


def read_query(actions: Sequence[Action], nodes: Nodes, joins: JoinTrees) -> Query:
    """Returns the query. Raises `Unreadable`."""
    return _Reader(actions, nodes, joins).query()


class _Reader:
    """A cursor over the actions."""

    def __init__(self, actions: Sequence[Action], nodes: Nodes, joins: JoinTrees) -> None:
        self._actions = actions
        self._nodes = nodes
        self._joins = joins
        self._at = 0
        self._tables: list[str] = []

    def query(self) -> Query:
        found: Query = self._core()
        while (operator := self._actions[self._at]) in SET_OPERATORS:
            self._at += 1
            found = Compound(SetOperator(operator.value), found, self._core())
        return found

    def _core(self) -> Meaning:
        outer, self._tables = self._tables, []
        self._skip(Keyword.SELECT)
        distinct = self._skip(Keyword.DISTINCT)
        items = tuple(self._items())
        if self._skip(Keyword.FROM):
            while isinstance(self._next, Pointer):
                self._table()
        where = self._conditions() if self._skip(Keyword.WHERE) else ()
        group = tuple(self._columns()) if self._skip(Keyword.GROUP) else ()
        having = self._conditions() if self._skip(Keyword.HAVING) else ()
        order = tuple(self._order()) if self._skip(Keyword.ORDER) else ()
        limit = self._limit() if self._skip(Keyword.LIMIT) else None
        for parts in (items, where, group, having, order):
            if len(set(parts)) < len(parts):
                raise Unreadable("The same is said twice.")
        tree = self._joins.tree(self._tables)
        if tree is None:
            raise Unreadable("The tables do not connect.")
        self._tables = outer
        return Meaning(
            items=items,
            source=tree[0],
            joins=tree[1],
            where=where,
            group=group,
            having=having,
            order=order,
            limit=limit,
            distinct=distinct,
        )

    @property
    def _next(self) -> Action:
        return self._actions[self._at]

    def _take(self) -> Action:
        self._at += 1
        return self._actions[self._at - 1]

    def _skip(self, keyword: Keyword) -> bool:
        found = self._next is keyword
        self._at += found
        return found

    def _node(self) -> str | ColumnRef | ValueNode:
        action = self._take()
        if not isinstance(action, Pointer):
            raise Unreadable(f"{action} stands where something is named.")
        return self._nodes.at(action.node)

    def _table(self) -> str:
        found = self._node()
        if not isinstance(found, str):
            raise Unreadable("No table stands where one is named.")
        self._tables.append(found)
        return found

    def _column(self) -> ColumnRef:
        found = self._node()
        if not isinstance(found, ColumnRef):
            raise Unreadable("No column stands where one is named.")
        self._tables.append(found.table)
        return found

    def _value(self) -> Scalar:
        found = self._node()
        if not isinstance(found, ValueNode):
            raise Unreadable("No value stands where one is named.")
        return found.value

    def _columns(self) -> "list[ColumnRef]":
        found = []
        while isinstance(self._next, Pointer):
            found.append(self._column())
        return found

    def _items(self) -> list[Item]:
        found = []
        while self._next in _ITEMS:
            found.append(self._item())
        return found

    def _item(self) -> Item:
        function = self._take()
        if function is Keyword.ALL:
            return AllColumns(self._table())
        if function is Keyword.COUNT and not self._points_to_column():
            return Measure(Aggregate.COUNT, self._table())
        ref = self._column()
        if function is Keyword.PLAIN:
            return ref
        if function is Keyword.COUNT_DISTINCT:
            return Measure(Aggregate.COUNT, ref.table, ref, distinct=True)
        return Measure(Aggregate(str(function)), ref.table, ref)

    def _points_to_column(self) -> bool:
        return isinstance(self._next, Pointer) and isinstance(self._nodes.at(self._next.node), ColumnRef)

    def _conditions(self) -> tuple[Predicate, ...]:
        """AND binds more strongly than OR, as in SQL."""
        alternatives = [[self._condition()]]
        while self._next in (Keyword.AND, Keyword.OR):
            if self._take() is Keyword.OR:
                alternatives.append([])
            alternatives[-1].append(self._condition())
        if len(alternatives) == 1:
            return tuple(alternatives[0])
        sides = tuple(part[0] if len(part) == 1 else AllOf(tuple(part)) for part in alternatives)
        if len(set(sides)) < len(sides):
            raise Unreadable("The same is said twice.")
        return (AnyOf(sides),)

    def _condition(self) -> Predicate:
        subject, operator = self._item(), self._take()
        if not isinstance(subject, ColumnRef | Measure) or isinstance(operator, Pointer):
            raise Unreadable("A condition is about a column or a measure.")
        if operator in COMPARISONS:
            return Comparison(subject, Operator(operator.value), self._right_side())
        if operator is Keyword.BETWEEN:
            return Between(subject, self._value(), self._value())
        if not isinstance(subject, ColumnRef):
            raise Unreadable("Such a condition is about a column.")
        return self._column_condition(subject, operator)

    def _column_condition(self, column: ColumnRef, operator: Keyword) -> Predicate:
        if operator in PATTERNS:
            like = Like(column, _WILD[operator].format(str(self._value()).replace("%", "").replace("_", "")))
            return Not(like) if operator is Keyword.CONTAINS_NOT else like
        if operator in MEMBERSHIPS:
            member = connected(Membership(column, self._inner()), self._joins)
            return Not(member) if operator is Keyword.NOT_IN else member
        return Not(IsNull(column)) if operator is Keyword.NOT_NULL else IsNull(column)

    def _right_side(self) -> Scalar | ColumnRef | Query:
        if self._next is Keyword.QUERY:
            return self._inner()
        return self._column() if self._skip(Keyword.COLUMN) else self._value()

    def _inner(self) -> Query:
        self._skip(Keyword.QUERY)
        tables = self._tables
        found = self.query()
        self._tables = tables
        self._skip(Keyword.CLOSE)
        return found

    def _order(self) -> list[Order]:
        keys = self._items()
        descending = self._take() is Keyword.DESCENDING
        return [Order(key, descending) for key in keys if not isinstance(key, AllColumns)]

    def _limit(self) -> int:
        count = self._value()
        if not isinstance(count, int) or count < 1:
            raise Unreadable("A limit is a whole number.")
        return count
