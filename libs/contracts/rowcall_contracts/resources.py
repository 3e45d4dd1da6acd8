"""Resources as the store holds them: what the gateway owns and other services read."""

from datetime import datetime
from enum import StrEnum

from rowcall_contracts.base import Stored
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.column_policy import ColumnPolicy
from rowcall_contracts.problems import Problem
from rowcall_contracts.scopes import Scope
from rowcall_contracts.work import Work


class Collection(StrEnum):
    """Collections of the store."""

    JOBS = "jobs"
    RESULTS = "results"
    CONNECTIONS = "connections"
    CATALOG_TABLES = "catalog_tables"
    DOCUMENTS = "documents"
    CHUNKS = "chunks"
    ENDPOINTS = "endpoints"
    DELIVERIES = "deliveries"
    WORKSPACES = "workspaces"
    KEYS = "keys"
    AUDIT = "audit"
    MIGRATIONS = "migrations"


class Resource(Stored):
    """What every resource has. `version` is its ETag."""

    id: str
    workspace_id: str
    version: int = 1
    created_at: datetime
    updated_at: datetime
    idempotency_key: str = ""
    fingerprint: str = ""


class SealedSecret(Stored):
    """A secret that only the holder of the private key can read (NaCl sealed box). `key_id` names that key."""

    key_id: str
    ciphertext: bytes


class ConnectionState(StrEnum):
    """Whether a connection can be asked."""

    CHECKING = "checking"
    READY = "ready"
    FAILED = "failed"


class LlmShare(StrEnum):
    """What of a connection may leave for a language model; each value includes the one before."""

    SCHEMA = "schema"  # names, types, keys, descriptions and counts of rows
    VALUES = "values"  # also the values of low-cardinality columns, and ranges
    ROWS = "rows"  # also sample values of all columns


class Connection(Resource):
    """A customer's database. The catalog named by `catalog_revision` lies in `catalog_tables`, a document per table."""

    name: str
    uri: SealedSecret
    uri_hint: str  # dialect and host or file name; never user, password or options
    state: ConnectionState
    dialect: Dialect | None = None
    problem: Problem | None = None
    catalog_revision: str | None = None
    catalog_fingerprint: str | None = None
    profiled_at: datetime | None = None
    structure_checked_at: datetime | None = None  # when the fingerprint was last seen to hold
    description: str | None = None
    llm_share: LlmShare = LlmShare.SCHEMA
    column_policy: ColumnPolicy | None = None


class DocumentState(StrEnum):
    """Whether a document can be found."""

    INDEXING = "indexing"
    READY = "ready"
    FAILED = "failed"


class Document(Resource):
    """An uploaded text. `content` stands here because it is at most 1 MiB."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str
    content: bytes
    state: DocumentState
    chunk_count: int = 0


class Chunk(Stored):
    """A passage of a document: the truth that the full-text index is built from."""

    id: str  # "<document id>:<position>"
    workspace_id: str
    document_id: str
    document_name: str
    position: int
    heading: str | None = None
    text: str
    start: int
    end: int


class Endpoint(Resource):
    """A workspace's URL that wants events."""

    url: str
    description: str = ""
    event_types: tuple[str, ...]  # empty: all
    secret: SealedSecret
    enabled: bool = True
    event_version: str


class Attempt(Stored):
    """One HTTP request of a delivery. `answer` holds the beginning of the response body."""

    number: int
    at: datetime
    duration_ms: int
    status: int | None = None
    error: str | None = None
    answer: str = ""


class Delivery(Work):
    """One event bound to one endpoint until settled; all its attempts carry the event's id and the same bytes."""

    endpoint_id: str
    event_id: str
    event_type: str
    body: bytes
    attempts: tuple[Attempt, ...] = ()
    created_at: datetime
    finished_at: datetime | None = None


class Workspace(Resource):
    """A workspace; its `workspace_id` is its own id."""

    name: str


class Key(Resource):
    """An API key; only the SHA-256 of it is kept."""

    name: str
    sha256: str
    hint: str  # the last four characters
    scopes: tuple[Scope, ...]
    expires_at: datetime | None = None
    rate_per_minute: int | None = None
    revoked: bool = False
