"""Problem types (RFC 9457): every error a caller can meet, each once, with its status and its cure."""

from enum import Enum
from typing import NamedTuple

from rowcall_contracts.base import Stored

PROBLEM_PREFIX = "/problems/"


class _Row(NamedTuple):
    slug: str
    status: int
    title: str
    cure: str


class ProblemType(Enum):
    """A row per type: slug, HTTP status, title, cure. In a job's `error` the status is informative only."""

    MALFORMED = _Row("malformed-request", 400, "The request could not be read.", "Send well-formed JSON.")
    UNAUTHENTICATED = _Row("unauthenticated", 401, "No valid API key.", "Send `Authorization: Bearer rk_...`.")
    FORBIDDEN = _Row("forbidden", 403, "The key lacks a scope.", "Use a key with the scope that the detail names.")
    NOT_FOUND = _Row("not-found", 404, "No such resource.", "Check the id; ids of other workspaces are not found.")
    METHOD_NOT_ALLOWED = _Row("method-not-allowed", 405, "Wrong method.", "See the `Allow` header.")
    NOT_ACCEPTABLE = _Row("not-acceptable", 406, "No such representation.", "Ask for a documented media type.")
    CONFLICT = _Row("conflict", 409, "The resource is in another state.", "Read the resource and decide again.")
    PRECONDITION_FAILED = _Row("precondition-failed", 412, "The resource has changed.", "Read it again for its ETag.")
    TOO_LARGE = _Row("too-large", 413, "The request is too large.", "Send less; the detail names the limit.")
    UNSUPPORTED_MEDIA = _Row("unsupported-media-type", 415, "Unsupported media type.", "See the detail for the types.")
    INVALID = _Row("invalid-request", 422, "The request is not valid.", "Mend the fields that `errors` points at.")
    IDEMPOTENCY_MISMATCH = _Row(
        "idempotency-mismatch", 422, "The idempotency key was used for another request.", "Use a new key."
    )
    PRECONDITION_REQUIRED = _Row("precondition-required", 428, "`If-Match` is required.", "Send the resource's ETag.")
    RATE_LIMITED = _Row("rate-limited", 429, "Too many requests.", "Wait as `Retry-After` says.")
    TOO_MANY_JOBS = _Row("too-many-jobs", 429, "Too many unfinished jobs.", "Wait until some of them have finished.")
    INTERNAL = _Row("internal-error", 500, "Something went wrong here.", "Retry; report it with the `instance`.")
    UNAVAILABLE = _Row("unavailable", 503, "The service cannot accept work now.", "Retry as `Retry-After` says.")

    LOCATION_REFUSED = _Row("location-refused", 422, "This location may not be opened.", "See the allowed locations.")
    CONNECTION_FAILED = _Row("connection-failed", 422, "The database could not be opened.", "Check the URI and grants.")
    CONNECTION_NOT_READY = _Row("connection-not-ready", 409, "The connection is not ready.", "Wait, or test it again.")
    NOT_UNDERSTOOD = _Row("not-understood", 422, "The question was not understood.", "Rephrase the named words.")
    SQL_REFUSED = _Row("sql-refused", 422, "This SQL may not run.", "Send one reading statement.")
    SQL_FAILED = _Row("sql-failed", 422, "The database refused the SQL.", "See the detail for the database's answer.")
    SQL_TIMEOUT = _Row("sql-timeout", 422, "The query took too long.", "Narrow the question or raise `timeout_s`.")
    GENERATOR_FAILED = _Row("generator-failed", 422, "No SQL could be generated.", "Retry, or check the LLM settings.")
    DOCUMENT_UNREADABLE = _Row(
        "document-unreadable", 422, "The document cannot be read.", "Send UTF-8 text or Markdown."
    )
    DEADLINE_EXCEEDED = _Row("deadline-exceeded", 422, "The job took too long.", "Raise `timeout_s` or ask for less.")
    OUTPUT_TOO_LARGE = _Row("output-too-large", 422, "The output is too large.", "Ask for fewer rows or columns.")
    WORKER_LOST = _Row("worker-lost", 500, "Workers died while running this job.", "Report the job's id.")
    HISTORY_LIMIT = _Row("history-limit", 500, "The job changed too often.", "Report the job's id.")
    RETRIES_EXHAUSTED = _Row("retries-exhausted", 502, "A part that the job needs kept failing.", "Retry later.")
    DELIVERY_FAILED = _Row("delivery-failed", 502, "The endpoint did not accept the event.", "See the attempts.")
    ENDPOINT_REFUSED = _Row("endpoint-refused", 422, "This address may not be called.", "Use a public address.")

    @property
    def uri(self) -> str:
        """The `type` member: a path that the gateway serves a page for."""
        return PROBLEM_PREFIX + self.value.slug

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.value.status

    @property
    def title(self) -> str:
        """The `title` member."""
        return self.value.title

    @property
    def cure(self) -> str:
        """What the caller can do about it."""
        return self.value.cure


class FieldError(Stored):
    """One fault in the request. `pointer` is a JSON pointer (RFC 6901) into the body, or `query/…`, `header/…`."""

    pointer: str
    detail: str


class Problem(Stored):
    """An RFC 9457 problem document."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()

    @classmethod
    def of(cls, kind: ProblemType, detail: str, errors: tuple[FieldError, ...] = ()) -> "Problem":
        """Builds the document for a type; `detail` says what and where, never a secret or a cell value."""
        return cls(type=kind.uri, title=kind.title, status=kind.status, detail=detail, errors=errors)
