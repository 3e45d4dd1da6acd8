"""Conditions that compare amounts."""

from rowcall_sqlgen.engine.clauses import Filter
from rowcall_sqlgen.engine.grammar.measures import count_distinct, measure
from rowcall_sqlgen.engine.grammar.operands import compare, operands, whole_table_measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.identifiers import identifier_words
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    ColumnMention,
    ColumnRef,
    Comparing,
    Cue,
    Number,
    Operator,
    TableMention,
)
from rowcall_sqlgen.engine.meaning import Between, Comparison, Measure, Predicate


def comparison(marks: Marks, scene: Scene) -> Found | None:
    """`seats above 100`, `more than 100 seats`, `older than 30`, `more than 10 flights`, `average delay over 5`."""
    return (
        _column_first(marks, scene)
        or _amount_first(marks, scene)
        or _with_average(marks, scene)
        or _of_measure(marks, scene)
    )


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


def _column_first(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case [ColumnMention((ref,)), Cue.IS | Cue.OF | Cue.BY, Comparing() as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=3)
        case [ColumnMention((ref,)), Comparing() as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=2)
        case [Comparing(column=ColumnRef() as ref) as comparing, *rest]:
            return _compared(ref, comparing, rest, scene, taken=1)
    return None


def _compared(ref: ColumnRef, comparing: Comparing, rest: Marks, scene: Scene, *, taken: int) -> Found | None:
    if comparing.column not in (None, ref):
        return None
    whole = whole_table_measure(rest, ref, scene)
    if whole:
        return Found(taken + whole[0], (Filter(Comparison(ref, comparing.operator, whole[1])),))
    found = operands(rest[:1], ref)
    predicate = compare(ref, comparing.operator, found.values[0], index=scene.index) if found else None
    return Found(taken + 1, (Filter(predicate),)) if predicate else None


def _amount_first(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case [Comparing(operator, None), Number(value), Cue.DISTINCT, ColumnMention((ref,)), *_]:
            return Found(4, (Filter(Comparison(count_distinct(ref), operator, value)),))
        case [Comparing(operator, None), Number(value), ColumnMention((ref,)), *_]:
            return Found(3, (Filter(_amount(ref, operator, value, scene)),))
        case [Comparing(operator, None), Number(value), TableMention(table), *_]:
            return Found(3, (Filter(Comparison(Measure(Aggregate.COUNT, table), operator, value)),))
    return None


def _amount(ref: ColumnRef, operator: Operator, value: float, scene: Scene) -> Predicate:
    said = identifier_words(ref.column)
    namesakes = (other for other in scene.index.columns(ref.table) if identifier_words(other.column) == said)
    quantity = next(filter(scene.index.is_quantity, (ref, *namesakes)), None)  # `engines` for `with one engine`
    return Comparison(quantity or count_distinct(ref), operator, value)


def _with_average(marks: Marks, scene: Scene) -> Found | None:
    """`above the average price`, `more seats than average`."""
    match marks:
        case [Comparing(operator, None), ColumnMention((ref,)), Cue.MEAN | Aggregating(Aggregate.AVG), *rest]:
            length = 4 if rest[:1] == [ColumnMention((ref,))] else 3
        case [Comparing(operator, None), Cue.MEAN | Aggregating(Aggregate.AVG), ColumnMention((ref,)), *_]:
            length = 3
        case _:
            return None
    if not scene.index.is_quantity(ref):
        return None
    return Found(length, (Filter(Comparison(ref, operator, Measure(Aggregate.AVG, ref.table, ref))),))


def _of_measure(marks: Marks, scene: Scene) -> Found | None:
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
