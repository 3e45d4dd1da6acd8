"""Who is let in, to what, how often, and what is written about it."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from rowcall_contracts.resources import Collection
from rowcall_contracts.scopes import ROLES, Role, Scope
from rowcall_gateway.testing import Gateway, eventually


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer wrong", "Bearer rk_unknown", "Basic cmtfOg==", "rk_naked", "Bearer rk_ünknown"]
)
async def test_whoever_has_no_key_is_refused(gateway: Gateway, header: str) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as stranger:
        answer = await stranger.get("/jobs", headers={b"Authorization": header.encode()})

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("fields", [{"revoked": True}, {"expires_in": -1}])
async def test_a_key_that_has_ended_is_refused(gateway: Gateway, workspace_id: str, fields: dict[str, object]) -> None:
    if "expires_in" in fields:
        fields = {"expires_at": gateway.platform.clock.now() - timedelta(seconds=1)}
    async with gateway.client(await gateway.new_key(workspace_id, fields=fields)) as late:
        assert (await late.get("/jobs")).status_code == 401


async def test_a_key_expires_although_it_is_remembered(
    gateway: Gateway, workspace_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = gateway.platform.clock
    soon = clock.now() + timedelta(hours=1)
    token = await gateway.new_key(workspace_id, fields={"expires_at": soon})
    async with gateway.client(token) as short:
        assert (await short.get("/jobs")).status_code == 200
        monkeypatch.setattr(clock, "now", lambda: soon)
        assert (await short.get("/jobs")).status_code == 401


async def test_a_revoked_key_is_refused_at_once_here(gateway: Gateway, operator: httpx.AsyncClient) -> None:
    made = (await operator.post("/keys", json={"name": "ci", "role": "reader"})).json()
    async with gateway.client(made["key"]) as holder:
        assert (await holder.get("/jobs")).status_code == 200

        assert (await operator.delete(f"/keys/{made['id']}")).status_code == 204

        assert (await holder.get("/jobs")).status_code == 401
    assert (await operator.get(f"/keys/{made['id']}")).json()["revoked"] is True


READS = [
    ("/jobs", Scope.JOBS_READ),
    ("/connections", Scope.CONNECTIONS_READ),
    ("/documents", Scope.DOCUMENTS_READ),
    ("/webhooks/endpoints", Scope.WEBHOOKS_READ),
    ("/keys", Scope.OPERATOR),
    ("/workspaces", Scope.OPERATOR),
]


@pytest.mark.parametrize(("path", "scope"), READS)
async def test_each_noun_needs_its_scope_and_the_refusal_names_it(
    gateway: Gateway, workspace_id: str, path: str, scope: Scope
) -> None:
    others = frozenset(Scope) - {scope}
    async with (
        gateway.client(await gateway.new_key(workspace_id, [scope])) as holder,
        gateway.client(await gateway.new_key(workspace_id, others)) as lacking,
    ):
        allowed, refused = await holder.get(path), await lacking.get(path)

    assert allowed.status_code == 200
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/forbidden")
    assert f"`{scope}`" in refused.json()["detail"]


async def test_a_reader_may_write_nothing(gateway: Gateway, workspace_id: str, chat: dict[str, object]) -> None:
    async with gateway.client(await gateway.new_key(workspace_id, ROLES[Role.READER])) as reader:
        refused = [
            await reader.post("/jobs", json=chat),
            await reader.post("/connections", json={"name": "x", "uri": "sqlite:////a/b.db"}),
            await reader.post("/documents", files={"file": ("a.txt", b"x", "text/plain")}),
            await reader.post("/webhooks/endpoints", json={"url": "https://example.com"}),
        ]

    assert [answer.status_code for answer in refused] == [403] * 4


async def test_a_key_gets_no_more_than_its_requests_per_minute(gateway: Gateway, workspace_id: str) -> None:
    async with gateway.client(await gateway.new_key(workspace_id, fields={"rate_per_minute": 3})) as eager:
        answers = [await eager.get("/jobs") for _ in range(8)]

    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    refused = answers[-1]
    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/rate-limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 120
    assert [answer.headers["RateLimit-Remaining"] for answer in answers[:4]] == ["2", "1", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"3"}
    assert all(int(answer.headers["RateLimit-Reset"]) >= 1 for answer in answers)


async def test_one_keys_spending_leaves_another_key_alone(gateway: Gateway, workspace_id: str) -> None:
    async with (
        gateway.client(await gateway.new_key(workspace_id, fields={"rate_per_minute": 1})) as eager,
        gateway.client(await gateway.new_key(workspace_id, fields={"rate_per_minute": 1})) as calm,
    ):
        for _ in range(3):
            await eager.get("/jobs")

        assert (await calm.get("/jobs")).status_code == 200


async def test_refusals_carry_the_rate_headers_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/jobs/job_unknown")

    assert answer.status_code == 404
    assert int(answer.headers["RateLimit-Limit"]) > 0


async def test_changes_and_the_use_of_keys_are_on_record(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    made = (await client.post("/webhooks/endpoints", json={"url": "https://example.com/hook"})).json()
    for _ in range(3):
        await client.get("/jobs")
    await client.get("/keys")

    rows = gateway.store.collection(Collection.AUDIT)

    async def noted() -> bool:
        return await rows.count({"workspace_id": workspace_id, "action": "key.use"}) == 2

    await eventually(noted)
    found = await rows.find({"workspace_id": workspace_id})
    assert {(row["action"], row["outcome"]) for row in found} == {
        ("endpoint.create", "done"),
        ("key.use", "done"),
        ("key.use", "denied"),
    }
    assert [row["target"] for row in found if row["action"] == "endpoint.create"] == [made["id"]]
    assert len(found) <= 5, "one row per key, outcome and minute"


async def test_the_bootstrap_key_operates_the_default_workspace(operator: httpx.AsyncClient) -> None:
    answer = await operator.get("/workspaces/default")

    assert (answer.status_code, answer.json()["name"]) == (200, "default")


async def test_a_new_workspace_gets_a_key_that_sees_only_it(gateway: Gateway, operator: httpx.AsyncClient) -> None:
    name = f"team {uuid4().hex[:6]}"
    workspace = (await operator.post("/workspaces", json={"name": name})).json()
    asked = {"name": "theirs", "workspace_id": workspace["id"], "role": "admin", "rate_per_minute": 50}

    made = await operator.post("/keys", json=asked)

    assert made.status_code == 201
    assert made.json()["key"].startswith("rk_")
    assert len(made.json()["key"]) >= 43
    assert made.json()["hint"] == made.json()["key"][-4:]
    async with gateway.client(made.json()["key"]) as holder:
        assert (await holder.get("/connections")).json() == {"data": [], "next_cursor": None}
        assert (await holder.get("/jobs")).headers["RateLimit-Limit"] == "50"
        assert (await holder.get("/keys")).status_code == 403


async def test_a_repeated_creation_shows_the_key_only_once(operator: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": uuid4().hex}
    asked = {"name": "ci", "scopes": ["jobs:read"]}

    answers = await asyncio.gather(*(operator.post("/keys", json=asked, headers=headers) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum(answer.json()["key"] is not None for answer in answers) == 1


async def test_concurrent_creations_of_a_workspace_with_one_key_make_one(operator: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": uuid4().hex}

    answers = await asyncio.gather(
        *(operator.post("/workspaces", json={"name": "a"}, headers=headers) for _ in "12345")
    )

    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_workspace_that_holds_something_is_deleted_only_with_purge(
    gateway: Gateway, operator: httpx.AsyncClient
) -> None:
    workspace_id = (await operator.post("/workspaces", json={"name": "b"})).json()["id"]
    token = await gateway.new_key(workspace_id)
    await gateway.new_connection(workspace_id)

    refused = await operator.delete(f"/workspaces/{workspace_id}")
    purged = await operator.delete(f"/workspaces/{workspace_id}", params={"purge": "true"})

    assert (refused.status_code, purged.status_code) == (409, 204)
    assert await gateway.store.collection(Collection.CONNECTIONS).count({"workspace_id": workspace_id}) == 0
    async with gateway.client(token) as former:
        assert (await former.get("/jobs")).status_code == 401
    assert (await operator.get(f"/workspaces/{workspace_id}")).status_code == 404


async def test_the_default_workspace_stays(operator: httpx.AsyncClient) -> None:
    assert (await operator.delete("/workspaces/default", params={"purge": "true"})).status_code == 409
