"""One exchange with the model: a question, an answer that is checked, and one request to mend it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from openai.types.chat import ChatCompletionMessageParam

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent
from rowcall_sqlgen.llm.answer_body import Completion
from rowcall_sqlgen.llm.provider import Messages, Provider
from rowcall_sqlgen.llm.reply import MalformedReply, Reply, parse_reply

LONGEST_ANSWER = 64_000
"""Characters; five long statements take a third of it."""
CUT = "cut off at the limit of its length; give one candidate and short assumptions"


class Declined(Exception):
    """The model or a filter of its server would not answer; the message is what it said instead."""


@dataclass(slots=True)
class Tally:
    """Tokens that a generation cost so far."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def tokens(self) -> int:
        """Both directions together."""
        return self.prompt_tokens + self.completion_tokens

    def add(self, answer: Completion) -> None:
        """Counts an answer."""
        self.prompt_tokens += answer.prompt_tokens
        self.completion_tokens += answer.completion_tokens


@dataclass(kw_only=True)
class Conversation:
    """`left_s` says how many seconds answers may take still."""

    provider: Provider
    opening: Messages
    temperature: float
    tally: Tally
    left_s: Callable[[], float]
    mended: bool = field(default=False, init=False)
    _messages: list[ChatCompletionMessageParam] = field(init=False)

    def __post_init__(self) -> None:
        self._messages = list(self.opening)

    async def reply(self) -> Reply:
        """Asks, and has a malformed reply mended once.

        Raises:
            Retryable: the endpoint did not answer.
            Permanent: it refused the request, or answered twice with something else than was asked for.
            Declined: it would not answer.
        """
        answer = await self._ask()
        try:
            return _read(answer)
        except MalformedReply as error:
            return await self.mend(str(error))

    async def mend(self, fault: str) -> Reply:
        """Sends the last answer back with what is wrong with it; once in a conversation. Raises as `reply` does."""
        self.mended = True
        self._messages.append({"role": "user", "content": f"Your answer was {fault}. Answer again, JSON only."})
        try:
            return _read(await self._ask())
        except MalformedReply as error:
            detail = f"The LLM answered twice with something else than the JSON asked for: {error}."
            raise Permanent(ProblemType.GENERATOR_FAILED, detail) from error

    async def _ask(self) -> Completion:
        answer = await self.provider.complete(self._messages, temperature=self.temperature, within_s=self.left_s())
        self.tally.add(answer)
        if answer.declined:
            raise Declined(answer.text)
        self._messages.append({"role": "assistant", "content": answer.text[:LONGEST_ANSWER] or "(nothing)"})
        return answer


def _read(answer: Completion) -> Reply:
    try:
        return parse_reply(answer.text[:LONGEST_ANSWER])
    except MalformedReply as error:
        raise MalformedReply(CUT if answer.cut else str(error)) from None
