"""Keys of persons and things that are asked for by name: `who is the advisor of ...` is not answered by a number."""

from collections.abc import Sequence
from dataclasses import replace

from rowcall_sqlgen.builtin.proposals import Proposal, written
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Join, Meaning
from rowcall_sqlgen.engine.naming import name_columns
from rowcall_sqlgen.engine.reading import Readings
from rowcall_sqlgen.engine.words import Word

_WHO = frozenset({"who", "whom"})
_NAME = frozenset({"name"})
_OF = frozenset("of the each all his her their its".split())


def named_in_readings(read: Readings, question: Sequence[Word], index: SchemaIndex) -> Readings:
    """Returns the readings with names in place of such keys."""
    return replace(
        read,
        found=tuple(replace(each, meaning=_named(each.meaning, question, index)) for each in read.found),
    )


def named_in_proposal(proposal: Proposal, question: Sequence[Word], index: SchemaIndex) -> Proposal:
    """Returns the proposal with names in place of such keys. To be asked last: trust knows keys that are called so."""
    if not isinstance(proposal.query, Meaning):
        return proposal
    query = _named(proposal.query, question, index)
    return proposal if query == proposal.query else replace(proposal, query=query, sql=written(query, index))


def _named(query: Meaning, question: Sequence[Word], index: SchemaIndex) -> Meaning:
    match query:
        case Meaning(items=(ColumnRef() as key,), group=(), order=()) if _is_asked_by_name(key, question):
            return _with_names(query, key, index)
    return query


def _is_asked_by_name(key: ColumnRef, question: Sequence[Word]) -> bool:
    """Says whether `who` begins the question, or `name of the` stands before what the key is called."""
    called = spelled_words(key.column)
    lemmas = [word.lemma for word in question]
    at = next((at for at in range(len(lemmas)) if tuple(lemmas[at : at + len(called)]) == called), None)
    if at is None:
        return False
    if lemmas[0] in _WHO:
        return True
    before = at - 1
    while before > 0 and lemmas[before] in _OF:
        before -= 1
    return 0 <= before < at - 1 and lemmas[before] in _NAME


def _with_names(query: Meaning, key: ColumnRef, index: SchemaIndex) -> Meaning:
    parent = index.graph.parent_of(key)
    names = name_columns(index.tables[parent.table]) if parent else ()
    if parent is None or not names or key in names:
        return query
    step = Step(key.table, parent.table, (key.column,), (parent.column,), to_parent=True)
    if any(join.step in (step, step.reversed()) for join in query.joins):
        return replace(query, items=names)
    if parent.table == query.source or any(join.step.far == parent.table for join in query.joins):
        return query
    return replace(query, items=names, joins=(*query.joins, Join(step)))
