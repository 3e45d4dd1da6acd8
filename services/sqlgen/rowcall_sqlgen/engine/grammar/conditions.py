"""Conditions on ranges, dates and text."""

from dataclasses import replace

from rowcall_sqlgen.engine.clauses import Dated, Filter, Show
from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.grammar.operands import compare, equals, operands
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Scene
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    ColumnRef,
    Comparing,
    Cue,
    Number,
    Operator,
    Quoted,
    Role,
    TableMention,
    TermMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import Between, Comparison, Like, OneOf


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
            begin = compare(ref, Operator.GE, first, index=scene.index)
            end = compare(ref, Operator.LE, last, index=scene.index)
            return Found(length, (Filter(begin), Filter(end))) if begin and end else None
    return None


def dated(marks: Marks, _: Scene) -> Found | None:
    """`in 2013`, `after 1 May 2013`: a period without a column."""
    match marks:
        case [Comparing(operator, None), Period() as period, *_]:
            return Found(2, (Dated(operator, period),))
        case [Role("from") | Cue.IS, Period() as period, *_]:
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


def stored_value(marks: Marks, scene: Scene) -> Found | None:
    """`from JFK`, `JFK or LGA`, `both JFK and LGA`: values that the profile knows."""
    match marks:
        case [Role() | Cue.NAMED | Cue.BY | Cue.IS, *rest]:
            found = stored_value(rest, scene)
            return Found(found.length + 1, found.clauses) if found else None
        case [Cue.BOTH, ValueMention(column, one), Cue.AND, ValueMention(other, two), *_] if column == other:
            both = (Comparison(column, Operator.EQ, value) for value in (one, two))
            return Found(4, tuple(Filter(predicate, apart=True) for predicate in both))
        case [ValueMention(column), *_]:
            return _values(column, marks)
    return None


def _values(column: ColumnRef, marks: Marks) -> Found | None:
    found = operands(marks, column)
    if found is None:
        return None
    texts = tuple(value for value in found.values if isinstance(value, str))
    if len(texts) != len(found.values):
        return Found(1, (Filter(Comparison(column, Operator.EQ, texts[0])),))
    return Found(
        found.length, (Filter(OneOf(column, texts) if texts[1:] else Comparison(column, Operator.EQ, texts[0])),)
    )


def term(marks: Marks, scene: Scene) -> Found | None:
    """`late`, `are late`, `not late`: the condition that a stored term stands for.

    `no late flights` is left unread: it asks for the absence of such rows, not for rows that are otherwise.
    """
    match marks:
        case [Cue.NOT, TermMention() as said, *rest] if not (rest and isinstance(rest[0], TableMention)):
            found = term((said,), scene)
            negated = tuple(replace(c, negated=True) for c in found.clauses if isinstance(c, Filter)) if found else ()
            return Found(2, negated) if negated else None
        case [Role() | Cue.IS | Cue.WITH, Cue.NOT | TermMention(), *_]:
            found = term(marks[1:], scene)
            return Found(found.length + 1, found.clauses) if found else None
        case [TermMention() as said, *_] if condition := scene.index.terms.condition(said):
            return Found(1, (Filter(condition),))
    return None


def named(marks: Marks, scene: Scene) -> Found | None:
    """`airports named "Moton Field"`: the name column of the table just named."""
    names = scene.index.names.get(scene.table or "", ())
    match marks:
        case [Cue.NAMED, Quoted(text), *_] if len(names) == 1:
            return Found(2, (Filter(Comparison(names[0], Operator.EQ, text)),))
    return None


def pattern(marks: Marks, scene: Scene) -> Found | None:
    """`name starts with "S"`, `titles containing "war"`, `tracks that contain the word "you"`."""
    match marks:
        case [
            ColumnMention((ref,)),
            Cue.STARTS | Cue.ENDS | Cue.CONTAINS as how,
            Quoted() | ValueMention() as part,
            *_,
        ] if (text := _typed(part, ref)) is not None:
            found = _like(ref, how, text, length=3)
            first = (Show(ref),) if not scene.started else ()
            return Found(3, (*first, *found.clauses)) if found else None
        case [Cue.CONTAINS as how, Quoted() | ValueMention() as part, ColumnMention((ref,)), *_] if (
            text := _typed(part, ref)
        ) is not None:
            return _like(ref, how, text, length=3)
        case [TableMention(table), Cue.WITH, *rest] if len(scene.index.names[table]) == 1:
            found = pattern((ColumnMention(scene.index.names[table]), *rest), scene)
            return Found(found.length + 1, found.clauses) if found else None
        case [TableMention(table), *rest] if len(scene.index.names[table]) == 1:
            return pattern((ColumnMention(scene.index.names[table]), *rest), scene)
    return None


def _typed(part: Quoted | ValueMention, ref: ColumnRef) -> str | None:
    """A value that another column stores may be spelled otherwise than it was asked for: `San` is no airport `SAN`."""
    if isinstance(part, Quoted):
        return part.text
    return part.value if part.column == ref else None


def _like(ref: ColumnRef, how: Cue, text: str, *, length: int) -> Found | None:
    plain = text.replace("%", "").replace("_", "")
    wild = {Cue.STARTS: f"{plain}%", Cue.ENDS: f"%{plain}", Cue.CONTAINS: f"%{plain}%"}[how]
    return Found(length, (Filter(Like(ref, wild)),)) if plain else None
