"""The LLM generator: asks a model for candidates, lets the built-in engine vote, and falls back on it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from rowcall_contracts.candidates import Clarification, ClarificationKind, Generation
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.breakdown.cutter import Cutter, RuleCutter
from rowcall_sqlgen.breakdown.model_cutter import ModelCutter
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.generator import GenerationRequest, Generator
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.knowledge.indexing import index_key, index_of
from rowcall_sqlgen.llm.conversation import Declined
from rowcall_sqlgen.llm.data_text import plain
from rowcall_sqlgen.llm.feedback import tested
from rowcall_sqlgen.llm.poll import Allowance, Answer, Poll
from rowcall_sqlgen.llm.prompt import LONGEST_QUESTION, messages
from rowcall_sqlgen.llm.provider import Messages, Provider
from rowcall_sqlgen.llm.screen import Screen
from rowcall_sqlgen.llm.votes import elect

NAME = "llm"
LEAST_CONFIDENCE = 0.5
"""The built-in engine answers alone when its best candidate is at least as likely right as wrong."""

_CUTTING_SHARE = 0.25
"""Of the seconds that a question may take: a text that the model did not cut in that time is cut by rules."""

_LONGEST_EXCUSE = 500
_UNAVAILABLE = "The language model was not available; the built-in engine answered."
_DECLINED = "The language model declined to answer; the built-in engine answered."
_NOTHING_MAY_RUN = "The language model gave no statement that may run; the built-in engine answered."

_log = structlog.get_logger()


class LlmGenerator:
    """Asks a model. `builtin` joins the vote, and answers alone when the model does not; they share `indexes`."""

    def __init__(self, provider: Provider, builtin: Generator, *, indexes: IndexCache, allowance: Allowance) -> None:
        self._provider = provider
        self._builtin = builtin
        self._indexes = indexes
        self._allowance = allowance

    def cutter(self) -> Cutter:
        """Returns what asks the same model which questions a text holds."""
        return ModelCutter(self._provider, within_s=self._allowance.seconds * _CUTTING_SHARE, otherwise=RuleCutter())

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns candidates that may run and were not tried before, or a clarification.

        Raises:
            Retryable: the endpoint did not answer, and the built-in engine is not sure enough.
            Permanent: the endpoint refused the request, or answered twice with something else than was asked for;
                and the built-in engine is not sure enough.
        """
        request = replace(request, feedback=tested(request.feedback))
        offline = await self._builtin.generate(request)
        if len(request.question) > LONGEST_QUESTION or not request.question.strip():
            return offline
        screen = Screen(request)
        passed = await asyncio.to_thread(screen.passed, offline.candidates)
        offline = offline.model_copy(update={"candidates": passed})
        poll = Poll(self._provider, self._allowance, screen)
        generation = await self._asked(request, poll, screen, offline=offline)
        cost = {"prompt_tokens": poll.tally.prompt_tokens, "completion_tokens": poll.tally.completion_tokens}
        return generation.model_copy(update=cost)

    async def _asked(
        self, request: GenerationRequest, poll: Poll, screen: Screen, *, offline: Generation
    ) -> Generation:
        try:
            answers = await poll.answers(await self._opening(request))
        except Declined as declined:
            return _taken_over(offline, _DECLINED) or _clarified(offline, _declined(str(declined)))
        except (Retryable, Permanent) as error:
            if (taken_over := _taken_over(offline, _UNAVAILABLE)) is None:
                raise
            _log.warning("llm_unavailable", reason=error.detail)
            return taken_over
        return await asyncio.to_thread(_decided, answers, offline, screen)

    async def _opening(self, request: GenerationRequest) -> Messages:
        index = await self._index(request)
        return await asyncio.to_thread(messages, request, index, tokens=self._allowance.prompt_tokens)

    async def _index(self, request: GenerationRequest) -> SchemaIndex:
        """Returns the index that the built-in engine has just used; one that is too large to keep is built again."""
        kept = self._indexes.get(index_key(request))
        return await asyncio.to_thread(index_of, request) if kept is None else kept


def _decided(answers: Sequence[Answer], offline: Generation, screen: Screen) -> Generation:
    """Elects candidates; when more answers ask back than offer any, the first question back."""
    offering = [answer.candidates for answer in answers if answer.candidates]
    asking = [answer.clarification for answer in answers if answer.clarification and not answer.candidates]
    if len(asking) > len(offering):
        return _clarified(offline, asking[0])
    if not offering:
        return _taken_over(offline, _NOTHING_MAY_RUN) or _clarified(offline, _nothing_may_run())
    candidates = elect(offering, offline.candidates, screen.form)
    return offline.model_copy(update={"candidates": candidates, "clarification": None, "generator": NAME})


def _taken_over(offline: Generation, assumption: str) -> Generation | None:
    """Returns the built-in engine's answer with a sentence that says so, if the engine is sure enough of it."""
    if not offline.candidates or offline.candidates[0].confidence < LEAST_CONFIDENCE:
        return None
    candidates = tuple(
        candidate.model_copy(update={"assumptions": (*candidate.assumptions, assumption)})
        for candidate in offline.candidates
    )
    return offline.model_copy(update={"candidates": candidates})


def _clarified(offline: Generation, clarification: Clarification) -> Generation:
    return offline.model_copy(update={"candidates": (), "clarification": clarification, "generator": NAME})


def _declined(text: str) -> Clarification:
    said = plain(text, _LONGEST_EXCUSE) or "no reason given"
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD, message=f"The language model declined to answer: {said}"
    )


def _nothing_may_run() -> Clarification:
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message="The language model gave no statement that may run. Ask in other words.",
    )
