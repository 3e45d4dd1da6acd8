"""Questions for the second or third by some order: that for the first is asked, and the rows before are left out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.edited import edited
from rowcall_sqlgen.engine.adjectives import SUPERLATIVES
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Measure, Order
from rowcall_sqlgen.engine.words import Word

TRUST = 0.95
"""Of the probability of the first one."""
_ORDINALS = {
    word: number
    for number, names in enumerate(
        ("second 2nd", "third 3rd", "fourth 4th", "fifth 5th", "sixth 6th", "seventh 7th", "eighth 8th", "ninth 9th"),
        start=2,
    )
    for word in names.split()
}
_SUPERLATIVES = frozenset(
    "most least fewest highest lowest largest smallest biggest greatest best worst busiest".split()
) | {phrase[0] for phrase in SUPERLATIVES}


def ordinals(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers to the rest, that many rows later; `today` is that of the rest."""
    at = ordinal_place(question)
    if at is None:
        return ()
    skipped = _ORDINALS[question[at].lower] - 1
    found = ((trusted, _ordered(trusted.proposal.query)) for trusted in ask((*question[:at], *question[at + 1 :])))
    return tuple(
        edited(trusted, replace(query, offset=skipped), question[at : at + 1], index=index, trust=TRUST)
        for trusted, query in found
        if query
    )


def ordinal_place(question: Sequence[Word]) -> int | None:
    """Returns where `second` stands before `largest` or the like."""
    lower = [word.lower for word in question]
    places = range(len(lower) - 1)
    return next((at for at in places if lower[at] in _ORDINALS and lower[at + 1] in _SUPERLATIVES), None)


def _ordered(query: object) -> Meaning | None:
    """Returns the query for the first row; the greatest value is the first of all values, each once."""
    if not isinstance(query, Meaning):
        return None
    match query.items:
        case (Measure(aggregate=Aggregate.MAX | Aggregate.MIN as extreme, column=ColumnRef() as column),) if (
            not query.group and not query.order
        ):
            order = (Order(column, descending=extreme is Aggregate.MAX),)
            return replace(query, items=(column,), order=order, limit=1, distinct=True)
    return query if query.limit == 1 and query.order else None
