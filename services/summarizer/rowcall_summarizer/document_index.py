"""Finding passages of documents. Chunks in the store are the truth; the full-text tables are a cache of them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import structlog

from rowcall_contracts.resources import Chunk
from rowcall_runtime.errors import Retryable
from rowcall_summarizer.passage_tables import Match, PassagesBroken, PassageTables

_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


class ChunkSource(Protocol):
    """Where the truth is read."""

    async def ready_versions(self, workspace_id: str) -> Mapping[str, int]:
        """Returns the version of every document that can be found now; it changes with the document's chunks."""

    async def chunks_of(self, workspace_id: str, document_id: str) -> Sequence[Chunk]:
        """Returns all chunks of a document."""


class DocumentIndex:
    """Searches a workspace's documents as they are now.

    Before each search the tables are brought up to the source: documents that they lack or hold in another version
    are loaded, those that are gone are erased. So any replica can answer at once, and a missing, old or damaged
    cache costs time only.
    """

    def __init__(self, tables: PassageTables, source: ChunkSource) -> None:
        self._tables = tables
        self._source = source
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._held: dict[str, dict[str, int]] = {}

    async def search(self, workspace_id: str, query: str, *, limit: int) -> list[Match]:
        """Returns the best passages, best first. The same index and query give the same answer.

        Raises:
            Retryable: the cache could not be rebuilt (a full disk, say).
        """
        return await self._mended(workspace_id, lambda: self._search(workspace_id, query, limit))

    async def sync(self, workspace_id: str) -> None:
        """Brings the tables up to the source; once it returns, a search here needs no loading.

        Raises:
            Retryable: the cache could not be rebuilt.
        """
        await self._mended(workspace_id, lambda: self._sync(workspace_id))

    async def _mended(self, workspace_id: str, operation: Callable[[], Awaitable[_T]]) -> _T:
        """Runs an operation, and where the cache turns out to be broken, once more with a new one."""
        # One at a time per workspace: otherwise a search that has read its versions earlier would erase what a later
        # one has just loaded.
        async with self._locks[workspace_id]:
            try:
                return await operation()
            except PassagesBroken as error:
                # The engine's own message stays out of the log: it may quote the query.
                _log.warning("passages_broken", workspace_id=workspace_id, cause=type(error.__cause__).__name__)
            self._held.pop(workspace_id, None)
            await self._tables.discard(workspace_id)
            try:
                return await operation()
            except PassagesBroken as error:
                self._held.pop(workspace_id, None)
                raise Retryable("The full-text index cannot be built; is there space on the worker's disk?") from error

    async def _search(self, workspace_id: str, query: str, limit: int) -> list[Match]:
        await self._sync(workspace_id)
        if not self._held[workspace_id]:
            return []
        return await self._tables.search(workspace_id, query, limit=limit)

    async def _sync(self, workspace_id: str) -> None:
        wanted = await self._source.ready_versions(workspace_id)
        if workspace_id not in self._held:
            self._held[workspace_id] = await self._tables.versions(workspace_id)
        held = self._held[workspace_id]
        if held == wanted:
            return
        if not held:
            await self._tables.create(workspace_id)
        for document_id in sorted(wanted):
            if held.get(document_id) != wanted[document_id]:
                await self._load(workspace_id, document_id, wanted[document_id])
        if gone := sorted(held.keys() - wanted.keys()):
            await self._tables.forget(workspace_id, gone)
            for document_id in gone:
                del held[document_id]
        await self._tables.tidy(workspace_id)

    async def _load(self, workspace_id: str, document_id: str, version: int) -> None:
        chunks = await self._source.chunks_of(workspace_id, document_id)
        await self._tables.put(workspace_id, document_id, version=version, chunks=chunks)
        self._held[workspace_id][document_id] = version
