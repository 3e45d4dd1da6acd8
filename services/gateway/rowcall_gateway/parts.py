"""What the routes work with, built once by `wiring` and handed over through the app."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rowcall_gateway.audit import Audit
from rowcall_gateway.auth import Gate
from rowcall_gateway.connections.desk import ConnectionDesk
from rowcall_gateway.documents.desk import DocumentDesk
from rowcall_gateway.jobs.accept import Acceptance
from rowcall_gateway.jobs.cancel import Cancelling
from rowcall_gateway.jobs.erase import Erasing
from rowcall_gateway.jobs.following import Following
from rowcall_gateway.jobs.rows import JobRows
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.keys.desk import KeyDesk
from rowcall_gateway.webhooks.deliveries import Deliveries
from rowcall_gateway.webhooks.desk import EndpointDesk
from rowcall_gateway.workspaces.desk import WorkspaceDesk
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Store
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.verify import Verification


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Everything that a request may need."""

    store: Store
    verification: Verification
    clock: Clock
    metrics: Metrics
    gate: Gate
    audit: Audit
    jobs: JobStore
    acceptance: Acceptance
    following: Following
    cancelling: Cancelling
    erasing: Erasing
    rows: JobRows
    connections: ConnectionDesk
    documents: DocumentDesk
    endpoints: EndpointDesk
    deliveries: Deliveries
    workspaces: WorkspaceDesk
    keys: KeyDesk


async def handed_over(request: Request) -> Parts:
    """Returns the app's parts; a coroutine, because FastAPI runs plain functions in a thread."""
    parts = request.app.state.parts
    assert isinstance(parts, Parts)
    return parts


Handed = Annotated[Parts, Depends(handed_over)]
