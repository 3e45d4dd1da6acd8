"""Accepting jobs: journalled once, whatever the caller repeats."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from rowcall_contracts.resources import Collection, ConnectionState
from rowcall_contracts.work import HistoryEvent, State
from rowcall_gateway.testing import Gateway, eventually


async def test_a_job_is_stored_queued_with_its_alarm_before_the_202(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], workspace_id: str
) -> None:
    answer = await client.post("/jobs", json={**chat, "timeout_s": 60, "metadata": {"team": "ops"}})

    assert answer.status_code == 202
    body = answer.json()
    assert answer.headers["Location"] == f"/jobs/{body['id']}"
    assert answer.headers["Retry-After"] == "1"
    job = await gateway.job(body["id"])
    assert (job.state, job.version, job.workspace_id) == (State.QUEUED, 1, workspace_id)
    assert [entry.event for entry in job.history] == [HistoryEvent.ACCEPTED]
    assert job.due_at == job.created_at + timedelta(seconds=1.5)
    assert job.deadline_at == job.created_at + timedelta(seconds=60)
    assert job.steps == ("generate", "execute", "narrate")
    assert body["metadata"] == {"team": "ops"}
    assert body["progress"] == {"done": 0, "total": 3}


async def test_a_connection_without_a_catalog_is_introspected_first(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], workspace_id: str
) -> None:
    await gateway.store.collection(Collection.CONNECTIONS).update(
        {"workspace_id": workspace_id}, {"$unset": {"catalog_revision": ""}}
    )

    job = await gateway.job((await client.post("/jobs", json=chat)).json()["id"])

    assert job.steps == ("introspect", "generate", "execute", "narrate")
    assert job.step == "introspect"


async def test_the_reply_to_a_clarifying_question_is_a_new_job_that_names_its_parent(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    asked = (await client.post("/jobs", json=chat)).json()
    before = await gateway.move(asked["id"], State.NEEDS_INPUT)

    reply = await client.post("/jobs", json={**chat, "parent_job_id": asked["id"]})

    assert (reply.status_code, reply.json()["parent_job_id"]) == (202, asked["id"])
    assert (await client.get(reply.headers["Location"])).json()["parent_job_id"] == asked["id"]
    assert (await gateway.job(reply.json()["id"])).parent_job_id == asked["id"]
    assert await gateway.job(asked["id"]) == before, "terminal states never change"


async def test_200_concurrent_posts_with_one_key_make_one_job(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], workspace_id: str
) -> None:
    headers = {"Idempotency-Key": "order-66"}

    answers = await asyncio.gather(*(client.post("/jobs", json=chat, headers=headers) for _ in range(200)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await gateway.store.collection(Collection.JOBS).count({"workspace_id": workspace_id}) == 1


async def test_the_same_key_with_another_body_is_refused(client: httpx.AsyncClient, chat: dict[str, object]) -> None:
    headers = {"Idempotency-Key": "k"}
    first = await client.post("/jobs", json=chat, headers=headers)

    second = await client.post("/jobs", json={**chat, "timeout_s": 7}, headers=headers)

    assert first.status_code == 202
    assert (second.status_code, second.json()["type"]) == (422, "/problems/idempotency-mismatch")


async def test_an_idempotency_key_means_nothing_in_another_workspace(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    search = {"kind": "search_documents", "input": {"query": "refunds"}}
    headers = {"Idempotency-Key": "shared"}
    async with gateway.client(await gateway.new_key("ws_other")) as other:
        theirs = (await other.post("/jobs", json=search, headers=headers)).json()["id"]

    assert (await client.post("/jobs", json=search, headers=headers)).json()["id"] != theirs


@pytest.mark.parametrize("state", [ConnectionState.CHECKING, ConnectionState.FAILED])
async def test_a_connection_that_is_not_ready_is_a_conflict_except_for_its_check(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str, state: ConnectionState
) -> None:
    named = {"connection_id": await gateway.new_connection(workspace_id, state)}

    summary = await client.post("/jobs", json={"kind": "summarize_data", "input": named})
    check = await client.post("/jobs", json={"kind": "check_connection", "input": named})

    assert (summary.status_code, summary.json()["type"]) == (409, "/problems/connection-not-ready")
    assert check.status_code == 202


async def test_connections_of_other_workspaces_are_not_found(gateway: Gateway, client: httpx.AsyncClient) -> None:
    foreign = await gateway.new_connection("ws_stranger")

    answer = await client.post("/jobs", json={"kind": "summarize_data", "input": {"connection_id": foreign}})

    assert answer.status_code == 404


async def test_more_unfinished_jobs_than_the_cap_are_refused_until_one_ends(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    unfinished = gateway.parts.acceptance.unfinished
    unfinished.per_workspace = 2
    accepted = [(await client.post("/jobs", json=chat)).json()["id"] for _ in range(2)]

    refused = await client.post("/jobs", json=chat)

    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/too-many-jobs")
    assert int(refused.headers["Retry-After"]) > 0
    await gateway.move(accepted[0], State.SUCCEEDED)

    async def accepted_again() -> bool:
        return (await client.post("/jobs", json=chat)).status_code == 202

    await eventually(accepted_again)


async def test_more_unfinished_jobs_in_all_than_the_cap_answer_503(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    gateway.parts.acceptance.unfinished.total = 1

    accepted, refused = [await client.post("/jobs", json=chat) for _ in range(2)]

    assert accepted.status_code == 202
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
