"""Server-sent events: cut anywhere and resumed, the joined stream is the uncut one."""

import asyncio
from dataclasses import dataclass

import httpx
import pytest

from rowcall_contracts.work import State
from rowcall_gateway.testing import Gateway


@dataclass(frozen=True)
class Event:
    """One event as a client parses it."""

    id: str
    name: str
    data: str


async def read(client: httpx.AsyncClient, job_id: str, *, last: str | None = None, stop_after: int = 99) -> list[Event]:
    headers = {"Last-Event-ID": last} if last else {}
    events: list[Event] = []
    fields: dict[str, str] = {}
    async with client.stream("GET", f"/jobs/{job_id}/stream", headers=headers) as answer:
        if answer.status_code == 204:
            return []
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        async for line in answer.aiter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                events.append(Event(fields["id"], fields["event"], fields["data"]))
                fields = {}
            if len(events) == stop_after:
                break
    return events


@pytest.fixture
async def job_id(client: httpx.AsyncClient, chat: dict[str, object]) -> str:
    found: str = (await client.post("/jobs", json=chat)).json()["id"]
    return found


async def ended(gateway: Gateway, job_id: str) -> None:
    assert await gateway.worker().lease(await gateway.job(job_id))
    await gateway.move(job_id, State.RUNNING, step="execute")
    await gateway.move(job_id, State.RUNNING, step="narrate")
    await gateway.move(job_id, State.SUCCEEDED, fields={"output": {"answer": "3"}})


async def test_a_stream_cut_after_each_event_joins_to_the_uncut_one(
    gateway: Gateway, client: httpx.AsyncClient, job_id: str
) -> None:
    await ended(gateway, job_id)
    whole = await read(client, job_id)

    for cut in range(1, len(whole) + 1):
        head = await read(client, job_id, stop_after=cut)
        assert head + await read(client, job_id, last=head[-1].id) == whole, f"cut after {cut}"

    assert [event.id for event in whole] == ["1", "2", "3", "4", "5"]
    assert [event.name for event in whole] == ["state"] * 4 + ["end"]


async def test_a_live_stream_is_the_one_that_is_read_afterwards(
    gateway: Gateway, client: httpx.AsyncClient, job_id: str
) -> None:
    live = asyncio.create_task(read(client, job_id))
    await asyncio.sleep(0)
    await ended(gateway, job_id)

    assert await live == await read(client, job_id)


async def test_the_last_event_carries_the_job_as_its_own_page_shows_it(
    gateway: Gateway, client: httpx.AsyncClient, job_id: str
) -> None:
    await ended(gateway, job_id)

    *_, last = await read(client, job_id)

    assert httpx.Response(200, text=last.data).json() == (await client.get(f"/jobs/{job_id}")).json()


async def test_a_client_that_has_seen_the_end_is_told_to_stop(
    gateway: Gateway, client: httpx.AsyncClient, job_id: str
) -> None:
    await ended(gateway, job_id)

    answer = await client.get(f"/jobs/{job_id}/stream", headers={"Last-Event-ID": "5"})

    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_cancelled_job_ends_its_stream(client: httpx.AsyncClient, job_id: str) -> None:
    live = asyncio.create_task(read(client, job_id))
    await client.post(f"/jobs/{job_id}/cancel")

    assert [event.name for event in await live] == ["state", "end"]


@pytest.mark.parametrize("last", ["0", "2", "-1", "x", "1.5", "²"])
async def test_a_last_event_id_that_was_never_given_out_is_refused(
    client: httpx.AsyncClient, job_id: str, last: str
) -> None:
    answer = await client.get(f"/jobs/{job_id}/stream", headers={b"Last-Event-ID": last.encode()})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "header/Last-Event-ID"


async def test_a_gateway_that_drains_ends_its_streams_for_a_resume(
    gateway: Gateway, client: httpx.AsyncClient, job_id: str
) -> None:
    live = asyncio.create_task(read(client, job_id))
    await gateway.waited_for(job_id)

    gateway.waiters.close()

    assert [event.name for event in await live] == ["state"]
