"""The built-in generator: the engine behind the port, with indexes kept between questions."""

import asyncio

from rowcall_contracts.candidates import Generation
from rowcall_sqlgen.engine.answering import answer
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.index_cache import IndexCache, cache_key, size_of
from rowcall_sqlgen.screening import may_run


class BuiltinGenerator:
    """Answers without network or model. Needs no configuration; never raises for a question."""

    def __init__(self, cache: IndexCache) -> None:
        self._cache = cache

    async def generate(self, request: GenerationRequest) -> Generation:
        """Returns ranked candidates that were not tried before, or a clarification."""
        index = await self._index(request)
        return await asyncio.to_thread(_answer, request, index)

    async def _index(self, request: GenerationRequest) -> SchemaIndex:
        key = cache_key(request.connection_id, request.catalog)
        index = self._cache.get(key)
        if index is None:
            # A large catalog takes a second: the event loop has heartbeats to send meanwhile.
            index = await asyncio.to_thread(build_index, request.catalog)
            self._cache.put(key, index, size_bytes=await asyncio.to_thread(size_of, index))
        return index


def _answer(request: GenerationRequest, index: SchemaIndex) -> Generation:
    return answer(
        request.question,
        index,
        request.now.date(),
        tried=frozenset(tried.candidate.sql for tried in request.feedback),
        allows=lambda sql: may_run(sql, request.catalog),
    )
