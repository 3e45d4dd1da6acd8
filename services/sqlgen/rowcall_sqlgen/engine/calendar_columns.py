"""Which columns hold the date that a question speaks of."""

from rowcall_sqlgen.engine.clauses import Dated
from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.grammar.operands import compare_period
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import AllOf, Comparison, Predicate
from rowcall_sqlgen.engine.problems import NoMeaning, SeveralDates


def date_condition(clause: Dated, tables: tuple[str, ...], index: SchemaIndex) -> Predicate:
    """Builds the condition on the first table that has a date. Raises `SeveralDates`, or `NoMeaning` without one."""
    for table in tables:
        found = _parts(clause, table, index) or _single_column(clause, table, index)
        if found:
            return found
    raise NoMeaning("no date column in " + ", ".join(tables))


def _parts(clause: Dated, table: str, index: SchemaIndex) -> Predicate | None:
    """Compares columns for year, month and day where the table keeps them apart and the period is one of them."""
    period = clause.period
    if clause.until or period.until:
        return None
    given = [(name, value) for name in ("year", "month", "day") if (value := getattr(period, name)) is not None]
    if clause.operator is not Operator.EQ and given[1:]:
        return None
    conditions = []
    for name, value in given:
        column = _part_column(name, table, index)
        if column is None:
            return None
        conditions.append(Comparison(column, clause.operator, value))
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions))


def _part_column(name: str, table: str, index: SchemaIndex) -> ColumnRef | None:
    found = [c for c in index.columns(table) if spelled_words(c.column)[-1] == name and index.is_numeric(c)]
    whole = [c for c in found if spelled_words(c.column) == (name,)]
    chosen = whole or found
    return chosen[0] if len(chosen) == 1 else None


def _single_column(clause: Dated, table: str, index: SchemaIndex) -> Predicate | None:
    candidates = [column for column in index.columns(table) if index.is_date(column)]
    built = [(column, p) for column in candidates if (p := _on_column(clause, column, index))]
    if len(built) > 1:
        raise SeveralDates(tuple(f"{column.table}.{column.column}" for column, _ in built))
    return built[0][1] if built else None


def _on_column(clause: Dated, column: ColumnRef, index: SchemaIndex) -> Predicate | None:
    if clause.until is None:
        return compare_period(column, clause.operator, clause.period, index=index)
    first, last = _aligned(clause.period, clause.until)
    low = compare_period(column, Operator.GE, first, index=index)
    high = compare_period(column, Operator.LE, last, index=index)
    return AllOf((low, high)) if low and high else None


def _aligned(first: Period, last: Period) -> tuple[Period, Period]:
    """`between May and July 2013` says the year once."""
    year = first.year or last.year
    return Period(year, first.month, first.day), Period(last.year or year, last.month, last.day)
