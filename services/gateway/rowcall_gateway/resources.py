"""What all resources have in common: created once per idempotency key, listed in pages, changed under their version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Resource
from rowcall_gateway.cursors import PageQuery, next_cursor
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.problems import Refusal
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Filter
from rowcall_runtime.errors import DuplicateKey
from rowcall_runtime.repository import Repository

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True, kw_only=True)
class Resources(Generic[R]):
    """One collection as the API sees it; `noun` is what a caller reads when an id is not there.

    `per_workspace`: the index of idempotency keys begins with the workspace; operators' resources have one for all.
    """

    repository: Repository[R]
    clock: Clock
    noun: str
    per_workspace: bool = True

    async def get(self, workspace_id: str, resource_id: str) -> R:
        """Returns the workspace's resource.

        Raises:
            Refusal: there is none.
        """
        found = await self.repository.get(workspace_id, resource_id)
        if found is None:
            raise Refusal.not_found(self.noun)
        return found

    async def page(self, where: Filter, query: PageQuery) -> tuple[list[R], str | None]:
        """Returns one page of what matches, newest first, and the next page's cursor."""
        documents = await self.repository.collection.find(
            {**where, **query.after()}, sort=[("_id", -1)], limit=query.limit + 1
        )
        cursor = next_cursor([str(document["_id"]) for document in documents], query.limit)
        return [self.repository.parse(document) for document in documents[: query.limit]], cursor

    async def create(self, resource: R, idempotency: Idempotency) -> tuple[R, bool]:
        """Inserts a resource, or returns the one that the same request created before; says whether it is new.

        Raises:
            Refusal: the idempotency key was used for another request.
        """
        marked = resource.model_copy(
            update={"idempotency_key": idempotency.key, "fingerprint": idempotency.fingerprint}
        )
        try:
            await self.repository.insert(marked)
        except DuplicateKey:
            existing = await self._created_before(marked)
            if existing is None:
                raise
            idempotency.require_same(existing.fingerprint)
            return existing, False
        return marked, True

    async def change(self, resource: R, fields: Mapping[str, object]) -> R:
        """Sets fields of the version that was read, and returns what is stored then.

        Raises:
            Refusal: somebody else changed it in between, or it is gone.
        """
        if not await self.repository.change(resource, {**fields, "updated_at": self.clock.now()}):
            raise Refusal(ProblemType.PRECONDITION_FAILED, f"The {self.noun} has changed since it was read.")
        return await self.get(resource.workspace_id, resource.id)

    async def delete(self, workspace_id: str, resource_id: str) -> None:
        """Deletes the workspace's resource.

        Raises:
            Refusal: there is none.
        """
        if not await self.repository.delete(workspace_id, resource_id):
            raise Refusal.not_found(self.noun)

    async def _created_before(self, marked: R) -> R | None:
        if not marked.idempotency_key:
            return None
        scope = {"workspace_id": marked.workspace_id} if self.per_workspace else {}
        document = await self.repository.collection.get({**scope, "idempotency_key": marked.idempotency_key})
        return self.repository.parse(document) if document else None
