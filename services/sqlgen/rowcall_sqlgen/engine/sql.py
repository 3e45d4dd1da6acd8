"""From the meaning form to SQL text, over sqlglot's expression tree."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlglot import Dialect as SqlDialect
from sqlglot import exp

from rowcall_contracts.catalog import ColumnKind, Dialect, Table
from rowcall_sqlgen.engine.aliases import AGGREGATE_NAMES, aliases
from rowcall_sqlgen.engine.calendar_sql import calendar_part, dated, duration
from rowcall_sqlgen.engine.calendar_units import WeekdayPart
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    AllOf,
    AnyOf,
    Arithmetic,
    Between,
    Calculation,
    CalendarPart,
    Comparison,
    Compound,
    Duration,
    InSequence,
    IsNull,
    Item,
    Join,
    Like,
    Meaning,
    Measure,
    Membership,
    Not,
    OneOf,
    OnWeekdays,
    Order,
    OverGroups,
    Predicate,
    Query,
    Running,
    Scalar,
    SetOperator,
    SortKey,
)
from rowcall_sqlgen.engine.reserved_words import needs_quotes
from rowcall_sqlgen.engine.running_sql import course

_COMPARISONS: Mapping[Operator, type[exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE]] = {
    Operator.EQ: exp.EQ,
    Operator.NE: exp.NEQ,
    Operator.LT: exp.LT,
    Operator.LE: exp.LTE,
    Operator.GT: exp.GT,
    Operator.GE: exp.GTE,
}
_AGGREGATES: Mapping[Aggregate, type[exp.Count | exp.Sum | exp.Avg | exp.Min | exp.Max]] = {
    Aggregate.COUNT: exp.Count,
    Aggregate.SUM: exp.Sum,
    Aggregate.AVG: exp.Avg,
    Aggregate.MIN: exp.Min,
    Aggregate.MAX: exp.Max,
}
_SET_OPERATORS: Mapping[SetOperator, type[exp.Union | exp.Intersect | exp.Except]] = {
    SetOperator.UNION: exp.Union,
    SetOperator.INTERSECT: exp.Intersect,
    SetOperator.EXCEPT: exp.Except,
}
_SQL_DIALECTS: Mapping[Dialect, SqlDialect] = {each: SqlDialect.get_or_raise(each.value) for each in Dialect}
_UNNAMED: Mapping[Item, str] = MappingProxyType({})
_DEFAULT_NAMESPACES = frozenset({"public", "main"})


def write_sql(meaning: Query, dialect: Dialect, tables: Mapping[str, Table]) -> str:
    """Returns one statement on one line. The same meaning always gives the same text."""
    named = aliases(meaning, tables) if isinstance(meaning, Meaning) else _UNNAMED
    return _Writer(dialect, tables).whole(meaning, named).sql(dialect=_SQL_DIALECTS[dialect], copy=False)


class _Writer:
    def __init__(self, dialect: Dialect, tables: Mapping[str, Table]) -> None:
        self.dialect = dialect
        self._tables = tables

    def whole(self, query: Query, named: Mapping[Item, str] = _UNNAMED) -> exp.Query:
        """Writes a query of any form."""
        if isinstance(query, OverGroups):
            return self._over_groups(query)
        if isinstance(query, Compound):
            sides = {"this": self.whole(query.left), "expression": self.whole(query.right)}
            return _SET_OPERATORS[query.operator](**sides, distinct=True)
        return self.query(query, named)

    def _over_groups(self, query: OverGroups) -> exp.Select:
        counts = query.aggregate is Aggregate.COUNT
        shown = aliases(query.inner, self._tables)
        measured = next((shown[item] for item in query.inner.items if item in shown), None)
        of = exp.Star() if counts or measured is None else exp.column(self.identifier(measured))
        name = "group_count" if measured is None else f"{AGGREGATE_NAMES[query.aggregate]}_{measured}"
        number = exp.alias_(_AGGREGATES[query.aggregate](this=of), self.identifier(name), copy=False)
        inner = self.query(query.inner, shown).subquery("groups_of_rows", copy=False)
        return exp.select(number, copy=False).from_(inner, copy=False)

    def query(self, meaning: Meaning, named: Mapping[Item, str] = _UNNAMED) -> exp.Select:
        scope = _Scope(self, qualified=bool(meaning.joins), named=named)
        # Every builder copies the whole tree unless told not to.
        query = exp.select(*map(scope.shown, meaning.items), copy=False).from_(self.table(meaning.source), copy=False)
        for join in meaning.joins:
            kind = "left" if join.optional else ""
            query.join(self.table(join.step.far), on=self._on(join), join_type=kind, copy=False)
        if meaning.where:
            query.where(*map(scope.predicate, meaning.where), copy=False)
        if meaning.group:
            query.group_by(*map(scope.item, meaning.group), copy=False)
        if meaning.having:
            query.having(*map(scope.predicate, meaning.having), copy=False)
        if meaning.order:
            cut = meaning.limit is not None
            query.order_by(*(scope.order(order, cut=cut) for order in meaning.order), copy=False)
        if meaning.distinct:
            query.distinct(copy=False)
        return _cut(query, meaning)

    def table(self, name: str) -> exp.Table:
        namespace = self._tables[name].namespace
        own = None if namespace in _DEFAULT_NAMESPACES else namespace
        return exp.Table(this=self.identifier(name), db=self.identifier(own) if own else None)

    def identifier(self, name: str) -> exp.Identifier:
        return exp.to_identifier(name, quoted=needs_quotes(name, self.dialect))

    def nullable(self, item: SortKey) -> bool:
        """Says whether the sort key may be NULL, which is no extreme and must not be the first of the cut rows."""
        if isinstance(item, Calculation | Duration | Running):
            return True
        ref = item if isinstance(item, ColumnRef) else item.column
        if ref is None or (isinstance(item, Measure) and item.aggregate is Aggregate.COUNT):
            return False
        column = self._tables[ref.table].column(ref.column)
        return column is None or (column.nullable and column.profile.null_count != 0)

    def is_text(self, ref: ColumnRef) -> bool:
        """Says whether the column is declared as text, whatever it holds."""
        column = self._tables[ref.table].column(ref.column)
        return column is not None and column.kind is ColumnKind.TEXT

    def nulls_first(self, descending: bool) -> bool:
        """Returns where the engine puts NULL by itself, so that no NULLS clause is written."""
        match self.dialect:
            case Dialect.SQLITE | Dialect.MYSQL:
                return not descending
            case Dialect.POSTGRES:
                return descending
            case Dialect.DUCKDB:
                return False

    def _on(self, join: Join) -> exp.Expr:
        scope = _Scope(self, qualified=True)
        step = join.step
        pairs = zip(step.near_columns, step.far_columns, strict=True)
        return exp.and_(
            *(
                exp.EQ(
                    this=scope.column(ColumnRef(step.near, near)),
                    expression=scope.column(ColumnRef(step.far, far)),
                )
                for near, far in pairs
            ),
            copy=False,
        )


class _Scope:
    """Expressions inside one SELECT; columns carry their table only where several tables are joined."""

    def __init__(self, writer: _Writer, *, qualified: bool, named: Mapping[Item, str] = _UNNAMED) -> None:
        self._writer = writer
        self._qualified = qualified
        self._named = named

    def shown(self, item: Item) -> exp.Expr:
        """Writes what stands in the SELECT list."""
        alias = self._named.get(item)
        return exp.alias_(self.item(item), self._writer.identifier(alias), copy=False) if alias else self.item(item)

    def item(self, item: Item) -> exp.Expr:
        match item:
            case ColumnRef():
                return self.column(item)
            case Measure():
                return self.measure(item)
            case Calculation():
                return self.calculation(item)
            case CalendarPart(column, unit):
                return calendar_part(self._date(column), unit, self._writer.dialect)
            case Duration():
                return self._duration(item)
            case Running() | InSequence():
                return self._over_time(item)
            case AllColumns(table):
                return (
                    exp.Column(this=exp.Star(), table=self._writer.identifier(table)) if self._qualified else exp.Star()
                )

    def column(self, ref: ColumnRef) -> exp.Column:
        table = self._writer.identifier(ref.table) if self._qualified else None
        return exp.Column(this=self._writer.identifier(ref.column), table=table)

    def measure(self, measure: Measure) -> exp.Expr:
        of: exp.Expr = self.column(measure.column) if measure.column else exp.Star()
        if measure.where:
            counted = of if measure.column else exp.Literal.number(1)
            of = exp.Case(ifs=[exp.If(this=self._combined(AllOf(measure.where)), true=counted)])
        if measure.distinct:
            of = exp.Distinct(expressions=[of])
        return _AGGREGATES[measure.aggregate](this=of)

    def calculation(self, calculation: Calculation) -> exp.Expr:
        left, right = self._operand(calculation.left), self._operand(calculation.right)
        if calculation.arithmetic is Arithmetic.DIFFERENCE:
            found: exp.Expr = exp.Sub(this=left, expression=right)
        else:
            left = exp.cast(left, exp.DType.DOUBLE)
            if calculation.arithmetic is Arithmetic.PERCENTAGE:
                left = exp.Mul(this=exp.Literal.number("100.0"), expression=left)
            divisor = exp.Nullif(this=right, expression=exp.Literal.number(0))
            # `typed`: both sides have the type that they need, so that sqlglot adds no further cast.
            found = exp.Div(this=left, expression=divisor, typed=True)
        return _AGGREGATES[calculation.aggregate](this=found) if calculation.aggregate else found

    def _over_time(self, item: Running | InSequence) -> exp.Expr:
        if isinstance(item, InSequence):
            places = (exp.If(this=_literal(text), true=_literal(at)) for at, text in enumerate(item.sequence, start=1))
            return exp.Case(this=self.column(item.column), ifs=list(places))
        first = self._writer.nulls_first(descending=False)
        along = [exp.Ordered(this=self.item(key), nulls_first=first) for key in item.along]
        return course(item.course, self.measure(item.measure), along, within=[self.item(key) for key in item.within])

    def _operand(self, operand: ColumnRef | Measure | Meaning) -> exp.Expr:
        return exp.Subquery(this=self._writer.whole(operand)) if isinstance(operand, Meaning) else self.item(operand)

    def _date(self, ref: ColumnRef) -> exp.Expr:
        return dated(self.column(ref), self._writer.dialect, is_text=self._writer.is_text(ref))

    def _duration(self, item: Duration) -> exp.Expr:
        time = duration(self.column(item.first), self.column(item.last), item.unit, dialect=self._writer.dialect)
        return _AGGREGATES[item.aggregate](this=time) if item.aggregate else time

    def order(self, order: Order, *, cut: bool) -> exp.Ordered:
        by_itself = self._writer.nulls_first(order.descending)
        nulls_first = False if cut and self._writer.nullable(order.item) else by_itself
        item = self._sort_key(order.item, moves_nulls=nulls_first is not by_itself)
        return exp.Ordered(this=item, desc=order.descending or None, nulls_first=nulls_first)

    def _sort_key(self, item: Item, *, moves_nulls: bool) -> exp.Expr:
        """MySQL has no NULLS LAST; the CASE that stands for it takes no alias of an aggregate (its error 1247)."""
        alias = None if isinstance(item, ColumnRef) else self._named.get(item)
        if alias is None or (moves_nulls and self._writer.dialect is Dialect.MYSQL):
            return self.item(item)
        return exp.Column(this=self._writer.identifier(alias))

    def predicate(self, predicate: Predicate) -> exp.Expr:
        match predicate:
            case Comparison(subject, operator, value):
                return _COMPARISONS[operator](this=self.item(subject), expression=self._value(value))
            case OneOf(column, values):
                return exp.In(this=self.column(column), expressions=[_literal(value) for value in values])
            case Between(subject, low, high):
                return exp.Between(this=self.item(subject), low=_literal(low), high=_literal(high))
            case Like(column, pattern):
                return exp.Like(this=self.column(column), expression=exp.Literal.string(pattern))
            case IsNull(column):
                return exp.Is(this=self.column(column), expression=exp.Null())
            case OnWeekdays(column, days):
                number = self.item(CalendarPart(column, WeekdayPart.NUMBER))
                return exp.In(this=exp.paren(number, copy=False), expressions=[_literal(day) for day in days])
            case Membership(column, inner):
                return exp.In(this=self.column(column), query=exp.Subquery(this=self._members(inner)))
            case _:
                return self._combined(predicate)

    def _combined(self, predicate: Not | AllOf | AnyOf) -> exp.Expr:
        match predicate:
            case Not(inner):
                return exp.not_(self.predicate(inner), copy=False)
            case AllOf(parts):
                return exp.and_(*self._all(parts), copy=False)
            case AnyOf(parts):
                return exp.or_(*self._all(parts), copy=False)

    def _all(self, predicates: Sequence[Predicate]) -> list[exp.Expr]:
        return [self.predicate(predicate) for predicate in predicates]

    def _members(self, inner: Query) -> exp.Query:
        """MySQL takes no LIMIT right inside IN (its error 1235), but takes one a level below."""
        members = self._writer.whole(inner)
        if self._writer.dialect is Dialect.MYSQL and members.args.get("limit") is not None:
            return exp.select("*").from_(members.subquery("members", copy=False), copy=False)
        return members

    def _value(self, value: Scalar | Measure | ColumnRef | Query) -> exp.Expr:
        match value:
            case ColumnRef():
                return self.column(value)
            case Measure():
                return self._value(Meaning(items=(value,), source=value.table))
            case Meaning() | Compound() | OverGroups():
                return exp.Subquery(this=self._writer.whole(value))
        return _literal(value)


def _cut(query: exp.Select, meaning: Meaning) -> exp.Select:
    if meaning.limit is not None:
        query.limit(meaning.limit, copy=False)
    return query.offset(meaning.offset, copy=False) if meaning.offset else query


def _literal(value: Scalar) -> exp.Expr:
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)
