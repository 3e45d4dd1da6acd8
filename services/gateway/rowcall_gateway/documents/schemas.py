"""What a caller reads of a document."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from rowcall_contracts.outputs import Passage
from rowcall_contracts.resources import DocumentState
from rowcall_gateway.cursors import Page
from rowcall_gateway.jobs.schemas import JobBody


class DocumentBody(BaseModel):
    """A document without its content."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    state: DocumentState
    chunk_count: int = 0
    created_at: datetime
    updated_at: datetime


class DocumentAccepted(BaseModel):
    """A new document, and the job that makes it searchable."""

    document: DocumentBody
    job: JobBody


class DocumentList(Page[DocumentBody]):
    """One page of documents."""


class PassageList(BaseModel):
    """Passages that match, the best first."""

    data: list[Passage]
