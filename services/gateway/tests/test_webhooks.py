"""Endpoints and deliveries."""

import asyncio

import httpx
import pytest

from rowcall_contracts.pipelines import event_types
from rowcall_contracts.resources import Collection, Endpoint
from rowcall_contracts.webhook_secrets import parse_secret
from rowcall_gateway.testing import Gateway
from rowcall_runtime.crypto import Opener
from rowcall_runtime.repository import Repository

NEW = {"url": "https://example.com/hook", "event_types": ["chat.completed", "chat.failed"]}


async def test_the_secret_is_shown_once_and_kept_sealed(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    made = await client.post("/webhooks/endpoints", json=NEW)

    assert made.status_code == 201
    secret = made.json()["secret"]
    assert len(parse_secret(secret)) == 32
    path = made.headers["Location"]
    read = await client.get(path)
    assert read.json() == {name: value for name, value in made.json().items() if name != "secret"}
    assert secret not in read.text + (await client.get("/webhooks/endpoints")).text
    endpoints = Repository(gateway.store.collection(Collection.ENDPOINTS), Endpoint)
    stored = await endpoints.get(workspace_id, made.json()["id"])
    assert stored is not None
    assert Opener([gateway.master_key]).open(stored.secret) == secret


async def test_a_repeated_creation_shows_no_secret_again(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "hook"}
    answers = await asyncio.gather(*(client.post("/webhooks/endpoints", json=NEW, headers=headers) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum(answer.json()["secret"] is not None for answer in answers) == 1


@pytest.mark.parametrize("wanted", [[], ["*"], ["chat.completed", "*"]])
async def test_no_types_and_a_star_mean_all(client: httpx.AsyncClient, wanted: list[str]) -> None:
    made = await client.post("/webhooks/endpoints", json={**NEW, "event_types": wanted})

    assert made.json()["event_types"] == []


async def test_a_patch_changes_what_it_names_under_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    made = await client.post("/webhooks/endpoints", json={**NEW, "description": "prod"})
    path, etag = made.headers["Location"], made.headers["ETag"]

    paused = await client.patch(path, json={"enabled": False}, headers={"If-Match": etag})
    stale = await client.patch(path, json={"enabled": True}, headers={"If-Match": etag})
    without = await client.patch(path, json={"enabled": True})
    refused = await client.patch(path, json={"url": "http://10.0.0.1/"}, headers={"If-Match": "*"})

    assert [paused.status_code, stale.status_code, without.status_code] == [200, 412, 428]
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/endpoint-refused")
    now = (await client.get(path)).json()
    assert (now["enabled"], now["description"], now["url"]) == (False, "prod", NEW["url"])


async def test_a_deleted_endpoint_is_gone(client: httpx.AsyncClient) -> None:
    path = (await client.post("/webhooks/endpoints", json=NEW)).headers["Location"]

    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).status_code == 404


async def test_event_types_are_those_of_the_contracts(client: httpx.AsyncClient) -> None:
    assert (await client.get("/webhooks/event-types")).json() == {"data": list(event_types())}


@pytest.fixture
async def deliveries(gateway: Gateway, workspace_id: str) -> list[str]:
    """Two deliveries as the webhooks service stores them, the older first."""
    now = gateway.platform.clock.now()
    ids = [f"dlv_{number}{'0' * 25}" for number in (1, 2)]
    attempt = {"number": 1, "at": now, "duration_ms": 12, "status": 503, "error": None, "answer": "busy"}
    for delivery_id, state, endpoint in zip(ids, ("succeeded", "retry_wait"), ("ep_a", "ep_b"), strict=True):
        await gateway.store.collection(Collection.DELIVERIES).update(
            {"_id": delivery_id},
            {
                "$set": {
                    "workspace_id": workspace_id,
                    "state": state,
                    "step": "deliver",
                    "version": 3,
                    "endpoint_id": endpoint,
                    "event_id": f"evt_{endpoint}",
                    "event_type": "chat.completed",
                    "body": b"{}",
                    "attempts": [attempt],
                    "created_at": now,
                }
            },
            upsert=True,
        )
    return ids


async def test_deliveries_are_listed_by_endpoint_and_state_and_read_with_their_attempts(
    client: httpx.AsyncClient, deliveries: list[str]
) -> None:
    async def ids(**filters: str) -> list[str]:
        answer = await client.get("/webhooks/deliveries", params=filters)
        return [delivery["id"] for delivery in answer.json()["data"]]

    assert await ids() == list(reversed(deliveries))
    assert await ids(endpoint_id="ep_a") == deliveries[:1]
    assert await ids(state="retry_wait") == deliveries[1:]
    assert await ids(endpoint_id="ep_a", state="retry_wait") == []
    detail = (await client.get(f"/webhooks/deliveries/{deliveries[0]}")).json()
    assert [(each["number"], each["status"], each["answer"]) for each in detail["attempts"]] == [(1, 503, "busy")]


async def test_deliveries_of_other_workspaces_are_not_found(
    gateway: Gateway, client: httpx.AsyncClient, deliveries: list[str]
) -> None:
    async with gateway.client(await gateway.new_key("ws_stranger")) as stranger:
        assert (await stranger.get(f"/webhooks/deliveries/{deliveries[0]}")).status_code == 404
        assert (await stranger.get("/webhooks/deliveries")).json()["data"] == []
