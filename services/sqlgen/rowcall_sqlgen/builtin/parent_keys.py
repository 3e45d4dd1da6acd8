"""Keys of rows, sought where they stand: `the name of airport ATL` needs none of the flights that go there."""

from dataclasses import replace

from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.calculating import rooted
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Meaning, Query
from rowcall_sqlgen.parser.matching import Matches
from rowcall_sqlgen.parser.parser import Parses

_NAMED = 0.5


def at_parents(parses: Parses) -> Parses:
    """Returns the parses without tables that are joined for the value of a key alone, where the question does not name
    them: the key is compared in the table that it identifies, which has each row once.
    """
    matches = parses.nodes.matches
    return replace(parses, found=tuple(replace(each, query=_at_parent(each.query, matches)) for each in parses.found))


def _at_parent(query: Query, matches: Matches) -> Query:
    if not isinstance(query, Meaning):
        return query
    for at, predicate in enumerate(query.where):
        match predicate:
            case Comparison(subject=ColumnRef() as key, operator=Operator.EQ, value=str()):
                step = _step_to_parent(query, key) if matches.table_quality(key.table) < _NAMED else None
                alone = _without(query, key, step) if step else None
                if step and alone:
                    moved = replace(predicate, subject=ColumnRef(step.far, step.far_columns[0]))
                    return replace(alone, where=(*query.where[:at], moved, *query.where[at + 1 :]))
    return query


def _step_to_parent(query: Meaning, key: ColumnRef) -> Step | None:
    for join in query.joins:
        step = join.step if join.step.to_parent else join.step.reversed()
        if not join.optional and (step.near, step.near_columns) == (key.table, (key.column,)):
            return step
    return None


def _without(query: Meaning, key: ColumnRef, to_parent: Step) -> Meaning | None:
    """Returns the query without the key's table, if that is read for the key alone and at an end of the joins."""
    if sum(part == key or _reads(part, key.table) for part in inner_parts(query)) != 1:
        return None
    whole = rooted(query, to_parent.far)
    if whole is None or any(join.step.near == key.table for join in whole.joins):
        return None
    return replace(whole, joins=tuple(join for join in whole.joins if join.step.far != key.table))


def _reads(part: object, table: str) -> bool:
    return not isinstance(part, Meaning) and getattr(part, "table", None) == table
