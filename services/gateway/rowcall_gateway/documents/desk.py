"""Keeping, indexing, finding and deleting documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.inputs import IndexDocumentInput, SearchDocumentsInput
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.resources import Document, DocumentState
from rowcall_gateway.caller import Caller
from rowcall_gateway.cursors import PageQuery, next_cursor
from rowcall_gateway.documents.schemas import DocumentBody
from rowcall_gateway.documents.uploads import Upload
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.jobs.accept import Acceptance
from rowcall_gateway.jobs.cancel import Cancelling
from rowcall_gateway.jobs.following import Following
from rowcall_gateway.jobs.schemas import NewDocumentIndex, NewDocumentSearch
from rowcall_gateway.problems import Refusal
from rowcall_gateway.resources import Resources
from rowcall_gateway.unfinished import UNFINISHED
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.ids import Prefix, new_id

SEARCH_WAIT_S = 10.0
SEARCH_TIMEOUT_S = 30

LISTED_FIELDS: Sequence[str] = tuple(DocumentBody.model_fields)
"""Everything but the content, which has up to 1 MiB."""


@dataclass(frozen=True, kw_only=True)
class DocumentDesk:
    """What callers may do with documents."""

    documents: Resources[Document]
    chunks: DocumentCollection
    clock: Clock
    acceptance: Acceptance
    following: Following
    cancelling: Cancelling

    async def create(self, caller: Caller, upload: Upload, idempotency: Idempotency) -> tuple[DocumentBody, Job]:
        """Keeps a document and accepts the job that makes it searchable; raises as `Acceptance.accept`."""
        document, fresh = await self.documents.create(self._document(caller, upload), idempotency)
        wanted = NewDocumentIndex(kind=JobKind.INDEX_DOCUMENT, input=IndexDocumentInput(document_id=document.id))
        try:
            job = await self.acceptance.accept(caller, wanted, idempotency.derived("index"))
        except (Refusal, StoreUnavailable):
            if fresh:
                await self.documents.repository.delete(caller.workspace_id, document.id)
            raise
        return DocumentBody.model_validate(document.model_dump()), job

    async def get(self, workspace_id: str, document_id: str) -> DocumentBody:
        """Returns a document without its content; raises Refusal when there is none."""
        found = await self._read(workspace_id, document_id, LISTED_FIELDS)
        return DocumentBody.model_validate(found)

    async def content(self, workspace_id: str, document_id: str) -> tuple[str, bytes]:
        """Returns media type and content as they were uploaded; raises Refusal when there is none."""
        found = await self._read(workspace_id, document_id, ("media_type", "content"))
        content = found["content"]
        assert isinstance(content, bytes)
        return str(found["media_type"]), content

    async def page(self, workspace_id: str, query: PageQuery) -> tuple[list[DocumentBody], str | None]:
        """Returns one page, newest first, and the next page's cursor."""
        found = await self._collection.find(
            {"workspace_id": workspace_id, **query.after()},
            sort=[("_id", -1)],
            limit=query.limit + 1,
            fields=LISTED_FIELDS,
        )
        cursor = next_cursor([str(document["_id"]) for document in found], query.limit)
        bodies = [DocumentBody.model_validate({**each, "id": each["_id"]}) for each in found[: query.limit]]
        return bodies, cursor

    async def delete(self, workspace_id: str, document_id: str) -> None:
        """Deletes a document and what was indexed of it; indexing that still runs is cancelled first."""
        await self._read(workspace_id, document_id, ("_id",))
        where = {"workspace_id": workspace_id, "input.document_id": document_id, **UNFINISHED}
        for job in await self.following.jobs.matching(where):
            await self.cancelling.cancel(workspace_id, job.id)
        chunks = {"document_id": document_id, "workspace_id": workspace_id}
        await self.chunks.delete(chunks)
        await self.documents.delete(workspace_id, document_id)
        await self.chunks.delete(chunks)  # again: some may have been written while the document was still there

    async def search(self, caller: Caller, wanted: SearchDocumentsInput) -> Job:
        """Returns the search's job, ended unless that takes more than 10 s; raises as `Acceptance.accept`."""
        new = NewDocumentSearch(kind=JobKind.SEARCH_DOCUMENTS, input=wanted, timeout_s=SEARCH_TIMEOUT_S)
        job = await self.acceptance.accept(caller, new)
        return await self.following.until_ended(caller.workspace_id, job.id, SEARCH_WAIT_S)

    @property
    def _collection(self) -> DocumentCollection:
        return self.documents.repository.collection

    async def _read(self, workspace_id: str, document_id: str, fields: Sequence[str]) -> dict[str, object]:
        found = await self._collection.get({"_id": document_id, "workspace_id": workspace_id}, fields=fields)
        if found is None:
            raise Refusal.not_found("document")
        return {**found, "id": found["_id"]}

    def _document(self, caller: Caller, upload: Upload) -> Document:
        now = self.clock.now()
        return Document(
            id=new_id(Prefix.DOCUMENT),
            workspace_id=caller.workspace_id,
            created_at=now,
            updated_at=now,
            name=upload.name,
            media_type=upload.media_type,
            size_bytes=len(upload.content),
            sha256=upload.sha256,
            content=upload.content,
            state=DocumentState.INDEXING,
        )
