"""Negation: rows that lack a value, a partner or a property."""

from dataclasses import replace

from rowcall_sqlgen.engine.clauses import Absent, Clause, Dated, Filter
from rowcall_sqlgen.engine.grammar import conditions
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Rule, Scene
from rowcall_sqlgen.engine.marks import ColumnMention, Cue, TableMention
from rowcall_sqlgen.engine.meaning import IsNull

_CONDITIONS: tuple[Rule, ...] = (
    conditions.pattern,
    conditions.between,
    conditions.comparison,
    conditions.equality,
    conditions.named,
    conditions.stored_value,
    conditions.dated,
)


def absence(marks: Marks, scene: Scene) -> Found | None:
    """`without a departure time`, `tail number is missing`, `airlines without flights`, `do not have any pets`."""
    match marks:
        case [Cue.WITHOUT, ColumnMention((ref,)), *_]:
            return Found(2, (Filter(IsNull(ref)),))
        case [Cue.MISSING, ColumnMention((ref,)), *_]:
            return Found(2, (Filter(IsNull(ref)),))
        case [ColumnMention((ref,)), Cue.IS, Cue.NOT, Cue.MISSING, *_]:
            return Found(4, (Filter(IsNull(ref), negated=True),))
        case [ColumnMention((ref,)), Cue.NOT, Cue.MISSING, *_]:
            return Found(3, (Filter(IsNull(ref), negated=True),))
        case [ColumnMention((ref,)), Cue.IS, Cue.MISSING, *_]:
            return Found(3, (Filter(IsNull(ref)),))
        case [ColumnMention((ref,)), Cue.MISSING, *_]:
            return Found(2, (Filter(IsNull(ref)),))
        case [Cue.WITHOUT | Cue.NOT, TableMention(table), *_] if table != scene.table:
            return Found(2, (Absent(table),))
        case [Cue.NOT, Cue.SOME, TableMention(table), *_] if table != scene.table:
            return Found(3, (Absent(table),))
    return _negated(marks, scene)


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
