"""Conditions on numbers, dates and values."""

from rowcall_sqlgen.engine.clauses import Clause, Dated, Filter
from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.grammar.measures import count_distinct, is_quantity, measure
from rowcall_sqlgen.engine.grammar.operands import compare, equals, operands, whole_table_measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    ColumnMention,
    ColumnRef,
    Comparing,
    Cue,
    Number,
    Operator,
    Role,
    TableMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import Between, Comparison, Like, Measure, OneOf, Predicate


def comparison(marks: Marks, scene: Scene) -> Found | None:
    """`seats above 100`, `more than 100 seats`, `older than 30`, `more than 10 flights`, `average delay over 5`."""
    match marks:
        case [ColumnMention((ref,)), Cue.IS, Comparing() as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=3)
        case [ColumnMention((ref,)), Comparing() as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=2)
        case [Comparing(operator), Number(value), Cue.DISTINCT, ColumnMention((ref,)), *_]:
            return Found(4, (Filter(Comparison(count_distinct(ref), operator, value)),))
        case [Comparing(operator), Number(value), ColumnMention((ref,)), *_]:
            return Found(3, (Filter(_amount(ref, operator, value, scene)),))
        case [Comparing(operator), Number(value), TableMention(table), *_]:
            return Found(3, (Filter(Comparison(Measure(Aggregate.COUNT, table), operator, value)),))
        case [Comparing(operator), ColumnMention((ref,)), *rest] if whole_table_measure(
            (Cue.MEAN, *rest[1:]), ref, scene
        ) and rest[:1] == [Cue.MEAN]:
            return Found(3, (Filter(Comparison(ref, operator, Measure(Aggregate.AVG, ref.table, ref))),))
        case [Comparing(operator), Cue.MEAN, ColumnMention((ref,)), *_] if scene.index.is_numeric(ref):
            return Found(3, (Filter(Comparison(ref, operator, Measure(Aggregate.AVG, ref.table, ref))),))
        case [Comparing(column=ColumnRef() as ref) as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=1)
    return _measured(marks, scene)


def _amount(ref: ColumnRef, operator: Operator, value: float | int, scene: Scene) -> Predicate:
    if is_quantity(ref, scene.index):
        return Comparison(ref, operator, value)
    return Comparison(count_distinct(ref), operator, value)


def _compared(ref: ColumnRef, comparing: Comparing, rest: Marks, scene: Scene, *, taken: int) -> Found | None:
    if comparing.column not in (None, ref):
        return None
    whole = whole_table_measure(rest, ref, scene)
    if whole:
        return Found(taken + whole[0], (Filter(Comparison(ref, comparing.operator, whole[1])),))
    found = operands(rest[:1], ref)
    predicate = compare(ref, comparing.operator, found.values[0], scene.index) if found else None
    return Found(taken + 1, (Filter(predicate),)) if predicate else None


def _measured(marks: Marks, scene: Scene) -> Found | None:
    """A condition on a measure: `an average delay above 10`, `the number of flights is more than 3`."""
    found = measure(marks, scene)
    if found is None:
        return None
    match marks[found.length :]:
        case [Comparing(operator, None), Number(value), *_]:
            return Found(found.length + 2, (Filter(Comparison(found.measure, operator, value)),))
        case [Cue.IS, Comparing(operator, None), Number(value), *_]:
            return Found(found.length + 3, (Filter(Comparison(found.measure, operator, value)),))
        case [Cue.BETWEEN, Number(low), Cue.AND, Number(high), *_]:
            return Found(found.length + 4, (Filter(Between(found.measure, low, high)),))
    return None


def exact_amount(marks: Marks, scene: Scene) -> Found | None:
    """`planes with 2 engines`, `students who have 3 pets`."""
    match marks:
        case [Cue.WITH, *rest]:
            found = exact_amount(rest, scene)
            return Found(found.length + 1, found.clauses) if found else None
        case [Number(value), ColumnMention((ref,)), *_]:
            return Found(2, (Filter(_amount(ref, Operator.EQ, value, scene)),))
        case [Number(value), TableMention(table), *_] if table != scene.table:
            return Found(2, (Filter(Comparison(Measure(Aggregate.COUNT, table), Operator.EQ, value)),))
    return None


def between(marks: Marks, scene: Scene) -> Found | None:
    """`seats between 100 and 200`, `between 100 and 200 seats`, `between May and July 2013`."""
    match marks:
        case [ColumnMention((ref,)), Cue.IS, Cue.BETWEEN, low, Cue.AND, high, *_]:
            return _range(ref, (low, high), scene, length=6)
        case [ColumnMention((ref,)), Cue.BETWEEN, low, Cue.AND, high, *_]:
            return _range(ref, (low, high), scene, length=5)
        case [Cue.BETWEEN, low, Cue.AND, high, ColumnMention((ref,)), *_]:
            return _range(ref, (low, high), scene, length=5)
        case [Cue.BETWEEN, Period() as low, Cue.AND, Period() as high, *_]:
            return Found(4, (Dated(Operator.GE, low, until=high),))
        case [Role("from"), Period() as low, Role("to"), Period() as high, *_]:
            return Found(4, (Dated(Operator.GE, low, until=high),))
    return None


def _range(ref: ColumnRef, ends: Marks, scene: Scene, *, length: int) -> Found | None:
    match ends:
        case [Number(low), Number(high)] if scene.index.is_numeric(ref):
            return Found(length, (Filter(Between(ref, low, high)),))
        case [Period() as first, Period() as last] if scene.index.is_date(ref):
            bounds = compare(ref, Operator.GE, first, scene.index), compare(ref, Operator.LE, last, scene.index)
            clauses: tuple[Clause, ...] = tuple(Filter(bound) for bound in bounds if bound)
            return Found(length, clauses) if len(clauses) == 2 else None
    return None


def dated(marks: Marks, _: Scene) -> Found | None:
    """`in 2013`, `after 1 May 2013`: a period without a column."""
    match marks:
        case [Comparing(operator), Period() as period, *_]:
            return Found(2, (Dated(operator, period),))
        case [Role("from"), Period() as period, *_]:
            return Found(2, (Dated(Operator.EQ, period),))
        case [Cue.IS, Period() as period, *_]:
            return Found(2, (Dated(Operator.EQ, period),))
        case [Period() as period, *_]:
            return Found(1, (Dated(Operator.EQ, period),))
    return None


def equality(marks: Marks, scene: Scene) -> Found | None:
    """`carrier is DL`, `flight 1545`, `month 5 or 6`, `name "Moton Field"`, `Boeing manufacturer`."""
    match marks:
        case [ColumnMention((ref,)), *rest]:
            found = operands(rest, ref)
            predicate = equals(ref, found.values, scene.index) if found else None
            return Found(found.length + 1, (Filter(predicate),)) if found and predicate else None
        case [ValueMention(column, value), ColumnMention((ref,)), *_] if column == ref:
            return Found(2, (Filter(Comparison(ref, Operator.EQ, value)),))
    return None


def stored_value(marks: Marks, _: Scene) -> Found | None:
    """`from JFK`, `JFK or LGA`: values that the profile knows, alternatives in one column."""
    match marks:
        case [Role(), *rest] | [Cue.NAMED, *rest] | [Cue.BY, *rest] | [Cue.IS, *rest]:
            found = stored_value(rest, _)
            return Found(found.length + 1, found.clauses) if found else None
        case [ValueMention(column, value), *_]:
            found_values = operands(marks, column)
            if found_values is None or len(found_values.values) == 1:
                return Found(1, (Filter(Comparison(column, Operator.EQ, value)),))
            texts = tuple(v for v in found_values.values if isinstance(v, str))
            if len(texts) != len(found_values.values):
                return Found(1, (Filter(Comparison(column, Operator.EQ, value)),))
            return Found(found_values.length, (Filter(OneOf(column, texts)),))
    return None


def named(marks: Marks, scene: Scene) -> Found | None:
    """`airports named "Moton Field"`: the name column of the table just named."""
    from rowcall_sqlgen.engine.marks import Quoted

    names = scene.index.names.get(scene.table or "", ())
    match marks:
        case [Cue.NAMED, Quoted(text), *_] if len(names) == 1:
            return Found(2, (Filter(Comparison(names[0], Operator.EQ, text)),))
    return None


def pattern(marks: Marks, scene: Scene) -> Found | None:
    """`name starts with "S"`, `titles containing "war"`."""
    from rowcall_sqlgen.engine.marks import Quoted

    match marks:
        case [ColumnMention((ref,)), *rest]:
            taken = 1
        case [TableMention(table), *rest] if len(scene.index.names[table]) == 1:
            (ref,), taken = scene.index.names[table], 1
        case _:
            return None
    match rest:
        case [Cue.STARTS | Cue.ENDS | Cue.CONTAINS as how, Quoted(text) | ValueMention(_, text), *_]:
            escaped = text.replace("%", "").replace("_", "")
            wild = {Cue.STARTS: f"{escaped}%", Cue.ENDS: f"%{escaped}", Cue.CONTAINS: f"%{escaped}%"}[how]
            return Found(taken + 2, (Filter(Like(ref, wild)),)) if escaped else None
    return None
