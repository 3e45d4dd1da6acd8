"""The port that cuts a text into questions, and the cutter that needs nothing but rules."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from rowcall_sqlgen.breakdown.rules import cut_by_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Questions in their order, each complete in itself, and what it cost a model to find them."""

    questions: tuple[str, ...]
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Cutter(Protocol):
    """Finds the questions of a text."""

    async def cut(self, text: str) -> Cut:
        """Returns one question or more; the text as it is when it asks one. Never raises for a text."""
        ...


class RuleCutter:
    """Cuts by rules for English."""

    async def cut(self, text: str) -> Cut:
        """Returns the questions of the text."""
        return Cut(questions=await asyncio.to_thread(cut_by_rules, text))
