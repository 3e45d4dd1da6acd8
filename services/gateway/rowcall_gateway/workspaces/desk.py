"""Creating and deleting workspaces."""

from dataclasses import dataclass

from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection, Workspace
from rowcall_gateway.auth import DEFAULT_WORKSPACE
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.jobs.erase import Erasing
from rowcall_gateway.problems import Refusal
from rowcall_gateway.resources import Resources
from rowcall_gateway.workspaces.schemas import NewWorkspace
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Store
from rowcall_runtime.ids import Prefix, new_id

OWNED = (
    Collection.KEYS,
    Collection.ENDPOINTS,
    Collection.DELIVERIES,
    Collection.DOCUMENTS,
    Collection.CHUNKS,
    Collection.CONNECTIONS,
    Collection.CATALOG_TABLES,
)
"""What a workspace holds besides jobs and their results, in the order of erasing: first what lets new things in."""

BLOCKING = (Collection.CONNECTIONS, Collection.DOCUMENTS, Collection.ENDPOINTS, Collection.JOBS)
"""What a workspace must not hold to be deleted without `purge`."""


@dataclass(frozen=True, kw_only=True)
class WorkspaceDesk:
    """What operators may do with workspaces."""

    workspaces: Resources[Workspace]
    store: Store
    clock: Clock
    erasing: Erasing

    async def create(self, new: NewWorkspace, idempotency: Idempotency) -> Workspace:
        """Creates a workspace, or returns the one that the same request created before."""
        now = self.clock.now()
        workspace_id = new_id(Prefix.WORKSPACE)
        workspace = Workspace(id=workspace_id, workspace_id=workspace_id, name=new.name, created_at=now, updated_at=now)
        stored, _ = await self.workspaces.create(workspace, idempotency)
        return stored

    async def delete(self, workspace_id: str, *, purge: bool) -> None:
        """Deletes a workspace and its keys; `purge` erases everything else in it as well.

        Raises:
            Refusal: there is none, it is the default one, or it holds something.
        """
        await self.workspaces.get(workspace_id, workspace_id)
        if workspace_id == DEFAULT_WORKSPACE:
            raise Refusal(ProblemType.CONFLICT, "The default workspace belongs to the bootstrap key and stays.")
        if not purge:
            await self._require_empty(workspace_id)
        for collection in OWNED:
            await self.store.collection(collection).delete({"workspace_id": workspace_id})
        await self.erasing.erase_all(workspace_id, {})
        await self.workspaces.delete(workspace_id, workspace_id)

    async def _require_empty(self, workspace_id: str) -> None:
        for collection in BLOCKING:
            if await self.store.collection(collection).count({"workspace_id": workspace_id}, limit=1):
                detail = f"The workspace still holds {collection.value}; delete them, or everything with `?purge=true`."
                raise Refusal(ProblemType.CONFLICT, detail)
