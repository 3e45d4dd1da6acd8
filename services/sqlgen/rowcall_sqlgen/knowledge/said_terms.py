"""Which stored terms a question says, and which of them a statement heeds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.engine.phrases import CONNECTORS
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.knowledge.definition import DefinitionKind
from rowcall_sqlgen.knowledge.model import LONGEST_TERM, Term
from rowcall_sqlgen.knowledge.questions import term_words


@dataclass(frozen=True, slots=True)
class SaidTerm:
    """A term, and the words of the question that say it."""

    term: Term
    text: str

    @property
    def binds(self) -> bool:
        """Says whether a statement without the term's columns answers another question."""
        return self.term.definition.kind in (DefinitionKind.CONDITION, DefinitionKind.MEASURE)

    @property
    def sentence(self) -> str:
        """Tells a person how the words were read."""
        return f"`{self.text}` was read as {self.term.means}, as a stored term says."


def said_terms(question: str, terms: Iterable[Term]) -> tuple[SaidTerm, ...]:
    """Returns the terms in the order of the question; of overlapping ones the longest."""
    known = {term_words(name): term for term in reversed(tuple(terms)) for name in term.names}
    asked = words(question)
    found: list[SaidTerm] = []
    at = 0
    while known and at < len(asked):
        length, term = _longest(asked[at : at + LONGEST_TERM], known)
        if term:
            found.append(SaidTerm(term, " ".join(word.text for word in asked[at : at + length])))
        at += length
    return tuple(dict.fromkeys(found))


def _longest(stretch: Sequence[Word], known: dict[tuple[str, ...], Term]) -> tuple[int, Term | None]:
    for length in range(len(stretch), 0, -1):
        said = stretch[:length]
        if any(word.quoted for word in said) or {said[0].lower, said[-1].lower} & CONNECTORS:
            continue
        if term := known.get(term_words(" ".join(word.text for word in said))):
            return length, term
    return 1, None


def heeds(sql: str, said: SaidTerm, dialect: Dialect) -> bool:
    """Says whether the statement names all that the term is made of."""
    try:
        tree = sqlglot.parse_one(sql, dialect=dialect.value)
    except (SqlglotError, RecursionError):
        return False
    tables = {table.name.lower() for table in tree.find_all(exp.Table)}
    columns = {column.name.lower() for column in tree.find_all(exp.Column)}
    wanted = said.term.definition
    return {name.lower() for name in wanted.tables} <= tables and {
        name.lower() for _, name in wanted.columns
    } <= columns
