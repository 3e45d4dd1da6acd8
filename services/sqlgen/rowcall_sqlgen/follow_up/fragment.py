"""What the words of a follow-up ask for, read by the engine as if they went on after the statement's tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rowcall_sqlgen.engine.clauses import Cap, Clause, Focus, Once, SortBy
from rowcall_sqlgen.engine.grammar.reading import read
from rowcall_sqlgen.engine.linking import Cut, Option, Span, link
from rowcall_sqlgen.engine.marks import (
    Aggregate,
    Aggregating,
    ColumnMention,
    ColumnRef,
    Comparing,
    Cue,
    Limit,
    Mark,
    Number,
    Superlative,
    TableMention,
    ValueMention,
)
from rowcall_sqlgen.engine.ranking import link_quality
from rowcall_sqlgen.engine.resolution import Interpretation, interpretations
from rowcall_sqlgen.engine.vocabulary import UNITS
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.follow_up.changes import Change, CountAnswer, CountOnce, Recompute, Remove, Top, TurnAround, Unlimit
from rowcall_sqlgen.follow_up.showing import sole_quantity
from rowcall_sqlgen.follow_up.statement import Statement
from rowcall_sqlgen.follow_up.unit_columns import column_of_unit
from rowcall_sqlgen.follow_up.utterance import Sign, Utterance
from rowcall_sqlgen.follow_up.where import compared_column, filtered_columns

_FILTERED_BONUS = 0.1
_READ_BONUS = 0.05
_STRANGE_COST = 0.1
_APART_COST = 0.05

_IDLE = (Cue.AND, Cue.OF, Cue.IS, Cue.WITH, Cue.BREAK, Cue.SOME, Cue.WHICH)
_REMOVING = frozenset({Sign.REMOVES, Sign.FOR_ALL, Sign.ALL})
_BARE: dict[Sign, Change] = {
    Sign.REVERSES: TurnAround(),
    Sign.UNLIMITED: Unlimit(),
    Sign.FIRST: Cap(1),
    Sign.ONCE: Once(),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """One way to understand a follow-up. `quality`: 0..1, how well the words were linked."""

    changes: tuple[Change, ...]
    quality: float
    spans: tuple[Span, ...] = ()
    interpretation: Interpretation = ()


@dataclass(frozen=True, slots=True)
class Fragments:
    """All of them, best first, and the best cut into spans, for what was not understood."""

    found: tuple[Fragment, ...]
    cut: Cut


def read_fragments(utterance: Utterance, statement: Statement, today: date) -> Fragments:
    """Returns what the words may ask for, given the statement that they speak of."""
    cuts = link(utterance.words, statement.index, today)
    bare = tuple(change for sign, change in _BARE.items() if sign in utterance.signs)
    if all(not span.options for span in cuts[0].spans) and not cuts[0].unknown:
        return Fragments((Fragment(bare, 1.0),) if bare else (), cuts[0])
    found = [fragment for cut in cuts if not cut.unknown for fragment in _of_cut(cut, utterance, statement)]
    ranked = sorted(found, key=lambda fragment: -fragment.quality)
    return Fragments(
        tuple(Fragment((*bare, *f.changes), f.quality, f.spans, f.interpretation) for f in ranked), cuts[0]
    )


def _of_cut(cut: Cut, utterance: Utterance, statement: Statement) -> Iterator[Fragment]:
    spans = tuple(span for span in cut.spans if span.options)
    scene = tuple(Span(0, 0, (Option(TableMention(table), 1.0),)) for table in reversed(statement.tables))
    filtered = filtered_columns(statement)
    for interpretation in interpretations((*scene, *spans)):
        own = interpretation[len(scene) :]
        marks = tuple(option.mark for option in own)
        quality = link_quality(spans, own) + _fit(marks, statement, filtered)
        if utterance.signs & _REMOVING and (removed := _removed(marks)):
            yield Fragment(removed, quality + _FILTERED_BONUS, spans, own)
            continue
        changes = _read(marks, spans, utterance, statement)
        if changes:
            yield Fragment(changes, quality, spans, own)


def _fit(marks: Sequence[Mark], statement: Statement, filtered: frozenset[ColumnRef]) -> float:
    """What the statement already restricts is rather meant than what it reads, and that rather than anything else.

    Several values are rather of one column: `without JFK and LGA`.
    """
    score = _READ_BONUS * sum(isinstance(mark, TableMention) and mark.table in statement.tables for mark in marks)
    for ref in (ref for mark in marks for ref in _columns(mark)):
        if ref in filtered:
            score += _FILTERED_BONUS
        else:
            score += _READ_BONUS if ref.table in statement.tables else -_STRANGE_COST
    columns = {mark.column for mark in marks if isinstance(mark, ValueMention)}
    return score - _APART_COST * max(0, len(columns) - 1)


def _columns(mark: Mark) -> tuple[ColumnRef, ...]:
    match mark:
        case ColumnMention(columns):
            return columns
        case ValueMention(column):
            return (column,)
        case Comparing(column=ColumnRef() as column) | Superlative(column=ColumnRef() as column):
            return (column,)
    return ()


def _removed(marks: Sequence[Mark]) -> tuple[Change, ...]:
    named = [mark for mark in marks if mark not in _IDLE]
    if not all(isinstance(mark, ColumnMention | TableMention | ValueMention) for mark in named):
        return ()
    return tuple(Remove(m) for m in named if isinstance(m, ColumnMention | TableMention | ValueMention))


def _read(
    marks: tuple[Mark, ...], spans: Sequence[Span], utterance: Utterance, statement: Statement
) -> tuple[Change, ...]:
    """Reads the marks after the statement's tables; marks that the grammar has no sentence for are read first."""
    special = _of_the_answer(marks)
    if special:
        return special
    counts, marks = _counting(marks)
    if _counts_units(marks, spans, utterance, statement):
        return ()
    completed = _completed(marks, spans, utterance, statement)
    before = tuple(TableMention(table) for table in reversed(statement.tables))
    clauses = read((*before, *completed), statement.index)
    if clauses is None:
        return ()
    changes = (*(_alphabetical(each, utterance, statement) for each in _without_scene(clauses, statement)), *counts)
    top = next((mark for mark in completed if isinstance(mark, Limit) and mark.ranked), None)
    if top and changes == (Cap(top.count, ranked=True),):
        return (Top(top.count),)
    return changes


def _of_the_answer(marks: Sequence[Mark]) -> tuple[Change, ...]:
    """`how many`, `the average`, `descending` without a noun."""
    match [mark for mark in marks if mark not in _IDLE]:
        case [Cue.COUNT]:
            return (CountAnswer(),)
        case [Cue.COUNT, Cue.DISTINCT]:
            return (CountAnswer(distinct=True),)
        case [Cue.COUNT, Cue.DISTINCT, TableMention(table)]:
            return (CountOnce(table),)
        case [Number(int(count)), Cue.FREQUENT]:
            return (Top(count),)
        case [Aggregating(aggregate)]:
            return (Recompute(aggregate),)
        case [Cue.MEAN]:
            return (Recompute(Aggregate.AVG),)
    return ()


def _counts_units(marks: Sequence[Mark], spans: Sequence[Span], utterance: Utterance, statement: Statement) -> bool:
    """In `over 120 minutes` the word is a unit, whatever column may bear its name."""
    for before, mark, span in zip(marks, marks[1:], spans[1:], strict=False):
        last = utterance.words[span.end - 1]
        if isinstance(before, Number) and isinstance(mark, ColumnMention) and last.lower in UNITS:
            ref = column_of_unit(last.lemma, statement)
            return ref is not None and ref not in mark.columns
    return False


def _alphabetical(change: Change, utterance: Utterance, statement: Statement) -> Change:
    """An alphabet orders what is shown first, whatever the order before was by."""
    named = any(word.lemma.startswith(("alphabet", "lexicograph")) for word in utterance.words)
    if isinstance(change, SortBy) and change.item is None and named:
        refs = statement.refs(statement.tree.expressions[0])
        return replace(change, item=next(iter(refs))) if len(refs) == 1 else change
    return change


def _counting(marks: tuple[Mark, ...]) -> tuple[tuple[Change, ...], tuple[Mark, ...]]:
    """Takes a `how many` without a noun out: `how many of them are to LAX`."""
    for at, mark in enumerate(marks):
        after = marks[at + 1] if at + 1 < len(marks) else None
        if mark is Cue.COUNT and not isinstance(after, ColumnMention | TableMention) and after is not Cue.DISTINCT:
            return (CountAnswer(),), (*marks[:at], *marks[at + 1 :])
    return (), marks


def _completed(
    marks: tuple[Mark, ...], spans: Sequence[Span], utterance: Utterance, statement: Statement
) -> tuple[Mark, ...]:
    """Supplies what a comparison leaves out: `over 500 miles`, `more than 1000`, `what about 300`."""
    found: list[Mark] = []
    for at, mark in enumerate(marks):
        after = marks[at + 1] if at + 1 < len(marks) else None
        further = marks[at + 2] if at + 2 < len(marks) else None
        bare = not isinstance(further, ColumnMention | TableMention) and not _has_subject(found)
        if isinstance(mark, Comparing) and mark.column is None and isinstance(after, Number) and bare:
            words = utterance.words[spans[at + 1].start : spans[at + 1].end]
            found.extend(_compared(words, statement))
        found.append(mark)
    match [mark for mark in found if mark not in _IDLE]:
        case [Number() as number] if compared := compared_column(statement):
            return (ColumnMention((compared[0],)), Comparing(compared[1]), number)
        case [Superlative(column=ColumnRef()) as first, Number() as number]:
            return (number, first)
        case [Number() as number, Superlative() as first, *rest]:
            return (number, first, *rest)
        case [Superlative(column=None) as first] if ref := sole_quantity(statement):
            return (first, ColumnMention((ref,)))
    return tuple(found)


def _has_subject(before: Sequence[Mark]) -> bool:
    named = [mark for mark in before if mark not in _IDLE]
    return bool(named) and isinstance(named[-1], ColumnMention | TableMention)


def _compared(words: Sequence[Word], statement: Statement) -> tuple[Mark, ...]:
    unit = next((word.lemma for word in words if word.lower in UNITS), None)
    if unit:
        ref = column_of_unit(unit, statement)
        return (ColumnMention((ref,)),) if ref else ()
    if statement.grouped:
        return _measure_marks(statement)
    compared = compared_column(statement)
    ref = compared[0] if compared else sole_quantity(statement)
    return (ColumnMention((ref,)),) if ref else ()


def _measure_marks(statement: Statement) -> tuple[Mark, ...]:
    """Names the one measure of the groups."""
    measures = statement.measures
    if len(measures) != 1:
        return ()
    aggregate, ref = measures[0]
    if ref is None:
        return (Cue.COUNT, TableMention(statement.tables[0])) if aggregate is Aggregate.COUNT else ()
    return (Aggregating(aggregate), ColumnMention((ref,)))


def _without_scene(clauses: Sequence[Clause], statement: Statement) -> tuple[Change, ...]:
    """Leaves out that the statement's own tables were named."""
    return tuple(
        clause
        for clause in clauses
        if not (isinstance(clause, Focus) and clause.table in statement.tables and clause.role is None)
    )
