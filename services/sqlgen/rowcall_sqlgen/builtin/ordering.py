"""Questions whose last sentence says in which order: the rest is asked, and its answer sorted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.returns.grouping import is_measured
from rowcall_sqlgen.builtin.returns.sortings import Sorting, read_sorting
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import AllColumns, CalendarPart, Meaning, Order, SortKey
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word

TRUST = 0.95
"""Of the rest's probability: the key is one of the items shown. A guess, not fitted."""
_REQUESTS = frozenset({"order", "sort", "arrange"})
_BREAKS = frozenset("?.!;")
_RESULTS = frozenset({"result", "row", "output", "them", "it", "list", "the", "your", "answer"})
_AMOUNTS = frozenset({"number", "count"})


def ordering(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers to the rest, sorted by what they show; none where nothing that they show is the key.

    `today` is that of the rest.
    """
    start = _start(question)
    sorting = _sorting(question[start:]) if start else None
    if start is None or sorting is None:
        return ()
    found = (_sorted(trusted, sorting, index) for trusted in ask(question[: start - 1]))
    return tuple(each for each in found if each)


def _start(question: Sequence[Word]) -> int | None:
    """Returns where a last sentence begins that asks for an order."""
    starts = [at for at in range(2, len(question)) if question[at - 1].lower in _BREAKS]
    return starts[-1] if starts and question[starts[-1]].lower in _REQUESTS else None


def _sorting(said: tuple[Word, ...]) -> Sorting | None:
    """`Sort the names in ascending order` says the key without `by`."""
    if any(word.lower == "by" for word in said):
        return read_sorting(said)
    end = next((at for at, word in enumerate(said) if word.lower == "in"), len(said))
    sorting = read_sorting((*said[:1], *said[end:]))
    return replace(sorting, key=tuple(said[1:end])) if sorting else None


def _sorted(trusted: Trusted, sorting: Sorting, index: SchemaIndex) -> Trusted | None:
    query = trusted.proposal.query
    if not isinstance(query, Meaning) or query.limit is not None:
        return None
    key = _key({word.lemma for word in sorting.key} - _RESULTS, query)
    if key is None:
        return None
    ordered = presented(replace(query, order=(Order(key, sorting.descending),)), index)
    sql = write_sql(ordered, index.dialect, index.tables)
    return replace(
        trusted,
        proposal=replace(trusted.proposal, sql=sql, query=ordered, uses=uses(ordered)),
        probability=trusted.probability * TRUST,
        said=(*trusted.said, *(word.text for word in sorting.key)),
    )


def _key(said: set[str], query: Meaning) -> SortKey | None:
    """Returns the item shown that has most of the words; a number over many rows for `by the number of flights`."""
    items = [item for item in query.items if not isinstance(item, AllColumns)]
    if not said:
        return items[0] if items else None
    measured = [item for item in items if is_measured(item)]
    if said & _AMOUNTS and len(measured) == 1:
        return measured[0]
    shared = [len(said & _words(item)) for item in items]
    best = max(shared, default=0)
    return items[shared.index(best)] if best and shared.count(best) == 1 else None


def _words(item: SortKey) -> set[str]:
    match item:
        case CalendarPart(_, unit):
            return {unit.value}
        case ColumnRef(table, column):
            return {*spelled_words(column), *spelled_words(table)}
    return set()
