"""Sorts conditions: dates find their column, `or` joins neighbours, conditions on groups are set apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.calendar_columns import date_condition
from rowcall_sqlgen.engine.clauses import Absent, Clause, Dated, Either, Filter
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Operator
from rowcall_sqlgen.engine.meaning import AnyOf, Comparison, Predicate, measure_of
from rowcall_sqlgen.engine.problems import NoMeaning


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A condition on rows of one table or of alternatives in several. `apart`: some row meets it, not a common one."""

    predicate: Predicate
    negated: bool
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """All conditions of a question. `absent`: tables in which no row may refer to the result's rows."""

    rows: tuple[RowFilter, ...]
    having: tuple[Predicate, ...]
    absent: tuple[str, ...]


def sort_filters(clauses: Sequence[Clause], scope: tuple[str, ...], index: SchemaIndex) -> Filters:
    """Returns the conditions by kind. Raises `NoMeaning` for an `or` that does not stand between two conditions."""
    rows: list[RowFilter] = []
    having: list[Predicate] = []
    either = mixed = False
    for clause in clauses:
        if isinstance(clause, Either):
            either = True
            continue
        condition = _condition(clause, scope, index)
        if condition is None:
            continue
        if measure_of(condition.predicate):
            having.append(_group_condition(condition, alone=not (either and (rows or having))))
        elif either and rows:
            rows[-1] = _alternative(rows[-1], condition)
            either, mixed = False, True
        elif mixed:
            raise NoMeaning("`or` and `and` without brackets")
        else:
            rows.append(RowFilter(condition.predicate, condition.negated, condition.apart))
    if _contradictory(rows):
        raise NoMeaning("one value that is two")
    absent = tuple(dict.fromkeys(clause.table for clause in clauses if isinstance(clause, Absent)))
    return Filters(tuple(rows), tuple(having), absent)


def _contradictory(rows: Sequence[RowFilter]) -> bool:
    """`in 1989 and in 1990`: no row is in both, so something else was meant."""
    equal = [row.predicate for row in rows if not (row.negated or row.apart)]
    found = {(p.subject, p.value) for p in equal if isinstance(p, Comparison) and p.operator is Operator.EQ}
    return len(found) != len({subject for subject, _ in found})


def _condition(clause: Clause, scope: tuple[str, ...], index: SchemaIndex) -> Filter | None:
    if isinstance(clause, Dated):
        return Filter(date_condition(clause, scope or tuple(index.tables)[:1], index), clause.negated)
    return clause if isinstance(clause, Filter) else None


def _group_condition(condition: Filter, *, alone: bool) -> Predicate:
    if condition.negated or not alone:
        raise NoMeaning("alternatives between groups")
    return condition.predicate


def _alternative(before: RowFilter, clause: Filter) -> RowFilter:
    if before.negated or clause.negated:
        raise NoMeaning("an alternative to a negation")
    parts = before.predicate.predicates if isinstance(before.predicate, AnyOf) else (before.predicate,)
    return RowFilter(AnyOf((*parts, clause.predicate)), negated=False)
