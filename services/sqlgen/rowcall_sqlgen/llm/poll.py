"""Several answers of the model to one question, as many as its allowance buys."""

import asyncio
import time
from dataclasses import dataclass

from rowcall_contracts.candidates import Candidate, Clarification
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.llm.conversation import Conversation, Declined, Tally
from rowcall_sqlgen.llm.provider import Messages, Provider
from rowcall_sqlgen.llm.reply import Reply
from rowcall_sqlgen.llm.screen import Screen

_NONE_MAY_RUN = "without a statement that may run: one SELECT over the listed tables, and none of those in `tried`"
_SAMPLE_TEMPERATURE = 0.7
"""Of answers after the first: at 0 they would all be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one question may cost: seconds in all, answers asked for, tokens of the prompt and of everything."""

    seconds: float = 120.0
    samples: int = 1
    prompt_tokens: int = 16_000
    tokens: int = 60_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: what of it may be offered, and its question back."""

    candidates: tuple[Candidate, ...]
    clarification: Clarification | None


class Poll:
    """The answers to one question, and in `tally` their cost."""

    def __init__(self, provider: Provider, allowance: Allowance, screen: Screen) -> None:
        self._provider = provider
        self._allowance = allowance
        self._screen = screen
        self._ends_at = time.monotonic() + allowance.seconds
        self.tally = Tally()

    async def answers(self, opening: Messages) -> list[Answer]:
        """Returns one answer or more. More are asked for at once after the first, as far as time and tokens go.

        Raises:
            Retryable, Permanent, Declined: there is no first answer; later ones may fail as they like.
        """
        first = await self._answer(opening, temperature=0.0)
        more = (self._answer_or_none(opening) for _ in range(self._affordable()))
        return [first, *(answer for answer in await asyncio.gather(*more) if answer)]

    async def _answer_or_none(self, opening: Messages) -> Answer | None:
        try:
            return await self._answer(opening, temperature=_SAMPLE_TEMPERATURE)
        except (Retryable, Permanent, Declined):
            return None

    async def _answer(self, opening: Messages, *, temperature: float) -> Answer:
        conversation = Conversation(
            provider=self._provider,
            opening=opening,
            temperature=temperature,
            tally=self.tally,
            left_s=lambda: self._ends_at - time.monotonic(),
        )
        answer = await self._screened(await conversation.reply())
        if answer.candidates or answer.clarification or conversation.mended:
            return answer
        return await self._screened(await conversation.mend(_NONE_MAY_RUN))

    async def _screened(self, reply: Reply) -> Answer:
        return Answer(await asyncio.to_thread(self._screen.passed, reply.ranked()), reply.question_back())

    def _affordable(self) -> int:
        """Returns how many more answers fit when each costs what the first did, and there is time for as long again."""
        if self._ends_at - time.monotonic() < self._allowance.seconds / 2:
            return 0
        spare = self._allowance.tokens - self.tally.tokens
        return max(0, min(self._allowance.samples - 1, spare // max(1, self.tally.tokens)))
