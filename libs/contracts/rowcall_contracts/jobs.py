"""A job: one user request's life, from the request to its last event."""

from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from rowcall_contracts.base import Stored
from rowcall_contracts.problems import Problem
from rowcall_contracts.work import Work

MAX_INPUT_BYTES = 64 * 1024
MAX_OUTPUT_BYTES = 256 * 1024
MAX_JOB_BYTES = 2 * 1024 * 1024

JsonObject = dict[str, JsonValue]


class JobKind(StrEnum):
    """What a job does; `pipelines` says by which steps."""

    CHECK_CONNECTION = "check_connection"
    CHAT = "chat"
    GENERATE_SQL = "generate_sql"
    REFINE_SQL = "refine_sql"
    EXECUTE_SQL = "execute_sql"
    SUMMARIZE_DATA = "summarize_data"
    INDEX_DOCUMENT = "index_document"
    SEARCH_DOCUMENTS = "search_documents"


class OutboxEntry(Stored):
    """An event that is written with the state it reports; its id never changes, however often it is published."""

    id: str
    type: str
    time: datetime
    data: JsonObject


class Job(Work):
    """A job as the store holds it.

    `steps` is copied from the pipeline when the job is accepted, so a later pipeline never changes a running job.
    `outputs` holds the output of each finished step; `output` is the caller's, set with a terminal state.
    `kind` is a plain string here: a job of a kind that this code does not know is left alone, not refused.
    """

    kind: str
    steps: tuple[str, ...]
    round: int = 1
    input: JsonObject
    outputs: dict[str, JsonObject] = {}
    output: JsonObject | None = None
    error: Problem | None = None
    outbox: tuple[OutboxEntry, ...] = ()
    created_at: datetime
    finished_at: datetime | None = None
    created_by: str | None = None
    parent_job_id: str | None = None
    metadata: dict[str, str] = {}
    idempotency_key: str = ""
    fingerprint: str = ""
