"""Steps `index` and `search`: documents become findable passages, and passages are found."""

import asyncio

from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import DocumentIndexed, DocumentsFound, Passage
from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent
from rowcall_runtime.step import StepOutput
from rowcall_summarizer.chunking import chunk_document
from rowcall_summarizer.document_index import DocumentIndex
from rowcall_summarizer.documents import DocumentStore


class Indexing:
    """Stores a document's chunks and finishes only when a search finds them."""

    def __init__(self, documents: DocumentStore, index: DocumentIndex) -> None:
        self._documents = documents
        self._index = index

    async def __call__(self, job: Job) -> StepOutput:
        """Indexes the job's document."""
        document = await self._documents.documents.get(job.workspace_id, str(job.input["document_id"]))
        if document is None:
            raise Permanent(ProblemType.NOT_FOUND, "The job's document no longer exists.")
        try:
            chunks = await asyncio.to_thread(chunk_document, document)
        except Permanent:
            await self._documents.fail(document)
            raise
        await self._documents.replace_chunks(document, chunks)
        await self._index.sync(job.workspace_id)
        indexed = DocumentIndexed(document_id=document.id, chunk_count=len(chunks))
        return StepOutput(output=indexed, counts={"chunks": len(chunks)})


class Searching:
    """Answers with the best passages of the workspace's documents as they are now."""

    def __init__(self, documents: DocumentStore, index: DocumentIndex) -> None:
        self._documents = documents
        self._index = index

    async def __call__(self, job: Job) -> StepOutput:
        """Runs the job's search."""
        limit = int(str(job.input["limit"]))
        matches = await self._index.search(job.workspace_id, str(job.input["query"]), limit=limit)
        chunks = await self._documents.chunks_by_id(job.workspace_id, [match.chunk_id for match in matches])
        passages = tuple(
            Passage(
                document_id=chunk.document_id,
                document_name=chunk.document_name,
                heading=chunk.heading,
                text=chunk.text,
                start=chunk.start,
                end=chunk.end,
                score=match.score,
            )
            for match in matches
            if (chunk := chunks.get(match.chunk_id))
        )
        return StepOutput(output=DocumentsFound(passages=passages), counts={"passages": len(passages)})
