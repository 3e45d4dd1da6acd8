"""`/documents`."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from rowcall_contracts.inputs import SearchDocumentsInput
from rowcall_contracts.outputs import DocumentsFound
from rowcall_contracts.scopes import Scope
from rowcall_contracts.work import State
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.connections.desk import failed_job
from rowcall_gateway.cursors import PageQuery
from rowcall_gateway.documents.schemas import DocumentAccepted, DocumentBody, DocumentList, PassageList
from rowcall_gateway.documents.uploads import read_upload
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.jobs.schemas import JobBody
from rowcall_gateway.names import Name
from rowcall_gateway.parts import Handed

Reader = Annotated[Caller, Depends(Requires(Scope.DOCUMENTS_READ))]
Writer = Annotated[Caller, Depends(Requires(Scope.DOCUMENTS_WRITE))]

router = APIRouter(prefix="/documents", tags=["documents"])


@router.post("", status_code=202)
async def create_document(  # sizes: the parts of a request
    file: Annotated[UploadFile, File(description="UTF-8 text or Markdown, at most 1 MiB.")],
    caller: Writer,
    parts: Handed,
    response: Response,
    *,
    name: Annotated[Name | None, Form(description="The file's name, unless given.")] = None,
    idempotency_key: IdempotencyKey = None,
) -> DocumentAccepted:
    """Keeps a document and makes it searchable; `document.indexed` tells when."""
    upload = await read_upload(file, name)
    identity = f"{upload.name}\n{upload.media_type}\n{upload.sha256}".encode()
    idempotency = Idempotency.of(caller, "POST /documents", header=idempotency_key, body=identity)
    document, job = await parts.documents.create(caller, upload, idempotency)
    await parts.audit.changed(caller, "document.create", document.id)
    response.headers["Location"] = f"/jobs/{job.id}"
    return DocumentAccepted(document=document, job=JobBody.of(job))


@router.get("")
async def list_documents(query: Annotated[PageQuery, Query()], caller: Reader, parts: Handed) -> DocumentList:
    """Lists the workspace's documents, newest first."""
    documents, cursor = await parts.documents.page(caller.workspace_id, query)
    return DocumentList(data=documents, next_cursor=cursor)


@router.get(
    "/search",
    response_model=PassageList,
    responses={202: {"model": JobBody, "description": "Not found within 10 s: the job that goes on searching."}},
)
async def search_documents(
    wanted: Annotated[SearchDocumentsInput, Query()], caller: Reader, parts: Handed
) -> PassageList | Response:
    """Finds passages; runs as a job, for which this waits up to 10 s."""
    job = await parts.documents.search(caller, wanted)
    if job.state is State.FAILED and job.error:
        raise failed_job(job.error)
    if job.state is not State.SUCCEEDED:
        headers = {"Location": f"/jobs/{job.id}"}
        content = JobBody.of(job).model_dump_json()
        return Response(content, status_code=202, media_type="application/json", headers=headers)
    return PassageList(data=list(DocumentsFound.model_validate(job.output).passages))


@router.get("/{document_id}")
async def get_document(document_id: str, caller: Reader, parts: Handed) -> DocumentBody:
    """Reads a document's description."""
    return await parts.documents.get(caller.workspace_id, document_id)


@router.get(
    "/{document_id}/content",
    response_class=Response,
    responses={
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}, "text/markdown": {"schema": {"type": "string"}}}
        }
    },
)
async def get_document_content(document_id: str, caller: Reader, parts: Handed) -> Response:
    """Reads a document as it was uploaded."""
    media_type, content = await parts.documents.content(caller.workspace_id, document_id)
    return Response(content, media_type=media_type, headers={"Content-Disposition": "attachment"})


@router.delete("/{document_id}", status_code=204)
async def delete_document(document_id: str, caller: Writer, parts: Handed) -> None:
    """Deletes a document and everything that was indexed of it."""
    await parts.documents.delete(caller.workspace_id, document_id)
    await parts.audit.changed(caller, "document.delete", document_id)
