"""Counts and aggregates."""

from rowcall_sqlgen.engine.clauses import Show
from rowcall_sqlgen.engine.grammar.rule import Found, FoundMeasure, Marks, Scene
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    ColumnMention,
    ColumnRef,
    Cue,
    Superlative,
    TableMention,
    TermMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import Measure
from rowcall_sqlgen.engine.naming import listed_kind


def shown_measure(marks: Marks, scene: Scene) -> Found | None:
    """`average arrival delay`, `number of flights`, `minimum and maximum altitude`, `how many seats`."""
    if scene.measured and marks[0] is Cue.COUNT and isinstance(scene.previous, ColumnMention):
        return None  # `the total enrollment number of colleges` is one number
    several = _several_aggregates(marks, scene) or _several_columns(marks, scene)
    if several:
        return several
    match marks:
        case [Cue.COUNT, ColumnMention((ref,)), *rest] if (
            scene.index.is_quantity(ref) and not _summed(rest) and (scene.started or any(m != Cue.IS for m in rest))
        ):
            return Found(2, (Show(ref),))
        case [Superlative() as first, ColumnMention((ref,)), *_] if reads_value(first, ref, scene):
            return Found(2, (Show(Measure(first.aggregate, ref.table, ref)),))
    found = measure(marks, scene)
    return Found(found.length, (Show(found.measure),)) if found else None


def reads_value(superlative: Superlative, ref: ColumnRef, scene: Scene) -> bool:
    """Tells `the highest altitude` from `the hottest day`, whose adjective brings another column, and from `the
    largest manufacturer`, which is not the last one by the alphabet.
    """
    has_size = scene.index.is_numeric(ref) or scene.index.is_date(ref)
    return superlative.column in (None, ref) and has_size and (scene.measured or not scene.shown)


def measure(marks: Marks, scene: Scene) -> FoundMeasure | None:
    """Reads one measure at the start of the marks."""
    return _count(marks, scene) or _total_count(marks, scene) or _aggregate(marks, scene) or _term(marks, scene)


def count_distinct(ref: ColumnRef) -> Measure:
    """Counts the different values of a column."""
    return Measure(Aggregate.COUNT, ref.table, ref, distinct=True)


def _count(marks: Marks, scene: Scene) -> FoundMeasure | None:
    match marks:
        case [Cue.COUNT, TableMention(table), *_]:
            return FoundMeasure(2, Measure(Aggregate.COUNT, table))
        case [Cue.COUNT, ValueMention(column), *rest] if not any(isinstance(mark, TableMention) for mark in rest):
            return FoundMeasure(1, Measure(Aggregate.COUNT, column.table))  # `how many professors`, a rank of staff
        case [Cue.COUNT, Cue.DISTINCT, TableMention(table), *_]:
            kind = listed_kind(scene.index.tables[table])
            counted = count_distinct(kind) if kind and not scene.index.is_unique(kind) else None
            return FoundMeasure(3, counted or Measure(Aggregate.COUNT, table))
        case [Cue.COUNT, Cue.DISTINCT, ColumnMention((ref,)), *_]:
            return FoundMeasure(3, count_distinct(ref))
        case [Cue.COUNT, ColumnMention((ref,)), *_] if not scene.index.is_quantity(ref):
            return FoundMeasure(2, count_distinct(ref))
    return None


def _total_count(marks: Marks, scene: Scene) -> FoundMeasure | None:
    """`total number of flights` counts, `total number of seats` and `how many seats in total` add up."""
    match marks:
        case [Aggregating(Aggregate.SUM), Cue.COUNT, ColumnMention((ref,)), *_] if scene.index.is_quantity(ref):
            return FoundMeasure(3, Measure(Aggregate.SUM, ref.table, ref))
        case [Aggregating(Aggregate.SUM), Cue.COUNT, *rest]:
            found = _count((Cue.COUNT, *rest), scene)
            return FoundMeasure(found.length + 1, found.measure) if found else None
        case [Aggregating(Aggregate.SUM), TableMention(table), *_]:
            return FoundMeasure(2, Measure(Aggregate.COUNT, table))
        case [Cue.COUNT, ColumnMention((ref,)), *rest] if scene.index.is_quantity(ref) and _summed(rest):
            return FoundMeasure(3, Measure(Aggregate.SUM, ref.table, ref))
    return None


def _term(marks: Marks, scene: Scene) -> FoundMeasure | None:
    """`revenue` where a stored term defines it; `total revenue` where it is a sum."""
    match marks:
        case [TermMention() as said, *_] if found := scene.index.terms.measure(said):
            return FoundMeasure(1, found)
        case [Aggregating(aggregate), TermMention() as said, *_] if (
            found := scene.index.terms.measure(said)
        ) and found.aggregate is aggregate:
            return FoundMeasure(2, found)
    return None


def _summed(rest: Marks) -> bool:
    return bool(rest) and rest[0] == Aggregating(Aggregate.SUM)


def _aggregate(marks: Marks, scene: Scene) -> FoundMeasure | None:
    match marks:
        case [Aggregating(aggregate), ColumnMention((ref,)), *_] if _fits(aggregate, ref, scene.index):
            return FoundMeasure(2, Measure(aggregate, ref.table, ref))
        case [Aggregating(aggregate), Cue.COUNT, ColumnMention((ref,)), *_] if scene.index.is_quantity(ref):
            return FoundMeasure(3, Measure(aggregate, ref.table, ref))
    return None


def _fits(aggregate: Aggregate, ref: ColumnRef, index: SchemaIndex) -> bool:
    return aggregate in (Aggregate.MIN, Aggregate.MAX) or index.is_quantity(ref)


def _several_columns(marks: Marks, scene: Scene) -> Found | None:
    """`average price and score`: one aggregate for two columns."""
    match marks:
        case [
            Aggregating() | Superlative(column=None) as how,
            ColumnMention((one,)),
            Cue.AND,
            ColumnMention((two,)),
            *_,
        ]:
            quantities = scene.index.is_quantity(one) and scene.index.is_quantity(two)
            if quantities and (scene.measured or not scene.started):
                return Found(4, tuple(Show(Measure(how.aggregate, ref.table, ref)) for ref in (one, two)))
    return None


def _several_aggregates(marks: Marks, scene: Scene) -> Found | None:
    """`minimum, maximum and average altitude`: aggregates that share one column."""
    aggregates: list[Aggregate] = []
    for at, mark in enumerate(marks):
        match mark:
            case Aggregating(aggregate):
                aggregates.append(aggregate)
            case Superlative(column=None) as superlative if aggregates or not scene.shown:
                aggregates.append(superlative.aggregate)
            case Cue.AND if aggregates:
                continue
            case ColumnMention((ref,)) if len(aggregates) > 1 and all(_fits(a, ref, scene.index) for a in aggregates):
                return Found(at + 1, tuple(Show(Measure(a, ref.table, ref)) for a in aggregates))
            case _:
                return None
    return None
