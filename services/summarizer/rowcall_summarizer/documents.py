"""Documents and their chunks in the store: the truth that every full-text cache is built from."""

from collections.abc import Mapping, Sequence

from rowcall_contracts.resources import Chunk, Collection, Document, DocumentState
from rowcall_runtime.driver import Document as StoredDocument
from rowcall_runtime.driver import Store
from rowcall_runtime.repository import Repository

BATCH = 200


class DocumentStore:
    """Reads documents, writes chunks. Serves the full-text index as its source."""

    def __init__(self, store: Store) -> None:
        self.documents = Repository(store.collection(Collection.DOCUMENTS), Document)
        self._chunks = store.collection(Collection.CHUNKS)

    async def ready_versions(self, workspace_id: str) -> Mapping[str, int]:
        """Returns the version of every document of the workspace that can be found."""
        found = await self.documents.collection.find(
            {"workspace_id": workspace_id, "state": DocumentState.READY.value}, fields=["version"]
        )
        return {str(document["_id"]): int(str(document["version"])) for document in found}

    async def chunks_of(self, workspace_id: str, document_id: str) -> Sequence[Chunk]:
        """Returns a document's chunks in order."""
        found = await self._chunks.find(
            {"document_id": document_id, "workspace_id": workspace_id}, sort=[("position", 1)]
        )
        return [Chunk.model_validate({**chunk, "id": chunk["_id"]}) for chunk in found]

    async def chunks_by_id(self, workspace_id: str, chunk_ids: Sequence[str]) -> Mapping[str, Chunk]:
        """Returns the workspace's chunks with these ids; erased ones are left out."""
        found = await self._chunks.find({"_id": {"$in": list(chunk_ids)}, "workspace_id": workspace_id})
        return {str(chunk["_id"]): Chunk.model_validate({**chunk, "id": chunk["_id"]}) for chunk in found}

    async def replace_chunks(self, document: Document, chunks: Sequence[Chunk]) -> None:
        """Stores a document's chunks in place of any former ones, then says that it can be found.

        Nothing stays of a document that was deleted meanwhile.
        """
        mine = {"document_id": document.id, "workspace_id": document.workspace_id}
        await self._chunks.delete(mine)
        for start in range(0, len(chunks), BATCH):
            await self._chunks.insert_many([_stored(chunk) for chunk in chunks[start : start + BATCH]])
        if not await self._note(document, DocumentState.READY, len(chunks)):
            await self._chunks.delete(mine)

    async def fail(self, document: Document) -> None:
        """Notes that a document cannot be read."""
        await self._note(document, DocumentState.FAILED, 0)

    async def _note(self, document: Document, state: DocumentState, chunk_count: int) -> bool:
        return await self.documents.note(
            document.workspace_id, document.id, {"state": state.value, "chunk_count": chunk_count}
        )


def _stored(chunk: Chunk) -> StoredDocument:
    document: StoredDocument = chunk.model_dump(exclude_none=True)
    document["_id"] = document.pop("id")
    return document
