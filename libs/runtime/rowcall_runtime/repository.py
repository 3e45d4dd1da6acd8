"""Typed reads and guarded writes of resources; every query a caller causes is bound to a workspace."""

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from rowcall_contracts.resources import Resource
from rowcall_runtime.batching import Batcher
from rowcall_runtime.driver import Document, DocumentCollection, Filter

R = TypeVar("R", bound=Resource)

PAGE_MAX = 200


class Repository(Generic[R]):
    """One collection of resources."""

    def __init__(self, collection: DocumentCollection, model: type[R]) -> None:
        self.collection = collection
        self._model = model
        self._getting = Batcher(self._get)

    async def get(self, workspace_id: str, resource_id: str) -> R | None:
        """Returns the workspace's resource; one of another workspace is absent.

        Those who ask while an answer is awaited are answered together by the next one.
        """
        return await self._getting((workspace_id, resource_id))

    async def find(self, workspace_id: str, where: Filter | None = None, *, limit: int = PAGE_MAX) -> list[R]:
        """Returns the workspace's resources that match, oldest first."""
        documents = await self.collection.find(
            {"workspace_id": workspace_id, **(where or {})}, sort=[("_id", 1)], limit=limit
        )
        return [self.parse(document) for document in documents]

    async def insert(self, resource: R) -> None:
        """Inserts a resource; raises DuplicateKey as the driver does."""
        document: Document = resource.model_dump(exclude_none=True)
        document["_id"] = document.pop("id")
        await self.collection.insert(document)

    async def change(self, resource: R, fields: Mapping[str, object]) -> bool:
        """Sets fields if the resource still has this version, which then grows; False when it has not."""
        return await self.collection.update(
            {"_id": resource.id, "version": resource.version}, {"$set": dict(fields), "$inc": {"version": 1}}
        )

    async def note(self, workspace_id: str, resource_id: str, fields: Mapping[str, object]) -> bool:
        """Sets fields that a service finds out about a resource, whatever its version; callers' edits are not lost."""
        return await self.collection.update(
            {"_id": resource_id, "workspace_id": workspace_id}, {"$set": dict(fields), "$inc": {"version": 1}}
        )

    async def delete(self, workspace_id: str, resource_id: str) -> bool:
        """Deletes the workspace's resource; False when there was none."""
        return bool(await self.collection.delete({"_id": resource_id, "workspace_id": workspace_id}))

    def parse(self, document: Document) -> R:
        """Builds the model from a document as stored."""
        return self._model.model_validate({**document, "id": document["_id"]})

    async def _get(self, asked: Sequence[tuple[str, str]]) -> list[R | None]:
        pairs = list(dict.fromkeys(asked))
        if len(pairs) == 1:
            (workspace_id, resource_id), *_ = pairs
            document = await self.collection.get({"_id": resource_id, "workspace_id": workspace_id})
            documents = [document] if document else []
        else:
            workspaces, ids = ([*dict.fromkeys(part)] for part in zip(*pairs, strict=True))
            documents = await self.collection.find({"_id": {"$in": ids}, "workspace_id": {"$in": workspaces}})
        found = {(resource.workspace_id, resource.id): resource for resource in map(self.parse, documents)}
        return [found.get(pair) for pair in asked]
