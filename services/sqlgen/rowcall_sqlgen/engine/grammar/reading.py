"""Reads a whole question: the first rule that fits each place, until every mark is accounted for."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rowcall_sqlgen.engine.clauses import Cap, Clause, Rank, Show
from rowcall_sqlgen.engine.grammar import comparisons, conditions, naming, shape
from rowcall_sqlgen.engine.grammar.absence import absence
from rowcall_sqlgen.engine.grammar.measures import shown_measure
from rowcall_sqlgen.engine.grammar.rule import Found, Marks, Rule, Scene
from rowcall_sqlgen.engine.grammar.sorting import order
from rowcall_sqlgen.engine.grammar.spans import in_units
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    Comparing,
    Cue,
    Limit,
    Mark,
    Number,
    Operator,
    Role,
    TableMention,
    TermMention,
    ValueMention,
)
from rowcall_sqlgen.engine.meaning import Measure

RULES: tuple[Rule, ...] = (
    order,
    conditions.term,
    absence,
    conditions.pattern,
    conditions.between,
    comparisons.comparison,
    shape.leading_count,
    comparisons.exact_amount,
    conditions.equality,
    conditions.named,
    shape.group_in_role,
    shape.ranked_by,
    shape.listed_by,
    shape.group,
    shape.frequency,
    shape.ranking,
    shape.frequent,
    shape.cut,
    conditions.dated,
    conditions.stored_value,
    shown_measure,
    naming.everything,
    naming.shown_column,
    naming.focus,
    naming.idle,
)
"""In the order of trial: a rule that reads more of the question stands before one that reads less."""

_BINDING = (Cue.IS, Cue.AND, Cue.OR, Cue.NAMED, Cue.BY, Cue.NOT, Cue.WITHOUT)
_AFTER_NUMBER = {Cue.OR_MORE: Operator.GE, Cue.OR_LESS: Operator.LE}


def read(marks: Marks, index: SchemaIndex) -> tuple[Clause, ...] | None:
    """Returns the clauses of the question, or `None` when some mark fits no rule."""
    told = in_units(_nouns_first(_operators_first(_rows_first(marks))), index)
    if told is None or _lacks_term(told):
        return None
    marks = told
    clauses: list[Clause] = []
    at = 0
    while at < len(marks):
        found = _first(marks[at:], _scene(marks[:at], clauses, index))
        if found is None:
            return None
        clauses.extend(found.clauses)
        at += found.length
    return tuple(clauses)


def _first(marks: Marks, scene: Scene) -> Found | None:
    return next((found for rule in RULES if (found := rule(marks, scene))), None)


def _rows_first(marks: Marks) -> Marks:
    """Turns a term that names rows (`latecomers`) into their table and the condition."""
    if not any(isinstance(mark, TermMention) and mark.names_rows for mark in marks):
        return marks
    turned: list[Mark] = []
    for mark in marks:
        if isinstance(mark, TermMention) and mark.names_rows:
            turned += (TableMention(mark.table), replace(mark, names_rows=False))
        else:
            turned.append(mark)
    return tuple(turned)


def _lacks_term(marks: Marks) -> bool:
    """`airlines without late flights`: to read absence and condition apart would answer another question."""
    pairs = pairwise(marks)
    return any(
        (one is Cue.WITHOUT and isinstance(other, TermMention | TableMention))
        or (one is Cue.NOT and isinstance(other, TableMention))
        for one, other in pairs
    ) and any(isinstance(mark, TermMention) for mark in marks)


def _operators_first(marks: Marks) -> tuple[Mark, ...]:
    """Turns `3 or more` into `at least 3`."""
    turned = list(marks)
    for at in range(len(turned) - 1):
        mark, after = turned[at], turned[at + 1]
        if isinstance(mark, Number) and isinstance(after, Cue) and after in _AFTER_NUMBER:
            turned[at], turned[at + 1] = Comparing(_AFTER_NUMBER[after]), mark
    return tuple(turned)


def _nouns_first(marks: Marks) -> tuple[Mark, ...]:
    """Turns `female students` into `students female`."""
    turned = list(marks)
    for at in range(len(turned) - 1):
        before = turned[at - 1] if at else None
        bound = isinstance(before, Role | ColumnMention | Comparing) or before in _BINDING
        adjective = isinstance(turned[at], ValueMention | TermMention)
        if adjective and isinstance(turned[at + 1], TableMention) and not bound:
            turned[at], turned[at + 1] = turned[at + 1], turned[at]
    return tuple(turned)


def _scene(before: Marks, clauses: Sequence[Clause], index: SchemaIndex) -> Scene:
    shown = [clause for clause in clauses if isinstance(clause, Show)]
    rank = next((clause.item for clause in clauses if isinstance(clause, Rank)), None)
    return Scene(
        index=index,
        previous=before[-1] if before else None,
        table=next((table for mark in reversed(before) if (table := _table(mark))), None),
        started=bool(clauses),
        shown=bool(shown),
        measured=bool(shown) and isinstance(shown[-1].item, Measure),
        capped=bool(clauses) and isinstance(clauses[-1], Cap),
        ranked=rank is None and any(isinstance(mark, Limit) and mark.ranked for mark in before),
        rank=rank,
    )


def _table(mark: Mark) -> str | None:
    return mark.table if isinstance(mark, TableMention | ColumnMention | ValueMention) else None
