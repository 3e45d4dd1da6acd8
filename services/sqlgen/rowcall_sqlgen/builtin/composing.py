"""Questions around another question: a ratio or a period is taken out, the rest is asked, and its answer is edited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rowcall_sqlgen.builtin.evidence import Evidence, Understanding
from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import Word


@dataclass(frozen=True, slots=True)
class Trusted:
    """A proposal and how likely it is right, 0..1.

    `understood`: the question it answers, which is only a part of the one asked where something was taken out of that;
    `notes` and `said`: sentences on the liberties taken there, and the words read there.
    """

    proposal: Proposal
    probability: float
    evidence: Evidence
    understood: Understanding
    notes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


Ask = Callable[[tuple[Word, ...]], Sequence[Trusted]]
"""Answers another question about the same data: proposals, the likeliest first; none where it is not understood."""


class Composer(Protocol):
    """Answers questions of one form by those that they contain."""

    def __call__(self, question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
        """Returns proposals, the likeliest first; none where the question is not of that form."""
