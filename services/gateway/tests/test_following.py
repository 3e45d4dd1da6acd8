"""Polling, waiting and cancelling."""

import asyncio
import time

import httpx

from rowcall_contracts.jobs import JobKind
from rowcall_contracts.resources import Collection
from rowcall_contracts.work import HistoryEvent, State
from rowcall_gateway.testing import Gateway

ANSWER = {"answer": "There are 3.", "row_count": 1}


async def new_job(client: httpx.AsyncClient, chat: dict[str, object]) -> str:
    job_id: str = (await client.post("/jobs", json=chat)).json()["id"]
    return job_id


async def test_a_waiting_caller_is_woken_by_the_end(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    started = time.monotonic()
    waiting = asyncio.create_task(client.get(f"/jobs/{job_id}", params={"wait": 20}))
    await gateway.waited_for(job_id)

    await gateway.move(job_id, State.SUCCEEDED, fields={"output": ANSWER})
    answer = await waiting

    assert time.monotonic() - started < 3, "woken, not found by the look every 5 s"
    assert (answer.status_code, answer.json()["state"]) == (200, "succeeded")
    assert answer.json()["output"] == ANSWER
    assert answer.json()["progress"] == {"done": 3, "total": 3}


async def test_a_job_that_has_ended_answers_a_waiting_caller_at_once(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    await gateway.move(job_id, State.SUCCEEDED)

    async with asyncio.timeout(3):
        answer = await client.get(f"/jobs/{job_id}", params={"wait": 30})

    assert answer.json()["state"] == "succeeded"


async def test_a_wait_that_is_over_answers_with_what_there_is(
    client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    answer = await client.get(f"/jobs/{await new_job(client, chat)}", params={"wait": 1})

    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


async def test_a_caller_that_knows_the_version_gets_304_until_there_is_news(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    etag = (await client.get(f"/jobs/{job_id}")).headers["ETag"]
    known = {"If-None-Match": etag}

    unchanged = await client.get(f"/jobs/{job_id}", headers=known)
    waiting = asyncio.create_task(client.get(f"/jobs/{job_id}", params={"wait": 20}, headers=known))
    await gateway.waited_for(job_id)
    await gateway.move(job_id, State.RUNNING, step="execute")
    news = await waiting

    assert (etag, unchanged.status_code, unchanged.content) == ('"1"', 304, b"")
    assert (news.status_code, news.headers["ETag"], news.json()["step"]) == (200, '"2"', "execute")
    assert news.json()["progress"] == {"done": 1, "total": 3}


async def test_a_job_without_news_is_read_again_although_no_record_came(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    started = time.monotonic()
    waiting = asyncio.create_task(client.get(f"/jobs/{job_id}", params={"wait": 19}))
    await gateway.waited_for(job_id)

    await gateway.store.collection(Collection.JOBS).update({"_id": job_id}, {"$set": {"state": "succeeded"}})

    assert (await waiting).json()["state"] == "succeeded"
    assert time.monotonic() - started < 15, "found by the look every 5 s, not by the one at the end of the wait"


async def test_cancel_ends_the_job_with_its_event_and_fences_its_worker_off(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    leased = await gateway.worker().lease(await gateway.job(job_id))
    assert leased is not None

    answer = await client.post(f"/jobs/{job_id}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    job = await gateway.job(job_id)
    assert [entry.version for entry in job.history] == [1, 2, 3]
    assert job.history[-1].event is HistoryEvent.CANCELLED
    assert [entry.type for entry in job.outbox] == ["chat.cancelled"]
    assert job.finished_at is not None
    assert job.lease is None
    assert not await gateway.worker().renew(leased), "the former holder must be refused"


async def test_cancelling_a_job_that_has_ended_changes_nothing(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    before = await gateway.move(job_id, State.SUCCEEDED)

    answer = await client.post(f"/jobs/{job_id}/cancel")

    assert (answer.status_code, answer.json()["state"]) == (200, "succeeded")
    assert await gateway.job(job_id) == before


async def test_cancel_wins_against_a_worker_that_keeps_moving(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    # The worker finishes a step between the cancel's read and its write; the cancel reads again.
    job_id = await new_job(client, chat)
    cancelling = gateway.parts.cancelling
    stale = await gateway.job(job_id)
    await gateway.move(job_id, State.RUNNING, step="execute")

    assert not await cancelling._cancelled(stale), "a stale version must not be overwritten"
    assert (await client.post(f"/jobs/{job_id}/cancel")).json()["state"] == "cancelled"


async def test_erase_removes_the_job_and_its_results_and_cancels_first(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = await new_job(client, chat)
    results = gateway.store.collection(Collection.RESULTS)
    await results.insert({"_id": "res_1:0", "result_id": "res_1", "job_id": job_id, "page": 0, "rows": [[1]]})

    answer = await client.delete(f"/jobs/{job_id}")

    assert answer.status_code == 204
    assert (await client.get(f"/jobs/{job_id}")).status_code == 404
    assert await results.count({"job_id": job_id}) == 0


async def test_kinds_carry_the_schemas_of_the_contracts(client: httpx.AsyncClient) -> None:
    kinds = {each["kind"]: each for each in (await client.get("/jobs/kinds")).json()["data"]}

    assert set(kinds) == {kind.value for kind in JobKind}
    assert kinds["chat"]["input_schema"]["required"] == ["question", "connection_id"]
    assert "answer" in kinds["chat"]["output_schema"]["properties"]
