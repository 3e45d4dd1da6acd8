"""What is shown of persons and things: names instead of keys where names are asked for, full names, each key once."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rowcall_sqlgen.builtin.proposals import Proposal, written
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Item, Join, Meaning
from rowcall_sqlgen.engine.naming import name_columns
from rowcall_sqlgen.engine.reading import Readings
from rowcall_sqlgen.engine.words import Word

_WHO = frozenset({"who", "whom"})
_NAME = frozenset({"name"})
_OF = frozenset("of the each all his her their its".split())


def shown_in_readings(read: Readings, question: Sequence[Word], index: SchemaIndex) -> Readings:
    """Returns the readings that show what is asked for."""
    return replace(
        read,
        found=tuple(replace(each, meaning=_shown(each.meaning, question, index)) for each in read.found),
    )


def shown_in_proposal(proposal: Proposal, question: Sequence[Word], index: SchemaIndex) -> Proposal:
    """Returns the proposal that shows what is asked for. To be asked last: trust knows keys that are called so."""
    if not isinstance(proposal.query, Meaning):
        return proposal
    query = _shown(proposal.query, question, index)
    return proposal if query == proposal.query else replace(proposal, query=query, sql=written(query, index))


def _shown(query: Meaning, question: Sequence[Word], index: SchemaIndex) -> Meaning:
    query = _each_key_once(query)
    if any((one.lemma, other.lemma) == ("full", "name") for one, other in pairwise(question)):
        query = _in_full(query, index)
    match query:
        case Meaning(items=(ColumnRef() as key,), group=(), order=()) if _is_asked_by_name(key, question):
            return _with_names(query, key, index)
    return query


def _each_key_once(query: Meaning) -> Meaning:
    """Two columns that a join makes equal tell one thing."""
    same: set[frozenset[ColumnRef]] = set()
    for step in (join.step for join in query.joins if not join.optional):
        for near, far in zip(step.near_columns, step.far_columns, strict=True):
            same.add(frozenset((ColumnRef(step.near, near), ColumnRef(step.far, far))))
    shown: list[Item] = []
    for item in query.items:
        if not any(frozenset((item, before)) in same for before in shown):
            shown.append(item)
    return replace(query, items=tuple(shown))


def _in_full(query: Meaning, index: SchemaIndex) -> Meaning:
    """The last name beside each first name that stands alone."""
    last: dict[object, ColumnRef] = {}
    for table in {item.table for item in query.items if isinstance(item, ColumnRef)}:
        names = name_columns(index.tables[table])
        if len(names) == 2 and names[0] in query.items and names[1] not in query.items:
            last[names[0]] = names[1]
    return replace(
        query,
        items=tuple(each for item in query.items for each in (item, last.get(item)) if each is not None),
        group=tuple(each for key in query.group for each in (key, last.get(key)) if each is not None),
    )


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
