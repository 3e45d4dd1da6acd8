"""Many requests at once: one key makes one job, and a thousand questions make a thousand ends, each told once."""

import asyncio
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.integration.api import Api, eventually
from tests.integration.deployment import KEY, Deployment
from tests.integration.event_log import ids_by_job, published_events
from tests.integration.inspection import Inspection, require_ended_once
from tests.integration.small_database import small_database

TWINS = 200
JOBS = 1_000
CALLERS = 32
QUESTION = "How many items are there?"


@pytest.fixture
def items(api: Api, deployment: Deployment, tmp_path: Path) -> str:
    """A connection to a small database whose catalog is known."""
    connection = api.connect(small_database(deployment.folder / "data" / f"{tmp_path.name}.sqlite"), name="items")
    assert api.ask(connection, QUESTION)["output"]["rows"] == [[3]]
    return connection


async def post_at_once(
    deployment: Deployment, body: object, times: int, headers: dict[str, str], *, callers: int
) -> list[str]:
    """Sends the same new job many times, so many of them at once; returns the ids that the answers name."""
    turn = asyncio.Semaphore(callers)  # httpx's own queue for connections costs a look at every waiter per request
    limits = httpx.Limits(max_connections=callers)
    async with httpx.AsyncClient(base_url=deployment.url, headers=headers, timeout=60, limits=limits) as client:

        async def post() -> httpx.Response:
            async with turn:
                return await client.post("/jobs", json=body)

        answers = await asyncio.gather(*(post() for _ in range(times)))
    assert {answer.status_code for answer in answers} == {202}
    return [str(answer.json()["id"]) for answer in answers]


@pytest.mark.timeout(120)
async def test_requests_with_one_idempotency_key_make_one_job(
    deployment: Deployment, inspection: Inspection, items: str
) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"one-{items}"}
    body = {"kind": "chat", "input": {"connection_id": items, "question": QUESTION}}
    before = inspection.count_jobs(kind="chat")
    ids = await post_at_once(deployment, body, TWINS, headers, callers=TWINS)
    assert len(set(ids)) == 1
    assert inspection.count_jobs(kind="chat") == before + 1


@pytest.mark.timeout(420)
async def test_a_thousand_questions_make_a_thousand_ends_and_events(
    deployment: Deployment, inspection: Inspection, items: str
) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {"kind": "chat", "input": {"connection_id": items, "question": QUESTION}, "timeout_s": 600}
    started = time.monotonic()
    ids = await post_at_once(deployment, body, JOBS, headers, callers=CALLERS)
    accepted_s = time.monotonic() - started
    assert len(set(ids)) == JOBS
    eventually(
        lambda: not inspection.unfinished(ids),
        within_s=300,
        every_s=2,  # a look takes the development store 50 ms
        seen=lambda: inspection.jobs(inspection.unfinished(ids)[:3]),
    )
    ended_s = time.monotonic() - started
    eventually(lambda: not inspection.unpublished(ids), within_s=60, every_s=0.5)
    sys.stdout.write(f"{JOBS} chat jobs: accepted in {accepted_s:.1f} s, ended after {ended_s:.1f} s\n")
    for job in inspection.jobs(ids):
        assert job["state"] == "succeeded"
        assert job["output"]["rows"] == [[3]]
        require_ended_once(job)
    events = await asyncio.to_thread(lambda: ids_by_job(published_events(deployment.broker.bootstrap)))
    distinct = [len(set(events[job_id])) for job_id in ids]
    assert distinct == [1] * JOBS
    repeats = sum(len(events[job_id]) for job_id in ids) - JOBS
    sys.stdout.write(f"events published more than once: {repeats}\n")
