"""A delivery under the real worker and sweep: attempts, waits, giving up, and endpoints that are gone."""

import asyncio
import base64
import os
from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook

from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Attempt, Delivery, Endpoint
from rowcall_contracts.work import HistoryEvent, Lease, State
from rowcall_runtime.ids import Prefix, new_id
from rowcall_webhooks.planning import plan
from rowcall_webhooks.schedule import DELAYS, JITTER
from rowcall_webhooks.testing import Answer, Serve
from services.webhooks.tests.post_office import SECRET, PostOffice

RETENTION = timedelta(days=30)
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
ACCEPTED, LEASED, RETRY, FINISHED = (
    HistoryEvent.ACCEPTED,
    HistoryEvent.LEASED,
    HistoryEvent.RETRY,
    HistoryEvent.FINISHED,
)


def in_turn(*answers: bytes) -> Answer:
    """Answers each request with the next of these."""
    left = iter(answers)

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(next(left))

    return write


async def posted(office: PostOffice, endpoint: Endpoint, **fields: object) -> Delivery:
    """Stores a new delivery; the sweep will find it, because it is due at once."""
    now = office.clock.now()
    (planned,) = plan(office.new_event(), [endpoint], new_id=lambda: new_id(Prefix.DELIVERY), now=now)
    delivery = planned.model_copy(update=fields)
    await office.worker.store.insert(delivery)
    return delivery


async def swept(office: PostOffice, delivery: Delivery, state: State) -> Delivery:
    """Lets the sweep look once and waits until the delivery has come to a state."""
    await office.sweep.look(Step.DELIVER)
    await until_seen(office.stands(delivery, state))
    return await office.now(delivery)


async def require_settled(office: PostOffice, delivery: Delivery) -> None:
    """It has no alarm any more, and expires when its retention is over."""
    document = await office.document(delivery)
    assert "due_at" not in document
    finished_at, expires_at = document["finished_at"], document["expires_at"]
    assert isinstance(finished_at, datetime)
    assert isinstance(expires_at, datetime)
    assert timedelta(0) <= finished_at + RETENTION - expires_at < timedelta(seconds=5)


def failed_attempts(count: int, at: datetime) -> tuple[Attempt, ...]:
    return tuple(Attempt(number=number, at=at, duration_ms=1, status=503) for number in range(1, count + 1))


async def test_a_failed_attempt_is_logged_and_made_again_when_its_wait_is_over(
    office: PostOffice, serve: Serve
) -> None:
    receiver = await serve(in_turn(BUSY, NO_CONTENT))
    delivery = await posted(office, await office.endpoint(receiver.url))

    waiting = await swept(office, delivery, State.RETRY_WAIT)
    assert [(each.number, each.status, each.answer) for each in waiting.attempts] == [(1, 503, "busy")]
    assert (waiting.attempt, waiting.lease) == (1, None)
    assert waiting.history[-1].problem == ProblemType.DELIVERY_FAILED.uri
    assert waiting.due_at is not None
    wait = waiting.due_at - waiting.history[-1].at
    assert DELAYS[1] * (1 - JITTER) - timedelta(seconds=1) <= wait <= DELAYS[1] * (1 + JITTER)

    await office.sweep.look(Step.DELIVER)
    assert office.worker.free(Step.DELIVER) == 16, "its time has not come"
    office.clock.pass_(DELAYS[1].total_seconds() * (1 + JITTER))
    ended = await swept(office, delivery, State.SUCCEEDED)

    assert [(each.number, each.status) for each in ended.attempts] == [(1, 503), (2, 204)]
    assert [entry.event for entry in ended.history] == [ACCEPTED, LEASED, RETRY, LEASED, FINISHED]
    first, second = receiver.requests
    assert first.body == second.body == delivery.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivery.event_id
    await require_settled(office, delivery)


async def test_the_lease_is_held_before_the_receiver_hears_of_it(office: PostOffice, serve: Serve) -> None:
    leases: list[Lease | None] = []

    async def look_then_answer(writer: asyncio.StreamWriter) -> None:
        leases.append((await office.now(delivery)).lease)
        writer.write(NO_CONTENT)

    receiver = await serve(look_then_answer)
    delivery = await posted(office, await office.endpoint(receiver.url))
    office.worker.offer(office.pointer(delivery))
    await until_seen(office.stands(delivery, State.SUCCEEDED))
    (lease,) = leases
    assert lease is not None
    assert lease.owner == office.built.owner


async def test_an_attempt_that_reached_nobody_is_logged_and_counted_by_its_error(
    office: PostOffice, refusing_port: int
) -> None:
    delivery = await posted(office, await office.endpoint(f"http://127.0.0.1:{refusing_port}/hook"))
    waiting = await swept(office, delivery, State.RETRY_WAIT)
    assert [(each.status, each.error) for each in waiting.attempts] == [(None, "connection_refused")]
    counted = {"outcome": "connection_refused"}
    assert office.built.metrics.registry.get_sample_value("rowcall_delivery_attempts_total", counted) == 1


async def test_the_last_attempt_that_fails_ends_the_delivery(office: PostOffice, serve: Serve) -> None:
    receiver = await serve(BUSY)
    before = failed_attempts(len(DELAYS) - 1, office.clock.now())
    delivery = await posted(office, await office.endpoint(receiver.url), attempts=before)
    ended = await swept(office, delivery, State.FAILED)
    assert [each.number for each in ended.attempts] == list(range(1, len(DELAYS) + 1))
    assert ended.history[-1].problem == ProblemType.DELIVERY_FAILED.uri
    await require_settled(office, delivery)


async def test_a_receiver_that_is_gone_gets_nothing_any_more(office: PostOffice, serve: Serve) -> None:
    receiver = await serve(in_turn(GONE))
    endpoint = await office.endpoint(receiver.url)
    delivery, later = await posted(office, endpoint), await posted(office, endpoint, due_at=None)

    ended = await swept(office, delivery, State.FAILED)
    assert [each.status for each in ended.attempts] == [410]
    await require_settled(office, delivery)
    disabled = await office.endpoints.get(office.workspace_id, endpoint.id)
    assert disabled is not None
    assert (disabled.enabled, disabled.version) == (False, endpoint.version + 1)

    office.worker.offer(office.pointer(later))
    await until_seen(office.stands(later, State.CANCELLED))
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("end", ["deleted", "disabled"])
async def test_a_delivery_whose_endpoint_is_no_more_is_cancelled_unsent(
    office: PostOffice, serve: Serve, end: str
) -> None:
    receiver = await serve(NO_CONTENT)
    endpoint = await office.endpoint(receiver.url)
    delivery = await posted(office, endpoint)
    if end == "deleted":
        await office.endpoints.delete(office.workspace_id, endpoint.id)
    else:
        await office.endpoints.change(endpoint, {"enabled": False})
    ended = await swept(office, delivery, State.CANCELLED)
    assert (ended.attempts, receiver.requests) == ((), [])
    await require_settled(office, delivery)


async def test_a_secret_that_no_key_opens_ends_the_delivery_unsent(office: PostOffice, serve: Serve) -> None:
    receiver = await serve(NO_CONTENT)
    other = base64.b64encode(os.urandom(32)).decode()
    delivery = await posted(office, await office.endpoint(receiver.url, master_key=other))
    ended = await swept(office, delivery, State.FAILED)
    assert ended.history[-1].problem == ProblemType.DELIVERY_FAILED.uri
    assert receiver.requests == []
    await require_settled(office, delivery)


async def test_a_slow_receiver_holds_its_own_slot_alone(office: PostOffice, serve: Serve) -> None:
    opened = asyncio.Event()

    async def wait_then_answer(writer: asyncio.StreamWriter) -> None:
        await opened.wait()
        writer.write(NO_CONTENT)

    slow, quick = await serve(wait_then_answer), await serve(NO_CONTENT)
    held = await posted(office, await office.endpoint(slow.url))
    sent = await posted(office, await office.endpoint(quick.url))
    await office.sweep.look(Step.DELIVER)
    await until_seen(office.stands(sent, State.SUCCEEDED))
    await until(lambda: slow.requests)
    assert (await office.now(held)).state is State.RUNNING
    opened.set()
    await until_seen(office.stands(held, State.SUCCEEDED))


@pytest.mark.parametrize("office_keys", [("current", "former")], indirect=True)
async def test_during_a_rotation_a_secret_of_the_former_key_still_signs(
    office: PostOffice, serve: Serve, office_keys: tuple[str, ...]
) -> None:
    receiver = await serve(NO_CONTENT)
    for key in office_keys:
        delivery = await posted(office, await office.endpoint(receiver.url, master_key=key))
        await swept(office, delivery, State.SUCCEEDED)
        request = receiver.requests[-1]
        Webhook(SECRET).verify(request.body, request.headers)
