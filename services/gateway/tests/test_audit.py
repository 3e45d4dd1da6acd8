"""Every change of the configuration is on record: who, what, and to which resource; as long as retention says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from rowcall_contracts.resources import Collection
from rowcall_gateway.app import ROUTERS
from rowcall_gateway.auth import BOOTSTRAP_KEY_ID, DEFAULT_WORKSPACE
from rowcall_gateway.connections import desk
from rowcall_gateway.testing import Gateway, eventually, running_gateway

ENDPOINT = {"url": "https://example.com/hook"}


@dataclass(frozen=True, kw_only=True)
class Changing:
    """A request that changes the configuration. `{name}` in its path stands for the id of what the test made."""

    route: str
    target: str = ""  # nothing where the request creates it
    json: object = None
    query: str = ""
    file: tuple[str, bytes, str] | None = None


OURS = {
    "connection.create": Changing(route="POST /connections", json={"name": "a", "uri": "sqlite:////a/b.db"}),
    "connection.change": Changing(
        route="PATCH /connections/{connection_id}", target="connection_id", json={"name": "b"}
    ),
    "connection.delete": Changing(route="DELETE /connections/{connection_id}", target="connection_id"),
    "connection.purge": Changing(
        route="DELETE /connections/{connection_id}", target="connection_id", query="?purge=true"
    ),
    "document.create": Changing(route="POST /documents", file=("b.txt", b"another", "text/plain")),
    "document.delete": Changing(route="DELETE /documents/{document_id}", target="document_id"),
    "endpoint.create": Changing(route="POST /webhooks/endpoints", json=ENDPOINT),
    "endpoint.change": Changing(
        route="PATCH /webhooks/endpoints/{endpoint_id}", target="endpoint_id", json={"description": "b"}
    ),
    "endpoint.delete": Changing(route="DELETE /webhooks/endpoints/{endpoint_id}", target="endpoint_id"),
    "job.erase": Changing(route="DELETE /jobs/{job_id}", target="job_id"),
}
OPERATORS = {
    "key.create": Changing(route="POST /keys", json={"name": "a", "role": "reader"}),
    "key.revoke": Changing(route="DELETE /keys/{key_id}", target="key_id"),
    "workspace.create": Changing(route="POST /workspaces", json={"name": "a"}),
    "workspace.delete": Changing(route="DELETE /workspaces/{workspace_id}", target="workspace_id"),
    "workspace.purge": Changing(route="DELETE /workspaces/{workspace_id}", target="workspace_id", query="?purge=true"),
}
CHANGES = OURS | OPERATORS

WORK = {"POST /jobs", "POST /jobs/{job_id}/cancel", "POST /connections/{connection_id}/test"}
"""Requests that make or end jobs, which keep their own history."""


def test_every_route_that_changes_something_is_in_the_table() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    changing = {f"{method} {route.path}" for route in routes for method in set(route.methods or ()) - {"GET", "HEAD"}}

    assert changing - WORK == {change.route for change in CHANGES.values()}


@pytest.fixture
async def made(
    client: httpx.AsyncClient, operator: httpx.AsyncClient, chat: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """One of everything that can be changed, by the names that routes use."""
    document = await client.post("/documents", files={"file": ("a.txt", b"text", "text/plain")})
    return {
        "connection_id": chat["input"]["connection_id"],
        "document_id": document.json()["document"]["id"],
        "endpoint_id": (await client.post("/webhooks/endpoints", json=ENDPOINT)).json()["id"],
        "job_id": (await client.post("/jobs", json=chat)).json()["id"],
        "key_id": (await operator.post("/keys", json={"name": "b", "role": "reader"})).json()["id"],
        "workspace_id": (await operator.post("/workspaces", json={"name": "b"})).json()["id"],
    }


@pytest.mark.parametrize("action", CHANGES)
async def test_a_change_is_on_record(  # sizes: fixtures
    gateway: Gateway,
    client: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    workspace_id: str,
    made: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    action: str,
) -> None:
    monkeypatch.setattr(desk, "CHECK_WAIT_S", 0.05)  # there is no executor
    change, collection = CHANGES[action], gateway.store.collection
    method, _, path = change.route.partition(" ")
    caller = client if action in OURS else operator

    answer = await caller.request(
        method,
        path.format(**made) + change.query,
        json=change.json,
        files={"file": change.file} if change.file else None,
        headers={"If-Match": "*"},
    )

    assert answer.is_success, answer.text
    if action in OURS:
        key = await collection(Collection.KEYS).get({"workspace_id": workspace_id})
        actor, workspace = key and key["_id"], workspace_id
    else:
        actor, workspace = BOOTSTRAP_KEY_ID, DEFAULT_WORKSPACE
    target = made[change.target] if change.target else _created(answer)
    (row,) = await collection(Collection.AUDIT).find({"workspace_id": workspace, "action": action, "target": target})
    assert (row["actor"], row["outcome"]) == (actor, "done")


async def test_rows_of_changes_and_of_the_use_of_keys_expire_after_the_retention(mongo_url: str) -> None:
    async with running_gateway(mongo_url, retention_days=3) as gateway:
        workspace_id = f"ws_{uuid4().hex[:26]}"
        async with gateway.client(await gateway.new_key(workspace_id)) as client:
            await client.post("/webhooks/endpoints", json=ENDPOINT)
        audit = gateway.store.collection(Collection.AUDIT)

        async def both() -> bool:
            return await audit.count({"workspace_id": workspace_id}) == 2

        await eventually(both)
        rows = await audit.find({"workspace_id": workspace_id})

    assert {row["action"] for row in rows} == {"endpoint.create", "key.use"}
    for row in rows:
        at, expires_at = row["at"], row["expires_at"]
        assert isinstance(at, datetime)
        assert expires_at == at + timedelta(days=3)


def _created(answer: httpx.Response) -> str:
    body = answer.json()
    return str(body.get("document", body)["id"])
