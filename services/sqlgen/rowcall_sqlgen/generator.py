"""The port that both generators serve: question and catalog in, ranked SQL or a clarification out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rowcall_contracts.candidates import Candidate, Generation, Outcome
from rowcall_contracts.catalog import Catalog
from rowcall_contracts.inputs import Turn
from rowcall_contracts.resources import LlmShare
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate of an earlier round and what became of it."""

    candidate: Candidate
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """One round of one question. `now` is what relative dates count from; `max_rows` bounds the later execution.

    `history`: earlier turns of the conversation, oldest first. `refining`: a statement that `question` asks to change.
    `knowledge`: stored pairs, terms and instructions, of which some hold for other connections alone.
    """

    question: str
    connection_id: str
    catalog: Catalog
    max_rows: int
    now: datetime
    feedback: tuple[Tried, ...] = ()
    share: LlmShare = LlmShare.SCHEMA
    history: tuple[Turn, ...] = ()
    refining: str | None = None
    knowledge: Knowledge = NOTHING


class Generator(Protocol):
    """Turns questions into SQL."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns at most `MAX_CANDIDATES` candidates, best first, or a clarification and none.

        Raises:
            Retryable: a part that the generator needs did not answer; another attempt may succeed.
            Permanent: no attempt can succeed.
        """
        ...
