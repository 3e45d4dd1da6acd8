"""Changes of conditions: another value in the place of the one before, a further condition, one that is dropped."""

from collections.abc import Sequence

from sqlglot import exp

from rowcall_sqlgen.engine.calendar_columns import date_condition
from rowcall_sqlgen.engine.clauses import Absent, Dated, Filter
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllOf,
    Between,
    Comparison,
    IsNull,
    Join,
    Meaning,
    Measure,
    Membership,
    Not,
    Predicate,
    columns_of,
    measure_of,
    tables_of,
)
from rowcall_sqlgen.follow_up.changes import NoEdit
from rowcall_sqlgen.follow_up.clashes import Kind, clash, clash_on_groups, kind_of, widened
from rowcall_sqlgen.follow_up.statement import Statement
from rowcall_sqlgen.follow_up.utterance import Sign
from rowcall_sqlgen.follow_up.where import OPERATORS, conjuncts, drop, flat

_CALENDAR = frozenset({"year", "month", "day"})


def apply_filter(statement: Statement, clause: Filter, signs: frozenset[Sign]) -> str:
    """Puts a condition in, in the place of one that it contradicts; with `also` its value is allowed besides others."""
    if measure_of(clause.predicate):
        return _on_groups(statement, clause)
    predicate = _negation(clause.predicate) if clause.negated else clause.predicate
    parts = predicate.predicates if isinstance(predicate, AllOf) else (predicate,)
    by_columns: dict[tuple[ColumnRef, ...], list[Predicate]] = {}
    for part in parts:
        by_columns.setdefault(columns_of(part), []).append(part)
    told = [_placed(statement, tuple(group), signs) for group in by_columns.values()]
    return "; ".join(sentence for sentence in told if sentence)


def apply_date(statement: Statement, clause: Dated, signs: frozenset[Sign]) -> str:
    """Puts a condition on whichever column holds the date. A year clears a range that was told before."""
    tables = dict.fromkeys(table for select in statement.selects for table in statement.scope(select).values())
    predicate = date_condition(clause, tuple(tables), statement.index)
    columns = columns_of(predicate)
    dropped = []
    for conjunct, select in list(conjuncts(statement)):
        told = [ref for ref in statement.refs(conjunct) if ref.table == columns[0].table and ref not in columns]
        if any(_other_kind(statement, ref, columns) for ref in told):
            if clause.period.year is None:
                raise NoEdit("the statement before names its dates otherwise; say the year too")
            dropped.append(f"the condition {statement.text(conjunct)} was dropped")
            drop(select, conjunct)
    return "; ".join([*dropped, apply_filter(statement, Filter(predicate, clause.negated), signs)])


def apply_absence(statement: Statement, clause: Absent) -> str:
    """Keeps rows that no row of the table refers to. Raises `NoEdit` where each row has one of the table with it."""
    if clause.table in statement.tables:
        raise NoEdit(f"the statement before reads {clause.table} with every row")
    condition = statement.condition(*_partners(statement, clause.table, (), negated=True))
    statement.tree.where(condition, copy=False)
    return f"only rows without {clause.table} are kept"


def _negation(predicate: Predicate) -> Predicate:
    match predicate:
        case Comparison(subject, Operator.EQ, value):
            return Comparison(subject, Operator.NE, value)
    return Not(predicate)


def _placed(statement: Statement, parts: tuple[Predicate, ...], signs: frozenset[Sign]) -> str:
    predicate = parts[0] if len(parts) == 1 else AllOf(parts)
    subjects = {statement.subject(ref) for ref in columns_of(predicate)}
    kind = Kind.POINT if Sign.INSTEAD in signs else kind_of(predicate)
    rivals = [
        (conjunct, select)
        for conjunct, select in conjuncts(statement)
        if subjects & {statement.subject(ref) for ref in statement.refs(conjunct)} and clash(conjunct, kind)
    ]
    if not rivals:
        condition = _anywhere(statement, predicate)
        statement.tree.where(condition, copy=False)
        return f"only rows with {statement.text(condition)} are kept"
    before = " and ".join(statement.text(conjunct) for conjunct, _ in rivals)
    rival, select = rivals[0]
    for other, holder in rivals[1:]:
        drop(holder, other)
    if Sign.ADDS in signs and (wider := widened(statement, rival, predicate)):
        rival.replace(wider)
        return f"{statement.text(wider)} took the place of {before}"
    condition = _in_place(statement, rival, select, predicate)
    if statement.text(condition) == before:
        return ""
    return f"{statement.text(condition)} took the place of {before}"


def _in_place(statement: Statement, rival: exp.Expr, select: exp.Select, predicate: Predicate) -> exp.Expr:
    """Replaces a condition inside its query; where the column is out of reach there, the whole inner query goes."""
    tables = tables_of(predicate)
    if tables <= set(statement.scope(select).values()):
        condition = statement.condition(predicate, next(iter(tables)), select)
        rival.replace(condition)
        return condition
    outer = _outermost(statement, rival) if select is not statement.tree else rival
    if outer is not rival and len(flat(select.args["where"].this)) > 1:
        raise NoEdit("the condition before is one of several in an inner query")
    condition = _anywhere(statement, predicate)
    outer.replace(condition)
    return condition


def _outermost(statement: Statement, rival: exp.Expr) -> exp.Expr:
    """Returns the condition of the outermost WHERE that holds the inner one."""
    where = statement.tree.args.get("where")
    for conjunct in flat(where.this) if where else ():
        if any(node is rival for node in conjunct.walk()):
            return conjunct
    raise NoEdit("the condition before stands in a part that cannot be changed")


def _anywhere(statement: Statement, predicate: Predicate) -> exp.Expr:
    tables = tables_of(predicate)
    if len(tables) != 1:
        raise NoEdit("the condition reads several tables")
    (table,) = tables
    if table in statement.tables:
        return statement.condition(predicate, table)
    return statement.condition(*_partners(statement, table, (predicate,)))


def _partners(
    statement: Statement, table: str, conditions: tuple[Predicate, ...], *, negated: bool = False
) -> tuple[Predicate, str]:
    """Returns `key IN (SELECT …)` for rows with such a partner, and the table of the key."""
    first, *further = statement.path(table)
    if len(first.near_columns) != 1:
        raise NoEdit(f"{first.near} and {first.far} share a key of several columns")
    column = ColumnRef(first.far, first.far_columns[0])
    if negated and statement.index.column(column).nullable:
        conditions = (*conditions, Not(IsNull(column)))
    joins = tuple(Join(step) for step in further)
    inner = Meaning(items=(column,), source=first.far, joins=joins, where=conditions)
    member = Membership(ColumnRef(first.near, first.near_columns[0]), inner)
    return (Not(member) if negated else member), first.near


def _on_groups(statement: Statement, clause: Filter) -> str:
    measure = measure_of(clause.predicate)
    if measure is None or clause.negated or not isinstance(clause.predicate, Comparison | Between):
        raise NoEdit("the condition on groups is not understood")
    if not statement.grouped or measure.table not in statement.tables:
        raise NoEdit("there are no groups that could be compared")
    condition = _group_condition(statement, clause.predicate, measure)
    having = statement.tree.args.get("having")
    kept = [each for each in flat(having.this) if having and not clash_on_groups(each, condition)] if having else []
    statement.tree.set("having", exp.Having(this=exp.and_(*kept, condition)))
    return f"only groups with {statement.text(condition)} are kept"


def _group_condition(statement: Statement, predicate: Comparison | Between, measure: Measure) -> exp.Expr:
    measured = statement.expression(measure)
    match predicate:
        case Between(_, low, high):
            return exp.Between(this=measured, low=exp.convert(low), high=exp.convert(high))
        case Comparison(_, operator, int() | float() as value):
            build = next(kind for kind, found in OPERATORS.items() if found is operator)
            return build(this=measured, expression=exp.convert(value))
    raise NoEdit("groups can be compared with numbers only")


def _other_kind(statement: Statement, ref: ColumnRef, columns: Sequence[ColumnRef]) -> bool:
    """Says whether one of them is a part of a date and the other a whole date."""
    index = statement.index
    in_parts = any(_is_part(statement, column) for column in columns)
    return (in_parts and index.is_date(ref)) or (not in_parts and _is_part(statement, ref))


def _is_part(statement: Statement, ref: ColumnRef) -> bool:
    return spelled_words(ref.column)[-1] in _CALENDAR and statement.index.is_numeric(ref)
