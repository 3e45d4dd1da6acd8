"""The LLM generator: asks once, mends a malformed answer once, and lets the guard decide what is offered."""

from collections.abc import Callable

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from rowcall_contracts.candidates import Candidate, Clarification, ClarificationKind, Generation
from rowcall_contracts.catalog import Catalog
from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.llm.completion import Completion, complete
from rowcall_sqlgen.llm.prompt import INSTRUCTIONS, document
from rowcall_sqlgen.llm.reply import MalformedReply, Reply, parse_reply

NAME = "llm"
LONGEST_EXCUSE = 500

Allows = Callable[[str, Catalog], bool]
"""Says whether a statement may run on a catalog."""


class LlmGenerator:
    """Asks a model. `allows` is the guard; statements that it refuses are dropped here already."""

    def __init__(self, client: AsyncOpenAI, model: str, allows: Allows) -> None:
        self._client = client
        self._model = model
        self._allows = allows

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns the model's candidates that may run, or a clarification.

        Raises:
            Retryable: the endpoint did not answer.
            Permanent: the endpoint refused the request, or answered twice with something else than was asked for.
        """
        call = _Call(self._client, self._model, request)
        reply = await call.reply()
        if isinstance(reply, Clarification):
            return call.generation((), reply)
        tried = {tried.candidate.sql for tried in request.feedback}
        fresh = (candidate for candidate in reply.ranked() if candidate.sql not in tried)
        candidates = tuple(candidate for candidate in fresh if self._allows(candidate.sql, request.catalog))
        return call.generation(candidates, None if candidates else _question_back(reply))


class _Call:
    """The messages of one request and what they cost."""

    def __init__(self, client: AsyncOpenAI, model: str, request: GenerationRequest) -> None:
        self._client = client
        self._model = model
        self._request = request
        self._messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": document(request)},
        ]
        self._prompt_tokens = 0
        self._completion_tokens = 0

    async def reply(self) -> Reply | Clarification:
        answer = await self._ask()
        if answer.declined:
            return _declined(answer.text)
        try:
            return parse_reply(answer.text)
        except MalformedReply as error:
            return await self._mended(answer, error)

    async def _mended(self, answer: Completion, error: MalformedReply) -> Reply | Clarification:
        self._messages.append({"role": "assistant", "content": answer.text})
        self._messages.append({"role": "user", "content": f"Your answer was {error}. Answer again, JSON only."})
        second = await self._ask()
        if second.declined:
            return _declined(second.text)
        try:
            return parse_reply(second.text)
        except MalformedReply as again:
            detail = f"The LLM answered twice with something else than the JSON asked for: {again}."
            raise Permanent(ProblemType.GENERATOR_FAILED, detail) from again

    async def _ask(self) -> Completion:
        answer = await complete(self._client, self._model, self._messages, now=self._request.now)
        self._prompt_tokens += answer.prompt_tokens
        self._completion_tokens += answer.completion_tokens
        return answer

    def generation(self, candidates: tuple[Candidate, ...], clarification: Clarification | None) -> Generation:
        return Generation(
            dialect=self._request.catalog.dialect,
            candidates=candidates,
            clarification=clarification,
            generator=NAME,
            prompt_tokens=self._prompt_tokens,
            completion_tokens=self._completion_tokens,
        )


def _declined(text: str) -> Clarification:
    said = text[:LONGEST_EXCUSE] or "no reason given"
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD, message=f"The language model declined to answer: {said}"
    )


def _question_back(reply: Reply) -> Clarification:
    return reply.question_back() or Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message="The language model gave no statement that may run. Ask in other words.",
    )
