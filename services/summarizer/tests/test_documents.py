"""Documents and chunks in a real store: replaced whole, bound to their workspace, gone with their document."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from rowcall_contracts.resources import Chunk, Collection, Document, DocumentState
from rowcall_runtime.driver import Store
from rowcall_summarizer.documents import BATCH, DocumentStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def documents(shared_store: Store) -> DocumentStore:
    return DocumentStore(shared_store)


@pytest.fixture
async def document(documents: DocumentStore) -> Document:
    """A document that is being indexed, in a workspace of its own."""
    name = uuid4().hex[:26]
    document = Document(
        id=f"doc_{name}",
        workspace_id=f"ws_{name}",
        created_at=NOW,
        updated_at=NOW,
        name="terms.md",
        media_type="text/markdown",
        size_bytes=3,
        sha256="0",
        content=b"abc",
        state=DocumentState.INDEXING,
    )
    await documents.documents.insert(document)
    return document


def chunks_of(document: Document, count: int, text: str = "text") -> list[Chunk]:
    return [
        Chunk(
            id=f"{document.id}:{position}",
            workspace_id=document.workspace_id,
            document_id=document.id,
            document_name=document.name,
            position=position,
            text=text,
            start=position,
            end=position + 1,
        )
        for position in range(count)
    ]


async def test_chunks_are_stored_whole_and_make_the_document_ready(
    documents: DocumentStore, document: Document
) -> None:
    chunks = chunks_of(document, BATCH + 1)
    assert await documents.ready_versions(document.workspace_id) == {}

    await documents.replace_chunks(document, chunks)

    assert list(await documents.chunks_of(document.workspace_id, document.id)) == chunks
    assert await documents.ready_versions(document.workspace_id) == {document.id: 2}
    stored = await documents.documents.get(document.workspace_id, document.id)
    assert stored is not None
    assert (stored.state, stored.chunk_count) == (DocumentState.READY, BATCH + 1)


async def test_indexing_again_replaces_the_chunks_and_shows_in_the_version(
    documents: DocumentStore, document: Document
) -> None:
    await documents.replace_chunks(document, chunks_of(document, 3))
    await documents.replace_chunks(document, chunks_of(document, 2, "new"))
    found = await documents.chunks_of(document.workspace_id, document.id)
    assert [chunk.text for chunk in found] == ["new", "new"]
    assert await documents.ready_versions(document.workspace_id) == {document.id: 3}


async def test_of_a_document_that_was_deleted_while_it_was_indexed_nothing_stays(
    documents: DocumentStore, shared_store: Store, document: Document
) -> None:
    await documents.documents.delete(document.workspace_id, document.id)
    await documents.replace_chunks(document, chunks_of(document, 3))
    assert await shared_store.collection(Collection.CHUNKS).count({"document_id": document.id}) == 0


async def test_a_document_that_cannot_be_read_is_never_found(documents: DocumentStore, document: Document) -> None:
    await documents.fail(document)
    stored = await documents.documents.get(document.workspace_id, document.id)
    assert stored is not None
    assert stored.state is DocumentState.FAILED
    assert await documents.ready_versions(document.workspace_id) == {}


async def test_another_workspace_sees_none_of_it(documents: DocumentStore, document: Document) -> None:
    chunks = chunks_of(document, 2)
    await documents.replace_chunks(document, chunks)
    ids = [chunk.id for chunk in chunks]
    assert await documents.chunks_of("ws_other", document.id) == []
    assert await documents.chunks_by_id("ws_other", ids) == {}
    assert await documents.ready_versions("ws_other") == {}
    assert list(await documents.chunks_by_id(document.workspace_id, [*ids, "gone:0"])) == ids
