"""Reads a whole question: the first rule that fits each place, until every mark is accounted for."""

from collections.abc import Sequence

from rowcall_sqlgen.engine.clauses import Clause, Either, Focus, Once, Rank, Show
from rowcall_sqlgen.engine.grammar import conditions, shape
from rowcall_sqlgen.engine.grammar.absence import absence
from rowcall_sqlgen.engine.grammar.measures import shown_measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Rule, Scene
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnMention, Cue, Limit, Mark, Role, TableMention, ValueMention
from rowcall_sqlgen.engine.meaning import Measure

_IDLE = frozenset({Cue.AND, Cue.WITH, Cue.OF, Cue.IS, Cue.SOME, Cue.WHICH})


def read(marks: Marks, index: SchemaIndex) -> tuple[Clause, ...] | None:
    """Returns the clauses of the question, or `None` when some mark fits no rule."""
    clauses: list[Clause] = []
    at = 0
    while at < len(marks):
        scene = _scene(marks[:at], clauses, index)
        found = _first(marks[at:], scene)
        if found is None:
            return None
        clauses.extend(found.clauses)
        at += found.length
    return tuple(clauses)


def _first(marks: Marks, scene: Scene) -> Found | None:
    return next((found for rule in RULES if (found := rule(marks, scene))), None)


def _scene(before: Marks, clauses: Sequence[Clause], index: SchemaIndex) -> Scene:
    shown = [clause for clause in clauses if isinstance(clause, Show)]
    return Scene(
        index=index,
        table=next((t for mark in reversed(before) if (t := _table(mark))), None),
        shown=bool(shown),
        measured=bool(shown) and isinstance(shown[-1].item, Measure),
        ranked=any(isinstance(mark, Limit) and mark.ranked for mark in before)
        and not any(isinstance(clause, Rank) for clause in clauses),
        rank=next((clause.item for clause in clauses if isinstance(clause, Rank)), None),
    )


def _table(mark: Mark) -> str | None:
    return mark.table if isinstance(mark, TableMention | ColumnMention | ValueMention) else None


def _misplaced(marks: Marks, _: Scene) -> bool:
    """`whose origin is LAX` where LAX is no origin: reading on would drop the condition and answer another question."""
    match marks:
        case [ColumnMention(), Cue.IS, ValueMention(), *_] | [Cue.WITH, ColumnMention(), ValueMention(), *_]:
            return True
    return False


def _shown_column(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case _ if _misplaced(marks, scene):
            return None
        case [Cue.WHICH, ColumnMention(columns), *_] | [Cue.DISTINCT, ColumnMention(columns), *_]:
            return Found(2, (Once(), *map(Show, columns)))
        case [Cue.WHICH, Cue.DISTINCT, ColumnMention(columns), *_]:
            return Found(3, (Once(), *map(Show, columns)))
        case [ColumnMention(columns), *_]:
            return Found(1, tuple(map(Show, columns)))
    return None


def _focus(marks: Marks, _: Scene) -> Found | None:
    match marks:
        case [Role(word), TableMention(table), *_]:
            return Found(2, (Focus(table, word),))
        case [TableMention(table), *_]:
            return Found(1, (Focus(table),))
        case [Cue.DISTINCT, TableMention(table), *_]:
            return Found(2, (Once(), Focus(table)))
    return None


def _idle(marks: Marks, scene: Scene) -> Found | None:
    match marks:
        case [Cue.OR, *_]:
            return Found(1, (Either(),))
        case [Role(), *_]:
            return Found(1)
        case [Cue.BY, *_] if scene.shown or scene.table:
            return Found(1)
        case [Cue.WITH, *rest] if _misplaced(marks, scene) or not rest:
            return None
        case [mark, *_] if mark in _IDLE:
            return Found(1)
    return None


RULES: tuple[Rule, ...] = (
    shape.order,
    absence,
    conditions.pattern,
    conditions.between,
    conditions.comparison,
    conditions.exact_amount,
    conditions.equality,
    conditions.named,
    shape.group,
    shape.ranking,
    shape.cut,
    conditions.dated,
    conditions.stored_value,
    shown_measure,
    _shown_column,
    _focus,
    _idle,
)
"""In the order of trial: a rule that reads more of the question stands before one that reads less."""
