"""Grouping, ranking and cutting."""

from dataclasses import replace

from rowcall_sqlgen.engine.clauses import Cap, Clause, Focus, Group, Rank, Show, SortBy
from rowcall_sqlgen.engine.grammar.measures import count_distinct, measure, reads_value
from rowcall_sqlgen.engine.grammar.rule import Found, FoundMeasure, Marks, Scene
from rowcall_sqlgen.engine.grammar.sorting import sortable
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    ColumnMention,
    ColumnRef,
    Cue,
    Limit,
    Mark,
    Number,
    Role,
    Superlative,
    TableMention,
)
from rowcall_sqlgen.engine.meaning import Measure


def group_in_role(marks: Marks, scene: Scene) -> Found | None:
    """`to each airport`."""
    match marks:
        case [Role(word), Cue.EACH, TableMention(table), *_]:
            return Found(3, (Group(table, role=word),))
        case [Role(), Cue.EACH, *_]:
            found = group(marks[1:], scene)
            return Found(1 + found.length, found.clauses) if found else None
    return None


def ranked_by(marks: Marks, scene: Scene) -> Found | None:
    """`top 5 airlines by flights`, `top 10 airports by altitude`."""
    match marks:
        case [Cue.BY, TableMention(counted), *_] if scene.ranked and _refers(counted, scene):
            return Found(2, (Rank(Measure(Aggregate.COUNT, counted), descending=True, owner=scene.table),))
        case [Cue.BY, *rest] if scene.ranked:
            item, length = sortable(rest, scene)
            return Found(1 + length, (Rank(item, descending=True, owner=scene.table),)) if item else None
    return None


def _ranked_by(marks: Marks, scene: Scene) -> FoundMeasure | None:
    """`largest airline by flights`, `by number of flights`, `by average delay`."""
    match marks:
        case [TableMention(counted), *_] if _refers(counted, scene):
            return FoundMeasure(1, Measure(Aggregate.COUNT, counted))
    return _measured_of(marks, scene)


def listed_by(marks: Marks, scene: Scene) -> Found | None:
    """`airlines by number of flights`, `ranked by average delay`: each with its number, the greatest first."""
    match marks:
        case [Cue.BY | Cue.RANKED, *rest] if (
            scene.table and not (scene.shown or scene.ranked) and (found := _measured_of(rest, scene))
        ):
            order = SortBy(found.measure, descending=True)
            return Found(1 + found.length, (Group(scene.table), Show(found.measure), order))
        case [Cue.RANKED, *rest]:
            item, length = sortable(rest, scene)
            return Found(1 + length, (SortBy(item, descending=True),)) if item else None
    return None


def _measured_of(marks: Marks, scene: Scene) -> FoundMeasure | None:
    """A measure of rows that refer to those named before."""
    found = measure(marks, scene)
    return found if found and _refers(found.measure.table, scene) else None


def group(marks: Marks, scene: Scene) -> Found | None:
    """`for each airline`, `per month`, `by carrier and month`."""
    match marks:
        case [Cue.BY, ColumnMention((ref,)), *_] if ref == scene.rank:
            return Found(2)
        case [Cue.BY, *_] if scene.ranked or not (scene.shown or scene.table):
            return None
        case [Cue.EACH, Cue.DISTINCT, ColumnMention() | TableMention() as target, *_]:
            return Found(3, _groups(target))
        case [Cue.EACH | Cue.BY, ColumnMention() | TableMention() as target, Cue.AND, ColumnMention() as other, *_] if (
            scene.measured
        ):
            return Found(4, (*_groups(target), *_groups(other)))
        case [Cue.EACH | Cue.BY, ColumnMention() | TableMention() as target, *_]:
            return Found(2, _groups(target))
    return None


def _refers(counted: str, scene: Scene) -> bool:
    """`top 5 airlines by flights`: says whether rows of the one table are counted for each row of the other."""
    paths = scene.index.graph.paths(scene.table, counted) if scene.table else ()
    return any(path and not path[0].to_parent for path in paths)


def _groups(target: ColumnMention | TableMention) -> tuple[Clause, ...]:
    if isinstance(target, TableMention):
        return (Group(target.table),)
    return tuple(Group(column, literal=len(target.columns) > 1) for column in target.columns)


def frequency(marks: Marks, scene: Scene) -> Found | None:
    """`most common manufacturer`, `most frequent genre among the tracks`, `busiest airport`."""
    match marks:
        case [Cue.FREQUENT | Cue.RARE as how, ColumnMention() as said, *_] if not scene.shown:
            return Found(2, _by_frequency(said, how))
        case [Cue.WHICH, ColumnMention() as said, Cue.IS, Cue.FREQUENT | Cue.RARE as how] if not (
            scene.started or any(map(scene.index.is_unique, said.columns))
        ):
            return Found(4, _by_frequency(said, how))
        case [Cue.FREQUENT | Cue.RARE as how, TableMention(kind), TableMention(counted_table), *_]:
            return Found(
                3, (Group(kind), Rank(Measure(Aggregate.COUNT, counted_table), how is Cue.FREQUENT, owner=kind))
            )
        case [Cue.FREQUENT | Cue.RARE as how, TableMention(kind), *_] if rank := _by_references(kind, how, scene):
            return Found(2, (Focus(kind), rank))
        case [Number(int(count)), Cue.FREQUENT | Cue.RARE as how, TableMention(kind), *_] if rank := _by_references(
            kind, how, scene
        ):
            return Found(3, (Focus(kind), replace(rank, count=count)))
        case [Cue.WHICH, TableMention(kind), Cue.IS, Cue.FREQUENT | Cue.RARE as how] if not scene.started and (
            rank := _by_references(kind, how, scene)
        ):
            return Found(4, (Focus(kind), rank))
    return None


def _by_references(kind: str, how: Cue, scene: Scene) -> Rank | None:
    """`busiest airport`: the one to which the most rows refer, where those of one table alone refer to any.

    None where a column has the table's name: the most common of its values is meant.
    """
    index = scene.index
    children = {table for table in index.tables if any(step.far == kind for step in index.graph.parents(table))}
    children.discard(kind)
    if len(children) != 1 or any(map(index.is_named_as_table, index.columns(kind))):
        return None
    return Rank(Measure(Aggregate.COUNT, children.pop()), how is Cue.FREQUENT, owner=kind)


def _by_frequency(said: ColumnMention, how: Cue) -> tuple[Clause, ...]:
    counted = Measure(Aggregate.COUNT, said.table)
    return (*(Group(ref, literal=True) for ref in said.columns), Rank(counted, how is Cue.FREQUENT, owner=said.table))


def ranking(marks: Marks, scene: Scene) -> Found | None:
    """`with the most flights`, `oldest 5 planes`, `3 longest flights`, `with the top 3 durations`."""
    match marks:
        case [Number(int(count)), *rest] if found := _superlative(rest, scene, count):
            return Found(found.length + 1, found.clauses)
        case [Superlative() as first, Number(int(count)), TableMention() | ColumnMention() as of, *rest] if (
            found := _superlative((first, of, *rest), scene, count)
        ):
            return Found(found.length + 1, found.clauses)
        case [Cue.WITH, *rest] if found := _superlative(rest, scene, None):
            return Found(found.length + 1, found.clauses)
        case [Limit(count, True), *rest] if scene.shown:
            item, length = sortable(rest, scene)
            return Found(1 + length, (Rank(item, descending=True, count=count, owner=scene.table),)) if item else None
        case [Superlative() as first, ColumnMention((ref, *_)), *_] if reads_value(first, ref, scene):
            return None
        case [Superlative(descending, None), TableMention(table), Cue.BY, *rest] if by := _ranked_by(
            rest, replace(scene, table=table)
        ):
            return Found(3 + by.length, (Focus(table), Rank(by.measure, descending, owner=table)))
    return _superlative(marks, scene, None)


def _superlative(marks: Marks, scene: Scene, count: int | None) -> Found | None:
    if not marks or not isinstance(marks[0], Superlative):
        return None
    found = _by_adjective(marks, scene, count) if marks[0].column else _by_amount(marks, scene, count)
    if found is None:
        return None
    owned = (replace(c, owner=c.owner or scene.table) if isinstance(c, Rank) else c for c in found.clauses)
    return Found(found.length, tuple(owned))


def _by_adjective(marks: Marks, scene: Scene, count: int | None) -> Found | None:
    """`oldest planes`, `the hottest day`: the adjective brings its column."""
    match marks:
        case [Superlative(descending, ColumnRef() as ref), ColumnMention((other,)), *_] if ref == other:
            return Found(2, (Rank(ref, descending, count),))
        case [Superlative(descending, ColumnRef() as ref), *rest] if (
            found := measure(rest, scene)
        ) and found.measure.column == ref:
            return Found(1 + found.length, (Rank(found.measure, descending, count),))
        case [Superlative(descending, ColumnRef() as ref), TableMention(table), *_]:
            return Found(2, (Focus(table), Rank(ref, descending, count, owner=table)))
        case [Superlative(descending, ColumnRef() as ref), ColumnMention(columns), *_] if (
            not scene.shown and columns[0].table == ref.table and not _is_point_in_time(columns[0], scene)
        ):
            return Found(2, (*map(Show, columns), Rank(ref, descending, count, owner=ref.table)))
        case [Superlative(descending, ColumnRef() as ref), *_]:
            return Found(1, (Rank(ref, descending, count),))
    return None


def _is_point_in_time(ref: ColumnRef, scene: Scene) -> bool:
    """`The earliest departure time` asks for that time, and not for that of the first day."""
    words = spelled_words(ref.column)
    return {"time", "date"}.intersection(words) != set() and (scene.index.is_numeric(ref) or scene.index.is_date(ref))


def _by_amount(marks: Marks, scene: Scene, count: int | None) -> Found | None:
    """`most flights`, `highest altitude`, `highest average delay`, `most different destinations`."""
    match marks:
        case [Superlative(descending, None, True), TableMention(table), *_]:
            return Found(2, (Rank(Measure(Aggregate.COUNT, table), descending, count),))
        case [Superlative(descending, None, True), Cue.DISTINCT, ColumnMention((ref,)), *_]:
            return Found(3, (Rank(count_distinct(ref), descending, count),))
        case [Superlative(descending), ColumnMention((ref,)), *_] if _orders(ref, scene):
            return Found(2, (Rank(ref, descending, count),))
        case [Superlative(descending, None, True), ColumnMention((ref,)), *_]:
            return Found(2, (Rank(count_distinct(ref), descending, count),))
        case [Superlative(descending), *rest] if found := measure(rest, scene):
            return Found(1 + found.length, (Rank(found.measure, descending, count),))
    return None


def _orders(ref: ColumnRef, scene: Scene) -> bool:
    return scene.index.is_quantity(ref) or scene.index.is_date(ref)


def leading_count(marks: Marks, scene: Scene) -> Found | None:
    """`which 3 airlines`: how many rows are asked for, not how many of them something has."""
    match marks:
        case [Number(int(count)), TableMention() | ColumnMention(), *_] if scene.previous in (None, Cue.WHICH):
            return Found(1, (Cap(count),))
    return None


def frequent(marks: Marks, scene: Scene) -> Found | None:
    """`top 5 destinations`: nothing else ranks them, so the values that most rows have come first."""
    match marks:
        case [Limit(count, True), ColumnMention(columns), *rest] if not (scene.started or any(map(_may_rank, rest))):
            if any(_is_measured_or_unique(ref, scene) for ref in columns):
                return None
            counted = Measure(Aggregate.COUNT, columns[0].table)
            ranked = Rank(counted, descending=True, owner=columns[0].table)
            return Found(2, (Cap(count), *_groups(ColumnMention(columns)), ranked))
    return None


def _is_measured_or_unique(ref: ColumnRef, scene: Scene) -> bool:
    return scene.index.is_quantity(ref) or scene.index.is_date(ref) or scene.index.is_unique(ref)


def _may_rank(mark: Mark) -> bool:
    return mark in (Cue.BY, Cue.SORT, Cue.COUNT) or isinstance(mark, Superlative | Aggregating)


def cut(marks: Marks, _: Scene) -> Found | None:
    """`top 5`, `first 10`."""
    match marks:
        case [Limit(count, ranked), *_]:
            return Found(1, (Cap(count, ranked),))
    return None
