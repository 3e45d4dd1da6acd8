"""The built-in generator behind the port, with indexes and answers kept between questions."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from rowcall_contracts.candidates import Generation
from rowcall_sqlgen.builtin import grammar_answer
from rowcall_sqlgen.builtin.answer_cache import AnswerCache, answer_key
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.engine.focus import focused
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.follow_up.follow_up import answer_follow_up
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.index_cache import IndexCache, size_of
from rowcall_sqlgen.knowledge.indexing import index_key, index_of
from rowcall_sqlgen.knowledge.model import Pair
from rowcall_sqlgen.screening import own_may_run

PAIRS_COMPARED = 20
"""Stored pairs, the closest by their words, that are compared by meaning."""


class BuiltinGenerator:
    """Answers without network or language model. Needs no configuration; never raises for a question.

    Without `answering`, which holds the trained parser, the grammar answers alone.
    """

    def __init__(
        self, cache: IndexCache, answering: Answering | None = None, *, answers: AnswerCache | None = None
    ) -> None:
        self._cache = cache
        self._answers = AnswerCache() if answers is None else answers
        self._answering = answering
        # The parser is not thread-safe, and no faster on two threads.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="answering")

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns ranked candidates that were not tried before, or a clarification."""
        key = answer_key(request)
        answer = self._answers.get(key) if key else None
        if answer is None:
            answer = await self._answered(request)
            if key:
                self._answers.put(key, answer)
        return answer

    async def _answered(self, request: GenerationRequest) -> Generation:
        index = await self._index(request)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._generate, request, index)

    async def _index(self, request: GenerationRequest) -> SchemaIndex:
        key = index_key(request)
        index = self._cache.get(key)
        if index is None:
            # A large catalog takes a second: the event loop has heartbeats to send meanwhile.
            index = await asyncio.to_thread(index_of, request)
            self._cache.put(key, index, size_bytes=await asyncio.to_thread(size_of, index))
        return index

    def _generate(self, request: GenerationRequest, index: SchemaIndex) -> Generation:
        fresh = self._fresh(request, focused(words(request.question), index))
        goes_on = request.history or request.refining is not None
        return answer_follow_up(request, index, fresh) if goes_on else fresh

    def _fresh(self, request: GenerationRequest, index: SchemaIndex) -> Generation:
        """Answers the question by itself."""
        today = request.now.date()
        tried = frozenset(tried.candidate.sql for tried in request.feedback)

        def may_offer(sql: str) -> bool:
            return sql not in tried and own_may_run(sql, request.catalog)

        if self._answering is None:
            return grammar_answer.answer(request.question, index, today, may_offer=may_offer)
        return self._answering.answer(
            request.question, index, today, may_offer=may_offer, pairs=_nearest_pairs(request)
        )


def _nearest_pairs(request: GenerationRequest) -> list[Pair]:
    knowledge = request.knowledge
    if not knowledge.pairs:
        return []
    keep = knowledge.holds_for(request.connection_id)
    return [knowledge.pairs[at] for at, _ in knowledge.book.nearest(request.question, PAIRS_COMPARED, keep=keep)]
