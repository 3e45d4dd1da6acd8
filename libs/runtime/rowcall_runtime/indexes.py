"""Every index of the store, beside the query it serves. Partial ones use a constant lower bound, never `$exists`."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rowcall_contracts.resources import Collection
from rowcall_runtime.driver import Index
from rowcall_runtime.work_store import EPOCH

SCHEMA_VERSION = 1
"""Raised by one with every release that changes something here; services are ready on their own and on the next."""

_ALARM = Index(name="alarm", fields=("step", "due_at"), partial={"due_at": {"$gt": EPOCH}})
_EXPIRY = Index(name="expiry", fields=("expires_at",), expire=True)
_BY_WORKSPACE = Index(name="by_workspace", fields=("workspace_id", "_id"))
_IDEMPOTENCY = Index(
    name="idempotency",
    fields=("workspace_id", "idempotency_key"),
    unique=True,
    partial={"idempotency_key": {"$gt": ""}},
)
_OPERATOR_IDEMPOTENCY = Index(  # operators create in other workspaces than their own, or the workspace itself
    name="idempotency", fields=("idempotency_key",), unique=True, partial={"idempotency_key": {"$gt": ""}}
)

INDEXES: Mapping[Collection, Sequence[Index]] = MappingProxyType(
    {
        Collection.JOBS: (
            _ALARM,
            _EXPIRY,
            _BY_WORKSPACE,
            _IDEMPOTENCY,
            Index(name="unfinished", fields=("workspace_id", "state")),
        ),
        Collection.RESULTS: (
            Index(name="by_result", fields=("result_id", "page")),
            Index(name="by_job", fields=("job_id",)),
            _EXPIRY,
        ),
        Collection.CONNECTIONS: (_BY_WORKSPACE, _IDEMPOTENCY),
        Collection.CATALOG_TABLES: (Index(name="by_revision", fields=("connection_id", "revision")), _EXPIRY),
        Collection.DOCUMENTS: (_BY_WORKSPACE, _IDEMPOTENCY),
        Collection.CHUNKS: (Index(name="by_document", fields=("document_id", "position")), _BY_WORKSPACE),
        Collection.ENDPOINTS: (_BY_WORKSPACE, _IDEMPOTENCY),
        Collection.DELIVERIES: (
            _ALARM,
            _EXPIRY,
            _BY_WORKSPACE,
            Index(name="once_per_endpoint", fields=("event_id", "endpoint_id"), unique=True),
        ),
        Collection.WORKSPACES: (_BY_WORKSPACE, _OPERATOR_IDEMPOTENCY),
        Collection.KEYS: (
            _BY_WORKSPACE,
            _OPERATOR_IDEMPOTENCY,
            Index(name="by_hash", fields=("sha256",), unique=True),
        ),
        Collection.AUDIT: (_BY_WORKSPACE, _EXPIRY),
    }
)
