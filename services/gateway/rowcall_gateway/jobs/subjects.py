"""What a new job is about must be there, in the caller's workspace, and ready."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rowcall_contracts.inputs import IndexDocumentInput, SearchDocumentsInput
from rowcall_contracts.jobs import JobKind
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import ConnectionState
from rowcall_gateway.expiring import ExpiringCache
from rowcall_gateway.jobs.schemas import NewJob
from rowcall_gateway.problems import Refusal
from rowcall_runtime.driver import DocumentCollection

CONNECTION_CACHE_S = 1.0
"""A connection that was ready is taken to be ready this long."""

CONNECTION_CACHE_CAPACITY = 10_000

_NOTHING: frozenset[Step] = frozenset()
_INTROSPECT = frozenset({Step.INTROSPECT})
_CONNECTION_FIELDS = ("state", "catalog_revision")


@dataclass(frozen=True, kw_only=True)
class Subjects:
    """Looks at the connection, document and parent that a new job names."""

    connections: DocumentCollection
    documents: DocumentCollection
    jobs: DocumentCollection
    ready: ExpiringCache[tuple[str, str], Mapping[str, object]] = field(repr=False)

    async def steps_needed(self, workspace_id: str, new: NewJob) -> frozenset[Step]:
        """Returns the optional steps that the job needs: a connection without a catalog is introspected first.

        Raises:
            Refusal: something that the job names is not there, or its connection is not ready.
        """
        if new.parent_job_id is not None:
            await _require(self.jobs, workspace_id, new.parent_job_id, "parent job")
        if isinstance(new.input, IndexDocumentInput):
            await _require(self.documents, workspace_id, new.input.document_id, "document")
            return _NOTHING
        if isinstance(new.input, SearchDocumentsInput):
            return _NOTHING
        return await self._of_connection(workspace_id, new.input.connection_id, JobKind(new.kind))

    def changed(self, workspace_id: str, connection_id: str) -> None:
        """Forgets what is remembered of a connection."""
        self.ready.forget((workspace_id, connection_id))

    async def _of_connection(self, workspace_id: str, connection_id: str, kind: JobKind) -> frozenset[Step]:
        found = self.ready.get((workspace_id, connection_id))
        if found is None:
            found = await self.connections.get(
                {"_id": connection_id, "workspace_id": workspace_id}, fields=_CONNECTION_FIELDS
            )
            if found is None:
                raise Refusal.not_found("connection")
            if found["state"] == ConnectionState.READY:
                self.ready.put((workspace_id, connection_id), found)
        if kind is JobKind.CHECK_CONNECTION:
            return _NOTHING
        if found["state"] != ConnectionState.READY:
            detail = f"The connection is {found['state']}; jobs need it ready."
            raise Refusal(ProblemType.CONNECTION_NOT_READY, detail)
        return _NOTHING if found.get("catalog_revision") else _INTROSPECT


async def _require(collection: DocumentCollection, workspace_id: str, document_id: str, noun: str) -> None:
    if await collection.get({"_id": document_id, "workspace_id": workspace_id}, fields=("_id",)) is None:
        raise Refusal.not_found(noun)
