"""Negation: rows that lack a value, a partner or a property."""

from dataclasses import replace

from rowcall_sqlgen.engine.clauses import Absent, Clause, Dated, Filter
from rowcall_sqlgen.engine.grammar import conditions
from rowcall_sqlgen.engine.grammar.comparisons import comparison
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Rule, Scene
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    ColumnRef,
    Cue,
    Number,
    Operator,
    Quoted,
    TableMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import Comparison, IsNull

_CONDITIONS: tuple[Rule, ...] = (
    conditions.pattern,
    conditions.between,
    comparison,
    conditions.equality,
    conditions.named,
    conditions.stored_value,
    conditions.dated,
)


_YES, _NO = frozenset({"yes", "y", "true", "t"}), frozenset({"no", "n", "false", "f"})


def absence(marks: Marks, scene: Scene) -> Found | None:
    """`without a departure time`, `tail number is missing`, `airlines without flights`, `do not have any pets`."""
    return _null(marks, scene) or _without_partner(marks, scene) or _negated(marks, scene)


def _null(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case [Cue.WITHOUT, ColumnMention((ref,)), *rest] if not _has_value(rest) and (no := _denial(ref, scene)):
            return Found(2, (Filter(Comparison(ref, Operator.EQ, no)),))
        case [Cue.WITHOUT | Cue.MISSING, ColumnMention((ref,)), *rest] if not _has_value(rest):
            return _is_null(ref, length=2)
        case [ColumnMention((ref,)), Cue.MISSING, *_]:
            return _is_null(ref, length=2)
        case [ColumnMention((ref,)), Cue.IS, Cue.MISSING, *_]:
            return _is_null(ref, length=3)
        case [ColumnMention((ref,)), Cue.NOT, Cue.MISSING, *_]:
            return _is_null(ref, length=3, negated=True)
        case [ColumnMention((ref,)), Cue.IS, Cue.NOT, Cue.MISSING, *_]:
            return _is_null(ref, length=4, negated=True)
    return None


def _denial(ref: ColumnRef, scene: Scene) -> str | None:
    """Returns the `No` of a column that says yes or no of every row."""
    values = {value: value.lower() for value in scene.index.column(ref).profile.values if isinstance(value, str)}
    return next((value for value, low in values.items() if low in _NO), None) if _YES & {*values.values()} else None


def _has_value(rest: Marks) -> bool:
    return bool(rest) and isinstance(rest[0], ValueMention | Quoted | Number)


def _is_null(ref: ColumnRef, *, length: int, negated: bool = False) -> Found:
    return Found(length, (Filter(IsNull(ref), negated=negated),))


def _without_partner(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case [Cue.WITHOUT | Cue.NOT, TableMention(table), *_] if table != scene.table:
            return Found(2, (Absent(table),))
        case [Cue.NOT, Cue.SOME, TableMention(table), *_] if table != scene.table:
            return Found(3, (Absent(table),))
    return None


def _negated(marks: Marks, scene: Scene) -> Found | None:
    """Any condition after `not`; `name is not X` has its column in front."""
    match marks:
        case [Cue.NOT | Cue.WITHOUT, *rest]:
            return _opposite(rest, scene, extra=1)
        case [ColumnMention() as column, Cue.IS, Cue.NOT, *rest]:
            return _opposite((column, *rest), scene, extra=2)
        case [ColumnMention() as column, Cue.NOT, *rest]:
            return _opposite((column, *rest), scene, extra=1)
    return None


def _opposite(marks: Marks, scene: Scene, *, extra: int) -> Found | None:
    while marks and marks[0] in (Cue.SOME, Cue.WITH, Cue.IS):
        marks, extra = marks[1:], extra + 1
    for rule in _CONDITIONS:
        found = rule(marks, scene)
        if found:
            return Found(found.length + extra, tuple(map(_negate, found.clauses)))
    return None


def _negate(clause: Clause) -> Clause:
    return replace(clause, negated=not clause.negated) if isinstance(clause, Filter | Dated) else clause
