"""What is deleted is gone from every collection, also what a worker wrote while it was being deleted."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import httpx

from rowcall_contracts.resources import Collection
from rowcall_gateway.caller import Caller
from rowcall_gateway.testing import Gateway
from rowcall_runtime.driver import Document, DocumentCollection

OF_WORKSPACES = [each for each in Collection if each not in (Collection.MIGRATIONS, Collection.AUDIT)]
"""All but the schema's version and the audit, which is only ever added to."""


async def filled(gateway: Gateway, workspace_id: str) -> None:
    """Puts a document of the workspace into every collection, as each owner writes it."""
    token = await gateway.new_key(workspace_id)
    chat = {"question": "?", "connection_id": await gateway.new_connection(workspace_id)}
    async with gateway.client(token) as client:
        job_id = (await client.post("/jobs", json={"kind": "chat", "input": chat})).json()["id"]
    for collection in OF_WORKSPACES:
        if not await held(gateway, workspace_id, collection):
            unique = uuid4().hex
            document: Document = {"_id": unique, "workspace_id": workspace_id, "event_id": unique, "job_id": job_id}
            await gateway.store.collection(collection).insert(document)


async def held(gateway: Gateway, workspace_id: str, collection: Collection) -> int:
    return await gateway.store.collection(collection).count({"workspace_id": workspace_id})


async def test_a_purged_workspace_leaves_nothing_in_any_collection_and_others_keep_theirs(
    gateway: Gateway, operator: httpx.AsyncClient
) -> None:
    gone, stays = [(await operator.post("/workspaces", json={"name": name})).json()["id"] for name in "ab"]
    for workspace_id in (gone, stays):
        await filled(gateway, workspace_id)
    assert all([await held(gateway, gone, collection) for collection in OF_WORKSPACES])

    assert (await operator.delete(f"/workspaces/{gone}", params={"purge": "true"})).status_code == 204

    left = {each: (await held(gateway, gone, each), await held(gateway, stays, each)) for each in OF_WORKSPACES}
    assert {each: of_gone for each, (of_gone, _) in left.items() if of_gone} == {}
    assert all(of_stays for _, of_stays in left.values())


class Racing(DocumentCollection):
    """A collection into which a worker writes just after the first deletion."""

    def __init__(self, chunks: DocumentCollection, late: Document) -> None:
        super().__init__(chunks._native)
        self._late: Document | None = late

    async def delete(self, where: Mapping[str, object]) -> int:
        deleted = await super().delete(where)
        if self._late:
            late, self._late = self._late, None
            await self.insert(late)
        return deleted


async def test_what_is_indexed_while_its_document_is_deleted_goes_too(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    files = {"file": ("a.md", b"# A", "text/markdown")}
    document_id = (await client.post("/documents", files=files)).json()["document"]["id"]
    chunks = gateway.store.collection(Collection.CHUNKS)
    late: Document = {"_id": uuid4().hex, "workspace_id": workspace_id, "document_id": document_id}

    await replace(gateway.parts.documents, chunks=Racing(chunks, late)).delete(workspace_id, document_id)

    assert await chunks.count({"document_id": document_id}) == 0


async def test_what_is_profiled_while_its_connection_is_deleted_goes_too(gateway: Gateway, workspace_id: str) -> None:
    connection_id = await gateway.new_connection(workspace_id)
    tables = gateway.store.collection(Collection.CATALOG_TABLES)
    late: Document = {"_id": uuid4().hex, "workspace_id": workspace_id, "connection_id": connection_id}
    caller = Caller(key_id="key_1", workspace_id=workspace_id, scopes=frozenset(), rate_per_minute=60)

    desk = replace(gateway.parts.connections, catalogs=Racing(tables, late))
    await desk.delete(caller, connection_id, purge=False)

    assert await tables.count({"connection_id": connection_id}) == 0
