"""Questions that compare: `compare the flights of Delta and United` asks for one number of each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.edited import edited
from rowcall_sqlgen.builtin.measured_rows import measured
from rowcall_sqlgen.builtin.returns.grouping import is_measured
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import AnyOf, Comparison, Meaning, OneOf, Predicate
from rowcall_sqlgen.engine.words import Word, words

TRUST = 0.95
"""Of the probability of the number for all of them together."""
Words = tuple[Word, ...]

_OPENINGS = frozenset({"compare", "contrast"})
_OPENING_NOUNS = frozenset({"comparison"})
_LINKS = frozenset({"and", "vs", "versus", "with", "to", ","})
_AMONG = {"between": "of", "among": "of", "across": "of"}
_OR = words("or")


def contrasts(question: Words, index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns the number for each of the values that the rest names as alternatives; `today` is that of the rest."""
    said = _opening(question)
    if not said:
        return ()
    for rest in _alternatives(question[said:]):
        found = ((trusted, _apart(trusted.proposal.query)) for trusted in ask(measured(rest, index)))
        answers = [
            edited(trusted, query, question[:said], index=index, trust=TRUST) for trusted, query in found if query
        ]
        if answers:
            return answers
    return ()


def _opening(question: Words) -> int:
    """Returns how many words say that something is compared."""
    lower = [word.lower for word in question[:4]]
    if lower[:1] and lower[0] in _OPENINGS:
        return 1
    at = next((at for at, word in enumerate(lower) if word in _OPENING_NOUNS), None)
    return at + 1 if at is not None else 0


def _alternatives(rest: Words) -> Iterator[Words]:
    """Yields the rest with `or` where it links what is compared, the last link first."""
    plain = tuple(replace(word, lower=_AMONG[word.lower]) if word.lower in _AMONG else word for word in rest)
    for at in range(len(plain) - 1, 0, -1):
        if plain[at].lower in _LINKS and not plain[at].quoted:
            yield (*plain[:at], *_OR, *plain[at + 1 :])


def _apart(query: object) -> Meaning | None:
    """Groups by the column of which the query takes several values."""
    if not isinstance(query, Meaning) or query.limit is not None or query.having:
        return None
    columns = [column for predicate in query.where if (column := _several(predicate))]
    if len(columns) != 1 or not query.items or not all(map(is_measured, query.items)) or columns[0] in query.group:
        return None
    return replace(query, items=(columns[0], *query.items), group=(columns[0], *query.group))


def _several(predicate: Predicate) -> ColumnRef | None:
    match predicate:
        case OneOf(column, values) if len(values) > 1:
            return column
        case AnyOf(parts):
            subjects = {p.subject for p in parts if isinstance(p, Comparison) and p.operator is Operator.EQ}
            same = len(subjects) == 1 and all(isinstance(p, Comparison) for p in parts)
            subject = next(iter(subjects)) if same else None
            return subject if isinstance(subject, ColumnRef) else None
    return None
