"""Events in, from a real broker: one delivery each, dead letters for what is none, and nothing lost on the way."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from libs.runtime.tests.kafka_site import KafkaSite, new_group
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.events import Event
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.resources import Collection, Delivery, Endpoint
from rowcall_contracts.topics import DEAD_LETTERS, HEADER_ERROR, HEADER_ORIGIN
from rowcall_contracts.work import State
from rowcall_runtime.bus import Bus
from rowcall_runtime.driver import Document, DocumentCollection, Filter, Sort
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.records import OutgoingRecord, RawRecord, encode_event
from rowcall_runtime.repository import PAGE_MAX, Repository
from rowcall_webhooks import intake as module
from rowcall_webhooks.intake import Intake
from rowcall_webhooks.testing import Serve
from services.webhooks.tests.post_office import PostOffice


class TroubledCollection(DocumentCollection):
    """A collection that does not answer the first of its searches."""

    def __init__(self, real: DocumentCollection, failures: int) -> None:
        super().__init__(real._native)
        self.asked_at: list[float] = []
        self._failures = failures

    async def find(
        self, where: Filter, *, sort: Sort | None = None, limit: int = 0, fields: Sequence[str] | None = None
    ) -> list[Document]:
        """Fails, or finds."""
        self.asked_at.append(time.monotonic())
        if len(self.asked_at) <= self._failures:
            raise StoreUnavailable("The store did not answer.")
        return await super().find(where, sort=sort, limit=limit, fields=fields)


@pytest.fixture
async def parking(office: PostOffice, kafka: KafkaSite) -> AsyncIterator[PostOffice]:
    """The office with a producer that reaches Kafka."""
    if DEAD_LETTERS not in await kafka.topics():
        await kafka.create(DEAD_LETTERS)
    bus = Bus(kafka.access, office.clock, office.built.metrics, client_id="intake-test")
    running = asyncio.create_task(bus.run())
    await until(lambda: bus.connected)
    yield replace(office, intake=intake_with(office, bus=bus))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def intake_with(office: PostOffice, *, bus: Bus | None = None, endpoints: Repository[Endpoint] | None = None) -> Intake:
    built = replace(office.built, bus=bus) if bus else office.built
    return Intake(endpoints or office.endpoints, office.worker.store, built, accepted=lambda _: None)


def record_of(event: Event) -> OutgoingRecord:
    entry = OutboxEntry(id=event.id, type=event.type, time=event.time, data=event.data.model_dump())
    return encode_event("-", event.data.job_id, entry, traceparent=None)


async def put(kafka: KafkaSite, topic: str, *records: OutgoingRecord) -> None:
    for record in records:
        await kafka.put(topic, record.value, key=record.key, headers=record.headers)


@asynccontextmanager
async def taking(kafka: KafkaSite, topic: str, intake: Intake, group: str) -> AsyncIterator[None]:
    """Has the intake read a topic until the block ends."""
    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, group, intake.take)
    async with kafka.consuming(subscriptions):
        yield


async def letters_of(kafka: KafkaSite, topic: str) -> list[RawRecord]:
    """The dead letters that came from a topic of the test's own."""
    letters = await kafka.records(DEAD_LETTERS, await kafka.end(DEAD_LETTERS))
    return [letter for letter in letters if headers_of(letter)[HEADER_ORIGIN].startswith(f"{topic}/".encode())]


def headers_of(record: RawRecord) -> Mapping[str, bytes]:
    return dict(record.headers)


async def test_an_event_that_is_read_twice_makes_one_delivery_per_endpoint_and_is_offered_once(
    office: PostOffice, kafka: KafkaSite
) -> None:
    endpoints = [await office.endpoint() for _ in range(2)]
    topic, event = await kafka.topic(), office.new_event()
    await put(kafka, topic, record_of(event), record_of(event))
    accepted: list[Delivery] = []
    intake = Intake(office.endpoints, office.worker.store, office.built, accepted=accepted.append)
    records = await kafka.records(topic, 2)
    for _ in range(2):
        await intake.take(records)

    stored = await office.planned(event)
    assert sorted(each.endpoint_id for each in stored) == sorted(each.id for each in endpoints)
    assert sorted(each.id for each in accepted) == sorted(each.id for each in stored)


async def test_what_is_no_event_is_parked_with_its_reason_and_the_rest_of_its_batch_is_taken(
    parking: PostOffice, kafka: KafkaSite
) -> None:
    await parking.endpoint()
    topic, group = await kafka.topic(), new_group()
    before, after = parking.new_event(), parking.new_event()
    await put(kafka, topic, record_of(before))
    await kafka.put(topic, b"junk", key=b"job_1", headers=[("ce_id", b"\xff")])
    await put(kafka, topic, record_of(after))

    async with taking(kafka, topic, parking.intake, group):

        async def committed() -> bool:
            return await kafka.committed(group, topic) == 3

        await until_seen(committed)

    assert [len(await parking.planned(event)) for event in (before, after)] == [1, 1]
    (letter,) = await letters_of(kafka, topic)
    assert (letter.key, letter.value) == (b"job_1", b"junk")
    assert headers_of(letter)[HEADER_ORIGIN] == f"{topic}/0/1".encode()
    assert headers_of(letter)[HEADER_ERROR].startswith(b"Not a CloudEvent")


async def test_a_record_that_cannot_be_parked_keeps_its_batch_on_the_topic(
    office: PostOffice, kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office's own bus never reached Kafka."""
    monkeypatch.setattr(module, "PAUSE_S", 0.01)
    await office.endpoint()
    topic, group, event = await kafka.topic(), new_group(), office.new_event()
    await kafka.put(topic, b"junk")
    await put(kafka, topic, record_of(event))
    takes, intake = list[int](), intake_with(office)

    async def counted(records: Sequence[RawRecord]) -> None:
        takes.append(len(records))
        await intake.take(records)

    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, group, counted)
    async with kafka.consuming(subscriptions):
        await until(lambda: len(takes) >= 3)
    assert await office.planned(event) == []
    assert await kafka.committed(group, topic) == -1


async def test_trap_a_batch_that_the_store_does_not_take_comes_back_after_the_intakes_own_pause(
    office: PostOffice, kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastStream seeks back at once and for ever; nothing else slows it down."""
    monkeypatch.setattr(module, "PAUSE_S", 0.3)
    await office.endpoint()
    troubled = TroubledCollection(office.built.store.collection(Collection.ENDPOINTS), failures=3)
    intake = intake_with(office, endpoints=Repository(troubled, Endpoint))
    topic, event = await kafka.topic(), office.new_event()
    await put(kafka, topic, record_of(event))

    async with taking(kafka, topic, intake, new_group()):

        async def planned() -> bool:
            return len(await office.planned(event)) == 1

        await until_seen(planned)

    gaps = [later - earlier for earlier, later in itertools.pairwise(troubled.asked_at)]
    assert len(gaps) == 3
    assert min(gaps) >= 0.3


def test_the_pause_is_long_enough_to_be_one() -> None:
    assert module.PAUSE_S >= 1


async def test_an_event_is_on_its_way_at_once_without_the_sweep(
    office: PostOffice, kafka: KafkaSite, serve: Serve
) -> None:
    receiver = await serve(b"HTTP/1.1 204 No Content\r\n\r\n")
    await office.endpoint(receiver.url)
    topic, event = await kafka.topic(), office.new_event()
    await put(kafka, topic, record_of(event))
    await office.intake.take(await kafka.records(topic, 1))
    (delivery,) = await office.planned(event)
    await until_seen(office.stands(delivery, State.SUCCEEDED))


async def test_every_endpoint_of_a_workspace_is_served_however_many_there_are(
    office: PostOffice, kafka: KafkaSite
) -> None:
    endpoints = [await office.endpoint() for _ in range(PAGE_MAX + 1)]
    topic, event = await kafka.topic(), office.new_event()
    await put(kafka, topic, record_of(event))
    await intake_with(office).take(await kafka.records(topic, 1))
    assert len(await office.planned(event)) == len(endpoints)
