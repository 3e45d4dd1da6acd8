"""Grouping, ordering, ranking and cutting."""

from rowcall_sqlgen.engine.clauses import Cap, Clause, Focus, Group, Rank, SortBy
from rowcall_sqlgen.engine.grammar.measures import count_distinct, is_quantity, measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    ColumnMention,
    ColumnRef,
    Cue,
    Limit,
    Number,
    Superlative,
    TableMention,
)
from rowcall_sqlgen.engine.meaning import Measure


def order(marks: Marks, scene: Scene) -> Found | None:
    """`sorted by seats descending`, `in descending order of seats`, `alphabetically`."""
    match marks:
        case [Cue.SORT, Cue.ASCENDING | Cue.DESCENDING as way, *rest]:
            return _sorted(_without_links(rest), scene, taken=2 + _links(rest), descending=way is Cue.DESCENDING)
        case [Cue.SORT, *rest]:
            return _sorted(rest, scene, taken=1, descending=None)
        case [Cue.ASCENDING | Cue.DESCENDING as way, *rest] if (links := _links(rest)) and links < len(rest):
            return _sorted(rest[links:], scene, taken=1 + links, descending=way is Cue.DESCENDING)
        case [Cue.ASCENDING | Cue.DESCENDING as way, *rest] if rest:
            return _sorted(rest, scene, taken=1, descending=way is Cue.DESCENDING) or Found(
                1, (SortBy(None, way is Cue.DESCENDING),)
            )
        case [Cue.ASCENDING | Cue.DESCENDING as way]:
            return Found(1, (SortBy(None, way is Cue.DESCENDING),))
    return None


def _links(marks: Marks) -> int:
    return next((at for at, mark in enumerate(marks) if mark not in (Cue.OF, Cue.BY)), len(marks))


def _without_links(marks: Marks) -> Marks:
    return marks[_links(marks) :]


def _sorted(marks: Marks, scene: Scene, *, taken: int, descending: bool | None) -> Found | None:
    item, length = _sortable(marks, scene)
    if item is None:
        return Found(taken, (SortBy(None, descending),)) if descending is not None else None
    after = marks[length : length + 2]
    extra = 0
    for at, mark in enumerate(after):
        if mark in (Cue.ASCENDING, Cue.DESCENDING) and descending is None:
            descending, extra = mark is Cue.DESCENDING, at + 1
    return Found(taken + length + extra, (SortBy(item, bool(descending)),))


def _sortable(marks: Marks, scene: Scene) -> tuple[ColumnRef | Measure | None, int]:
    match marks:
        case [ColumnMention(columns), *_]:
            return columns[-1], 1
        case [Cue.COUNT, ColumnMention((ref,)), *_] if is_quantity(ref, scene.index):
            return ref, 2
    found = measure(marks, scene)
    return (found.measure, found.length) if found else (None, 0)


def group(marks: Marks, scene: Scene) -> Found | None:
    """`for each airline`, `per month`, `by carrier and month`."""
    match marks:
        case [Cue.BY, *rest] if scene.ranked:
            item, length = _sortable(rest, scene)
            return Found(1 + length, (Rank(item, descending=True),)) if item else None
        case [Cue.BY, ColumnMention((ref,)), *_] if ref == scene.rank:
            return Found(2)
        case [Cue.BY, ColumnMention() | TableMention(), *_] if not (scene.shown or scene.table):
            return None
        case [Cue.EACH | Cue.BY, ColumnMention() | TableMention() as target, Cue.AND, ColumnMention() as other, *_] if (
            scene.measured
        ):
            return Found(4, (*_groups(target), *_groups(other)))
        case [Cue.EACH | Cue.BY, ColumnMention() | TableMention() as target, *_]:
            return Found(2, _groups(target))
        case [Cue.EACH, Cue.DISTINCT, ColumnMention() | TableMention() as target, *_]:
            return Found(3, _groups(target))
    return None


def _groups(target: ColumnMention | TableMention) -> tuple[Clause, ...]:
    if isinstance(target, TableMention):
        return (Group(target.table),)
    return tuple(Group(column) for column in target.columns)


def ranking(marks: Marks, scene: Scene) -> Found | None:
    """`with the most flights`, `oldest planes`, `3 longest flights`, `most common manufacturer`."""
    match marks:
        case [Number(int(count)), *rest] if found := _superlative(rest, scene, count):
            return Found(found.length + 1, found.clauses)
        case [Cue.WITH, *rest] if found := _superlative(rest, scene, None):
            return Found(found.length + 1, found.clauses)
        case [Cue.FREQUENT | Cue.RARE as how, ColumnMention((ref,)), *_]:
            counted = Measure(Aggregate.COUNT, ref.table)
            return Found(2, (Group(ref, literal=True), Rank(counted, how is Cue.FREQUENT)))
    bare = not scene.shown or scene.measured
    if bare and isinstance(marks[0], Superlative) and len(marks) > 1 and isinstance(marks[1], ColumnMention):
        return None
    return _superlative(marks, scene, None)


def _superlative(marks: Marks, scene: Scene, count: int | None) -> Found | None:
    match marks:
        case [Superlative(descending, None, True), TableMention(table), *_]:
            return Found(2, (Rank(Measure(Aggregate.COUNT, table), descending, count),))
        case [Superlative(descending, None, True), Cue.DISTINCT, ColumnMention((ref,)), *_]:
            return Found(3, (Rank(count_distinct(ref), descending, count),))
        case [Superlative(descending, None), ColumnMention((ref,)), *_] if _orders(ref, scene):
            return Found(2, (Rank(ref, descending, count),))
        case [Superlative(descending, None, True), ColumnMention((ref,)), *_]:
            return Found(2, (Rank(count_distinct(ref), descending, count),))
        case [Superlative(descending, None), *rest] if found := measure(rest, scene):
            return Found(1 + found.length, (Rank(found.measure, descending, count),))
        case [Superlative(descending, ColumnRef() as ref), ColumnMention((other,)), *_] if ref == other:
            return Found(2, (Rank(ref, descending, count),))
        case [Superlative(descending, ColumnRef() as ref), TableMention(table), *_]:
            return Found(2, (Focus(table), Rank(ref, descending, count)))
        case [Superlative(descending, ColumnRef() as ref), *_]:
            return Found(1, (Rank(ref, descending, count),))
    return None


def _orders(ref: ColumnRef, scene: Scene) -> bool:
    return is_quantity(ref, scene.index) or scene.index.is_date(ref)


def cut(marks: Marks, _: Scene) -> Found | None:
    """`top 5`, `first 10`."""
    match marks:
        case [Limit(count), *_]:
            return Found(1, (Cap(count),))
    return None
