"""Pairs, terms and instructions, with the bounds of their sizes."""

from collections.abc import Callable
from functools import cached_property
from hashlib import sha256
from typing import Annotated

from pydantic import Field, field_validator

from rowcall_contracts.base import Contract
from rowcall_sqlgen.knowledge.definition import Definition, read_definition
from rowcall_sqlgen.knowledge.question_book import QuestionBook
from rowcall_sqlgen.knowledge.questions import normal_question, term_words

MOST_PAIRS = 2_000
MOST_TERMS = 500
MOST_SYNONYMS = 20
MOST_INSTRUCTIONS = 50
LONGEST_TERM = 6
"""Words; the engine's linking reads no longer names."""

_Name = Annotated[str, Field(min_length=1, max_length=100)]
_Connection = Annotated[str, Field(min_length=1, max_length=100)] | None


class Pair(Contract):
    """A question and the SQL that answers it, in the connection's dialect; without `connection`, wherever it fits."""

    question: Annotated[str, Field(min_length=1, max_length=2_000)]
    sql: Annotated[str, Field(min_length=1, max_length=20_000)]
    connection: _Connection = None

    @field_validator("question")
    @classmethod
    def _asks(cls, question: str) -> str:
        if not normal_question(question):
            raise ValueError("holds no word; write the question as it would be asked")
        return question


class Term(Contract):
    """A name for a table, a column (`flights.dep_delay`), a condition (`… > 15`) or a measure (`AVG(…)`)."""

    name: _Name
    synonyms: Annotated[tuple[_Name, ...], Field(max_length=MOST_SYNONYMS)] = ()
    means: Annotated[str, Field(min_length=1, max_length=1_000)]
    description: Annotated[str, Field(max_length=1_000)] | None = None
    connection: _Connection = None

    @field_validator("name", "synonyms")
    @classmethod
    def _is_sayable(cls, said: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for name in (said,) if isinstance(said, str) else said:
            if not 0 < len(term_words(name)) <= LONGEST_TERM:
                raise ValueError(f"has no word, or more than {LONGEST_TERM}; give one to {LONGEST_TERM} words")
        return said

    @field_validator("means")
    @classmethod
    def _is_defined(cls, means: str) -> str:
        read_definition(means)
        return means

    @cached_property
    def definition(self) -> Definition:
        """What `means` says, parsed."""
        return read_definition(self.means)

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its synonyms."""
        return (self.name, *self.synonyms)


class Knowledge(Contract):
    """Everything of one file."""

    pairs: Annotated[tuple[Pair, ...], Field(max_length=MOST_PAIRS)] = ()
    terms: Annotated[tuple[Term, ...], Field(max_length=MOST_TERMS)] = ()
    instructions: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=1_000)], ...], Field(max_length=MOST_INSTRUCTIONS)
    ] = ()

    @cached_property
    def version(self) -> str:
        """Changes with any content; empty where there is none."""
        if not (self.pairs or self.terms or self.instructions):
            return ""
        return sha256(self.model_dump_json().encode()).hexdigest()[:16]

    @cached_property
    def book(self) -> QuestionBook:
        """The questions of the pairs, by the pairs' positions."""
        return QuestionBook([pair.question for pair in self.pairs])

    def holds_for(self, connection_id: str) -> Callable[[int], bool]:
        """Returns a test of whether the pair at a position holds for a connection."""
        return lambda at: self.pairs[at].connection in (None, connection_id)

    def terms_of(self, connection_id: str) -> tuple[Term, ...]:
        """Returns the terms that hold for a connection."""
        return tuple(term for term in self.terms if term.connection in (None, connection_id))


NOTHING = Knowledge()
