"""What a caller sends for each kind of job."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from rowcall_contracts.base import Contract, is_empty
from rowcall_contracts.jobs import JobKind

MAX_ROWS_DEFAULT = 10_000
MAX_ROWS_LIMIT = 100_000
MAX_TURNS = 20

ConnectionId = Annotated[str, Field(pattern=r"^conn_[0-9a-hjkmnp-tv-z]{26}$")]
DocumentId = Annotated[str, Field(pattern=r"^doc_[0-9a-hjkmnp-tv-z]{26}$")]
Question = Annotated[str, Field(min_length=1, max_length=8_000)]
Sql = Annotated[str, Field(min_length=1, max_length=50_000)]
MaxRows = Annotated[int, Field(ge=1, le=MAX_ROWS_LIMIT)]


class Turn(Contract):
    """An earlier question of the same conversation, and the SQL that answered it."""

    question: Question
    sql: Sql


History = Annotated[tuple[Turn, ...], Field(max_length=MAX_TURNS)]


class CheckConnectionInput(Contract):
    """Opens the connection once and learns its dialect."""

    connection_id: ConnectionId


class ChatInput(Contract):
    """A question about the data behind a connection; with `breakdown`, several in one text are answered one by one.

    `history`: what was asked before in the same conversation, oldest first.
    """

    question: Question
    connection_id: ConnectionId
    max_rows: MaxRows = MAX_ROWS_DEFAULT
    history: History = ()
    breakdown: bool = Field(False, exclude_if=is_empty)


class GenerateSqlInput(Contract):
    """A question that is to become SQL, without running it. `history`: what was asked before, oldest first."""

    question: Question
    connection_id: ConnectionId
    history: History = ()


class RefineSqlInput(Contract):
    """A statement, and in words what is to be changed in it; nothing is run."""

    sql: Sql
    feedback: Question
    connection_id: ConnectionId


class ExecuteSqlInput(Contract):
    """One reading statement to run."""

    sql: Sql
    connection_id: ConnectionId
    max_rows: MaxRows = MAX_ROWS_DEFAULT


class SummarizeDataInput(Contract):
    """Reads structure and profile again and describes them."""

    connection_id: ConnectionId


class IndexDocumentInput(Contract):
    """Makes a stored document searchable."""

    document_id: DocumentId


class SearchDocumentsInput(Contract):
    """Finds passages; the best first."""

    query: Annotated[str, Field(min_length=1, max_length=1_000)]
    limit: Annotated[int, Field(ge=1, le=50)] = 10


JobInput = (
    CheckConnectionInput
    | ChatInput
    | GenerateSqlInput
    | RefineSqlInput
    | ExecuteSqlInput
    | SummarizeDataInput
    | IndexDocumentInput
    | SearchDocumentsInput
)

INPUTS: Mapping[JobKind, type[JobInput]] = MappingProxyType(
    {
        JobKind.CHECK_CONNECTION: CheckConnectionInput,
        JobKind.CHAT: ChatInput,
        JobKind.GENERATE_SQL: GenerateSqlInput,
        JobKind.REFINE_SQL: RefineSqlInput,
        JobKind.EXECUTE_SQL: ExecuteSqlInput,
        JobKind.SUMMARIZE_DATA: SummarizeDataInput,
        JobKind.INDEX_DOCUMENT: IndexDocumentInput,
        JobKind.SEARCH_DOCUMENTS: SearchDocumentsInput,
    }
)
