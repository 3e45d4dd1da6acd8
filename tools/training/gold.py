"""Gold SQL in the parser's output language: keywords, names and literals in the order in which they are written."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.parser.actions import Keyword
from rowcall_sqlgen.parser.join_trees import JoinTrees


@dataclass(frozen=True, slots=True)
class TableName:
    """A table that is named."""

    table: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value."""

    value: str | int | float


Symbol = Keyword | TableName | ColumnRef | Literal


class Inexpressible(Exception):
    """The query uses what the output language has no words for."""


_FUNCTIONS: dict[type[exp.Expr], Keyword] = {
    exp.Sum: Keyword.SUM,
    exp.Avg: Keyword.AVG,
    exp.Min: Keyword.MIN,
    exp.Max: Keyword.MAX,
}
_COMPARISONS: dict[type[exp.Expr], Keyword] = {
    exp.EQ: Keyword.EQ,
    exp.NEQ: Keyword.NE,
    exp.LT: Keyword.LT,
    exp.LTE: Keyword.LE,
    exp.GT: Keyword.GT,
    exp.GTE: Keyword.GE,
}
_NEGATIONS = {Keyword.EQ: Keyword.NE, Keyword.NE: Keyword.EQ}
_SET_OPERATORS: dict[type[exp.Expr], Keyword] = {
    exp.Union: Keyword.UNION,
    exp.Intersect: Keyword.INTERSECT,
    exp.Except: Keyword.EXCEPT,
}
_ROWS = TableName("")
"""Stands for the table whose rows a star means, until all tables are known."""


def gold_symbols(sql: str, index: SchemaIndex, joins: JoinTrees) -> tuple[Symbol, ...]:
    """Returns the symbols of a SQLite query. Raises `Inexpressible`."""
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except SqlglotError as error:
        raise Inexpressible("unparseable") from error
    return (*_query(tree, index, joins), Keyword.END)


def _query(tree: exp.Expr | None, index: SchemaIndex, joins: JoinTrees) -> list[Symbol]:
    if isinstance(tree, exp.Subquery):
        return _query(tree.this, index, joins)
    if isinstance(tree, exp.SetOperation):
        if tree.args.get("order") or tree.args.get("limit"):
            raise Inexpressible("an order of a set operation")
        operator = _SET_OPERATORS[type(tree)]
        return [*_query(tree.this, index, joins), operator, *_query(tree.expression, index, joins)]
    if not isinstance(tree, exp.Select):
        raise Inexpressible(type(tree).__name__)
    return _Select(tree, index, joins).symbols()


class _Select:
    """One SELECT and the tables it names."""

    def __init__(self, tree: exp.Select, index: SchemaIndex, joins: JoinTrees) -> None:
        self._tree = tree
        self._index = index
        self._joins = joins
        self._spelled = {name.lower(): name for name in index.tables}
        self._scope: dict[str, str] = {}
        self._used: list[str] = []
        self._fill_scope()

    def symbols(self) -> list[Symbol]:
        tree = self._tree
        head: list[Symbol] = [Keyword.SELECT]
        if tree.args.get("distinct"):
            head.append(Keyword.DISTINCT)
        for item in tree.expressions:
            head += self._item(item)
        body = [*self._where(), *self._group(), *self._having(), *self._order(), *self._limit()]
        unnamed = [table for table in self._scope.values() if table not in self._used]
        star = (unnamed or list(self._scope.values()))[0]
        has_star = _ROWS in head or _ROWS in body
        named = [*self._used, *([star] if has_star else [])]
        from_ = self._from(named)
        return [TableName(star) if symbol == _ROWS else symbol for symbol in (*head, *from_, *body)]

    def _fill_scope(self) -> None:
        from_ = self._tree.args.get("from_")
        if from_ is None:
            raise Inexpressible("no table")
        for source in (from_.this, *(join.this for join in self._tree.args.get("joins") or ())):
            if not isinstance(source, exp.Table) or source.name.lower() not in self._spelled:
                raise Inexpressible("a table of another kind")
            self._scope[(source.alias or source.name).lower()] = self._spelled[source.name.lower()]
        if len(set(self._scope.values())) < len(self._scope):
            raise Inexpressible("a table joined with itself")

    def _from(self, named: Iterable[str]) -> list[Symbol]:
        """Names the tables that joining the others would not reach."""
        tree = self._joins.tree(tuple(named))
        reached = {tree[0], *(join.step.far for join in tree[1])} if tree else set(named)
        missing = [table for table in self._scope.values() if table not in reached]
        return [Keyword.FROM, *map(TableName, missing)] if missing else []

    def _column(self, node: exp.Expr) -> ColumnRef:
        if not isinstance(node, exp.Column):
            raise Inexpressible(f"an expression: {type(node).__name__}")
        if node.table and node.table.lower() not in self._scope:
            raise Inexpressible("a column of an outer query")
        tables = [self._scope[node.table.lower()]] if node.table else list(self._scope.values())
        for table in tables:
            column = self._index.tables[table].column(node.name)
            if column is not None:
                self._used.append(table)
                return ColumnRef(table, column.name)
        raise Inexpressible("an unknown column")

    def _item(self, node: exp.Expr) -> list[Symbol]:
        while isinstance(node, exp.Alias | exp.Paren):
            node = node.this
        match node:
            case exp.Count():
                return self._count(node.this)
            case exp.Star():
                return [Keyword.ALL, _ROWS]
            case exp.Column(this=exp.Star()):
                return self._all(node)
        if type(node) in _FUNCTIONS:
            return [_FUNCTIONS[type(node)], self._column(node.this)]
        return [Keyword.PLAIN, self._column(node)]

    def _all(self, star: exp.Column) -> list[Symbol]:
        table = self._scope[star.table.lower()]
        self._used.append(table)
        return [Keyword.ALL, TableName(table)]

    def _count(self, counted: exp.Expr) -> list[Symbol]:
        if isinstance(counted, exp.Distinct):
            if len(counted.expressions) != 1:
                raise Inexpressible("distinct pairs")
            return [Keyword.COUNT_DISTINCT, self._column(counted.expressions[0].unnest())]
        return [Keyword.COUNT, _ROWS if isinstance(counted, exp.Star) else self._column(counted)]

    def _where(self) -> list[Symbol]:
        where = self._tree.args.get("where")
        return [Keyword.WHERE, *self._conditions(where.this)] if where else []

    def _group(self) -> list[Symbol]:
        group = self._tree.args.get("group")
        return [Keyword.GROUP, *(self._column(column) for column in group.expressions)] if group else []

    def _having(self) -> list[Symbol]:
        having = self._tree.args.get("having")
        return [Keyword.HAVING, *self._conditions(having.this)] if having else []

    def _order(self) -> list[Symbol]:
        order = self._tree.args.get("order")
        if not order:
            return []
        directions = {bool(key.args.get("desc")) for key in order.expressions}
        if len(directions) > 1:
            raise Inexpressible("keys in two directions")
        keys = [symbol for key in order.expressions for symbol in self._item(key.this)]
        return [Keyword.ORDER, *keys, Keyword.DESCENDING if directions.pop() else Keyword.ASCENDING]

    def _limit(self) -> list[Symbol]:
        limit = self._tree.args.get("limit")
        return [Keyword.LIMIT, _literal(limit.expression)] if limit else []

    def _conditions(self, node: exp.Expr) -> list[Symbol]:
        node = node.unnest()
        if not isinstance(node, exp.And | exp.Or):
            return self._condition(node, negated=False)
        sides = (node.this.unnest(), node.expression.unnest())
        if isinstance(node, exp.And) and any(isinstance(side, exp.Or) for side in sides):
            raise Inexpressible("brackets around alternatives")
        link = Keyword.AND if isinstance(node, exp.And) else Keyword.OR
        return [*self._conditions(sides[0]), link, *self._conditions(sides[1])]

    def _condition(self, node: exp.Expr, *, negated: bool) -> list[Symbol]:
        node = node.unnest()
        if isinstance(node, exp.Not):
            return self._condition(node.this, negated=not negated)
        if not isinstance(node, exp.Predicate):
            raise Inexpressible(f"a condition: {type(node).__name__}")
        negated ^= bool(node.args.get("negate"))
        left = self._item(node.this)
        if type(node) in _COMPARISONS:
            operator = _COMPARISONS[type(node)]
            if negated and operator not in _NEGATIONS:
                raise Inexpressible("a negated comparison")
            return [*left, _NEGATIONS[operator] if negated else operator, *self._right_side(node.expression)]
        return [*left, *self._other_condition(node, negated=negated)]

    def _other_condition(self, node: exp.Expr, *, negated: bool) -> list[Symbol]:
        match node:
            case exp.Like():
                return _pattern(node, negated=negated)
            case exp.Between() if not negated:
                return [Keyword.BETWEEN, _literal(node.args["low"]), _literal(node.args["high"])]
            case exp.In() if node.args.get("query"):
                return [Keyword.NOT_IN if negated else Keyword.IN, *self._inner(node.args["query"])]
            case exp.Is(expression=exp.Null()):
                return [Keyword.NOT_NULL if negated else Keyword.NULL]
        raise Inexpressible(f"a condition: {type(node).__name__}")

    def _right_side(self, node: exp.Expr) -> list[Symbol]:
        node = node.unnest() if isinstance(node, exp.Paren) else node
        if isinstance(node, exp.Subquery | exp.Select):
            return self._inner(node)
        if isinstance(node, exp.Column) and (node.table or not node.this.quoted):
            return [Keyword.COLUMN, self._column(node)]
        return [_literal(node)]

    def _inner(self, node: exp.Expr) -> list[Symbol]:
        return [Keyword.QUERY, *_query(node, self._index, self._joins), Keyword.CLOSE]


def _pattern(like: exp.Like, *, negated: bool) -> list[Symbol]:
    pattern = _literal(like.expression).value
    if not isinstance(pattern, str):
        raise Inexpressible("a pattern that is no text")
    before, after = pattern.startswith("%"), pattern.endswith("%")
    if negated:
        operator = Keyword.CONTAINS_NOT
    elif before == after:
        operator = Keyword.CONTAINS
    else:
        operator = Keyword.STARTS if after else Keyword.ENDS
    return [operator, Literal(pattern.strip("%"))]


def _literal(node: exp.Expr) -> Literal:
    match node:
        case exp.Neg():
            inner = _literal(node.this).value
            if isinstance(inner, str):
                raise Inexpressible("a negated text")
            return Literal(-inner)
        case exp.Literal(is_string=True):
            return Literal(node.name)
        case exp.Literal():
            number = float(node.name)
            return Literal(int(number) if number.is_integer() else number)
        case exp.Column() if not node.table and node.this.quoted:
            return Literal(node.name)  # SQLite takes an unknown quoted name for a text
    raise Inexpressible(f"a value: {type(node).__name__}")
