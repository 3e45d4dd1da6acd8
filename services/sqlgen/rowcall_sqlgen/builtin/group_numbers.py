"""One number over groups: `the average number of flights per day`, `how many days had more than 1000 flights`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.edited import edited
from rowcall_sqlgen.builtin.measured_rows import names_rows
from rowcall_sqlgen.builtin.returns.counts import named_tables
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate
from rowcall_sqlgen.engine.meaning import Meaning, Measure, OverGroups
from rowcall_sqlgen.engine.words import Word, words

TRUST = 0.95
"""Of the probability of the groups: the words say the form plainly."""
Words = tuple[Word, ...]

_AGGREGATES = {
    **dict.fromkeys(("average", "mean", "avg"), Aggregate.AVG),
    **dict.fromkeys(("maximum", "max", "highest", "largest"), Aggregate.MAX),
    **dict.fromkeys(("minimum", "min", "lowest", "smallest"), Aggregate.MIN),
}
_EACH = frozenset({"each", "every"})
_HAVING = frozenset({"had", "have", "has", "with", "saw"})
_ON_AVERAGE = (("on", "average"), ("in", "average"), ("on", "an", "average"))
_HOW_MANY, _WHICH = words("how many"), words("which")
_CLEARLY = 0.8
_LONGEST_NOUN = 3


def group_numbers(question: Words, index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns the number over the groups that the rest asks for; `today` is that of the rest."""
    return _averages(question, index, ask) or _counts(question, index, ask)


def _averages(question: Words, index: SchemaIndex, ask: Ask) -> Sequence[Trusted]:
    """A count per group, and one number for all of them: their average, or the greatest or least."""
    lower = [word.lower for word in question]
    if not _EACH & set(lower):
        return ()
    found = _of_number(question, lower, index) or _on_average(question, lower, index)
    if found is None:
        return ()
    aggregate, rest, said = found
    numbers = ((trusted, _over(aggregate, trusted.proposal.query)) for trusted in ask(rest))
    return tuple(edited(each, query, said, index=index, trust=TRUST) for each, query in numbers if query)


def _of_number(question: Words, lower: list[str], index: SchemaIndex) -> tuple[Aggregate, Words, Words] | None:
    """Reads `average number of flights for each day`, `average flights for each day`."""
    for at, word in enumerate(lower):
        aggregate = _AGGREGATES.get(word)
        if aggregate is None or at > _LONGEST_NOUN:
            continue
        rest = question[at + 1 :]
        counted = rest[2:] if lower[at + 1 : at + 3] == ["number", "of"] else rest
        said = question[at : at + 1 + len(rest) - len(counted)]
        return (aggregate, (*_HOW_MANY, *counted), said) if names_rows(counted, index) else None
    return None


def _on_average(question: Words, lower: list[str], index: SchemaIndex) -> tuple[Aggregate, Words, Words] | None:
    """Reads `how many flights are there for each day on average`."""
    if lower[:2] != ["how", "many"] or not names_rows(question[2:], index):
        return None
    for phrase in _ON_AVERAGE:
        size = len(phrase)
        for at in range(2, len(lower) - size + 1):
            if tuple(lower[at : at + size]) == phrase:
                return Aggregate.AVG, (*question[:at], *question[at + size :]), question[at : at + size]
    return None


def _over(aggregate: Aggregate, query: object) -> OverGroups | None:
    if not isinstance(query, Meaning) or not query.group or query.having or query.limit is not None:
        return None
    measures = [item for item in query.items if isinstance(item, Measure)]
    counted = len(measures) == 1 and (
        measures[0].aggregate is Aggregate.COUNT or measures[0].aggregate is Aggregate.SUM
    )
    return OverGroups(aggregate, replace(query, items=(measures[0],), order=(), distinct=False)) if counted else None


def _counts(question: Words, index: SchemaIndex, ask: Ask) -> Sequence[Trusted]:
    """`How many days had more than 1000 flights?` counts the groups that `which days` would show."""
    lower = [word.lower for word in question]
    start = next((at for at in range(3, 3 + _LONGEST_NOUN) if at < len(lower) and lower[at] in _HAVING), None)
    if lower[:2] != ["how", "many"] or start is None:
        return ()
    if max(named_tables(question[2:start], index).values(), default=0.0) >= _CLEARLY:
        return ()
    found = ((trusted, trusted.proposal.query) for trusted in ask((*_WHICH, *question[2:])))
    return tuple(
        edited(trusted, OverGroups(Aggregate.COUNT, replace(query, order=())), question[:2], index=index, trust=TRUST)
        for trusted, query in found
        if isinstance(query, Meaning) and query.having and query.group and query.limit is None
    )
