"""Stored terms as the engine reads them: names found in the catalog, conditions and measures in the meaning form."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import structlog
from sqlglot import exp

from rowcall_contracts.catalog import Catalog, Table
from rowcall_sqlgen.engine.marks import Aggregate, ColumnMention, ColumnRef, Operator, TableMention
from rowcall_sqlgen.engine.meaning import (
    AllOf,
    AnyOf,
    Between,
    Comparison,
    IsNull,
    Like,
    Measure,
    Not,
    OneOf,
    Predicate,
    Scalar,
)
from rowcall_sqlgen.engine.terms import Term as EngineTerm
from rowcall_sqlgen.knowledge.definition import Definition, DefinitionKind
from rowcall_sqlgen.knowledge.model import Term
from rowcall_sqlgen.knowledge.questions import term_words

_OPERATORS: Mapping[type[exp.Expr], Operator] = MappingProxyType(
    {
        exp.EQ: Operator.EQ,
        exp.NEQ: Operator.NE,
        exp.LT: Operator.LT,
        exp.LTE: Operator.LE,
        exp.GT: Operator.GT,
        exp.GTE: Operator.GE,
    }
)
_AGGREGATES: Mapping[type[exp.Expr], Aggregate] = MappingProxyType(
    {
        exp.Count: Aggregate.COUNT,
        exp.Sum: Aggregate.SUM,
        exp.Avg: Aggregate.AVG,
        exp.Min: Aggregate.MIN,
        exp.Max: Aggregate.MAX,
    }
)

_log = structlog.get_logger()


class Unwritable(Exception):
    """The grammar has no form for it."""


def engine_terms(terms: Sequence[Term], catalog: Catalog) -> tuple[EngineTerm, ...]:
    """Returns the terms whose tables and columns the catalog has. Those of other databases are passed over."""
    return tuple(
        EngineTerm(
            name=term.name,
            phrases=tuple(dict.fromkeys(map(term_words, term.names))),
            table=_table(term.definition.tables[0], catalog).name,
            meaning=_meaning(term.definition, catalog),
        )
        for term in fitting_terms(terms, catalog)
    )


def fitting_terms(terms: Sequence[Term], catalog: Catalog) -> tuple[Term, ...]:
    """Returns the terms that speak of tables and columns that are there."""
    found = [term for term in terms if _fits(term.definition, catalog)]
    if len(found) < len(terms):
        _log.debug("stored_terms_ignored", ignored=len(terms) - len(found), reason="no such table or column")
    return tuple(found)


def _fits(definition: Definition, catalog: Catalog) -> bool:
    tables = {name: catalog.table(name) for name in definition.tables}
    return all(tables.values()) and all(
        (table := tables[owner]) is not None and table.column(name) is not None for owner, name in definition.columns
    )


def _meaning(definition: Definition, catalog: Catalog) -> TableMention | ColumnMention | Predicate | Measure | None:
    """Returns `None` for what only a language model can use: several tables, functions, arithmetic."""
    if definition.kind is DefinitionKind.TABLE:
        return TableMention(_table(definition.tables[0], catalog).name)
    reader = _Reader(catalog)
    if definition.kind is DefinitionKind.COLUMN:
        return ColumnMention((reader.column(definition.tree),))
    if len({name.lower() for name in definition.tables}) > 1:
        return None
    try:
        if definition.kind is DefinitionKind.MEASURE:
            return reader.measure(definition.tree)
        return reader.predicate(definition.tree)
    except Unwritable:
        return None


class _Reader:
    """Turns trees whose names are known to be in the catalog into the meaning form."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def column(self, tree: exp.Expr | None) -> ColumnRef:
        if not isinstance(tree, exp.Column):
            raise Unwritable
        table = _table(tree.table, self._catalog)
        column = table.column(tree.name)
        if column is None:
            raise Unwritable
        return ColumnRef(table.name, column.name)

    def measure(self, tree: exp.Expr) -> Measure:
        aggregate = _AGGREGATES.get(type(tree))
        if aggregate is None:
            raise Unwritable
        inner = tree.this
        distinct = isinstance(inner, exp.Distinct) and len(inner.expressions) == 1
        ref = self.column(inner.expressions[0] if distinct else inner)
        return Measure(aggregate, ref.table, ref, distinct=distinct)

    def predicate(self, tree: exp.Expr) -> Predicate:
        match tree:
            case exp.Paren() | exp.Not():
                inner = self.predicate(tree.this)
                return Not(inner) if isinstance(tree, exp.Not) else inner
            case exp.And() | exp.Or():
                sides = (self.predicate(tree.left), self.predicate(tree.right))
                return AllOf(sides) if isinstance(tree, exp.And) else AnyOf(sides)
        return self._simple(tree)

    def _simple(self, tree: exp.Expr) -> Predicate:
        match tree:
            case exp.Is() if isinstance(tree.expression, exp.Null):
                return IsNull(self.column(tree.this))
            case exp.In() if tree.expressions:
                return OneOf(self.column(tree.this), tuple(map(_scalar, tree.expressions)))
            case exp.Between():
                return Between(self.column(tree.this), _scalar(tree.args["low"]), _scalar(tree.args["high"]))
            case exp.Like() if isinstance(pattern := _scalar(tree.expression), str):
                return Like(self.column(tree.this), pattern)
        return self._comparison(tree)

    def _comparison(self, tree: exp.Expr) -> Predicate:
        operator = _OPERATORS.get(type(tree))
        if operator is None or not isinstance(tree, exp.Binary):
            raise Unwritable
        value = self.column(tree.right) if isinstance(tree.right, exp.Column) else _scalar(tree.right)
        return Comparison(self.column(tree.left), operator, value)


def _scalar(tree: exp.Expr) -> Scalar:
    """Returns the value of a literal. What the meaning form would write otherwise is left to others."""
    if isinstance(tree, exp.Neg):
        value = _scalar(tree.this)
        if isinstance(value, str):
            raise Unwritable
        return -value
    if not isinstance(tree, exp.Literal):
        raise Unwritable
    if tree.is_string:
        return tree.name
    return int(tree.name) if tree.name.isdecimal() else float(tree.name)


def _table(name: str, catalog: Catalog) -> Table:
    table = catalog.table(name)
    if table is None:
        raise KeyError(name)
    return table
