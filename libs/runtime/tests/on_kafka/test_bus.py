"""The producer on a real broker: commands in the background, events acknowledged, Kafka away at any time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import START, ManualClock
from libs.runtime.tests.kafka_site import KafkaSite
from libs.runtime.tests.waiting import until
from rowcall_contracts.commands import Cancelled, Command
from rowcall_contracts.events import EventData
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.topics import CONTROL, DEAD_LETTERS, command_topic
from rowcall_runtime import bus as module
from rowcall_runtime.bus import Bus, PublishFailed
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.records import RawRecord, decode_cancelled, decode_command, decode_event

STEP = "check"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@asynccontextmanager
async def producing(bus: Bus) -> AsyncIterator[None]:
    """Runs the bus until the block ends."""
    running = asyncio.create_task(bus.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def bus_at(kafka: KafkaSite, metrics: Metrics | None = None) -> Bus:
    return Bus(kafka.access, ManualClock(), metrics or Metrics(), client_id="bus-test")


def failures(metrics: Metrics, topic: str) -> float:
    return metrics.registry.get_sample_value("rowcall_publish_failures_total", {"topic": topic}) or 0.0


def new_entry() -> OutboxEntry:
    data = EventData(job_id="job_1", workspace_id="ws_1", kind="chat", state="succeeded")
    return OutboxEntry(id=new_id(Prefix.EVENT), type="chat.completed", time=START, data=data.model_dump(mode="json"))


@pytest.fixture
async def topics(kafka: KafkaSite) -> KafkaSite:
    """The node, with the topics that the bus writes to."""
    existing = await kafka.topics()
    for topic in (command_topic(STEP), CONTROL, DEAD_LETTERS):
        if topic not in existing:
            await kafka.create(topic)
    return kafka


async def mine(kafka: KafkaSite, topic: str, value: bytes) -> RawRecord:
    """The first record of a topic whose value holds some bytes."""
    async with kafka.admin() as admin:
        (described,) = await admin.describe_topics([topic])
    partitions = len(described["partitions"])
    for count in range(1, 1_000):
        found = (await kafka.records(topic, count, partitions=partitions))[-1]
        if value in (found.value or b""):
            return found
    raise AssertionError(topic)


async def test_a_command_and_a_cancel_are_published_without_being_waited_for(topics: KafkaSite) -> None:
    bus, job_id = bus_at(topics), new_id(Prefix.JOB)
    command = Command(job_id=job_id, step=STEP, version=3, workspace_id="ws_1")
    cancelled = Cancelled(job_id=job_id, version=4)

    bus.command(command, TRACEPARENT)
    bus.cancelled(cancelled)
    async with producing(bus):
        published = await mine(topics, command_topic(STEP), job_id.encode())
        told = await mine(topics, CONTROL, job_id.encode())

    assert decode_command(published) == command
    assert decode_cancelled(told) == cancelled
    assert published.key == told.key == job_id.encode()
    assert dict(published.headers)["traceparent"] == TRACEPARENT.encode()


async def test_an_event_is_there_once_it_was_waited_for(topics: KafkaSite, monkeypatch: pytest.MonkeyPatch) -> None:
    own_events = await topics.topic()
    monkeypatch.setattr(module, "EVENTS", own_events)
    bus, entry = bus_at(topics), new_entry()
    async with producing(bus):
        await until(lambda: bus.connected)
        await bus.event("job_1", entry, TRACEPARENT)
        (record,) = await topics.records(own_events, 1)
    read = decode_event(record)
    assert (read.id, read.type, read.traceparent, record.key) == (entry.id, entry.type, TRACEPARENT, b"job_1")


async def test_without_kafka_an_event_fails_at_once_and_a_command_waits(topics: KafkaSite) -> None:
    bus, job_id = bus_at(topics), new_id(Prefix.JOB)
    with pytest.raises(PublishFailed):
        await bus.event("job_1", new_entry(), None)
    bus.command(Command(job_id=job_id, step=STEP, version=1, workspace_id="ws_1"), None)
    assert bus.connected is False
    async with producing(bus):
        published = await mine(topics, command_topic(STEP), job_id.encode())
    assert published.key == job_id.encode()
    assert bus.connected is False


async def test_a_producer_that_cannot_reach_kafka_tries_until_it_can(
    topics: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECONNECT_S", 0.05)
    bus = bus_at(topics)
    bus._access = replace(topics.access, bootstrap="127.0.0.1:1")
    async with producing(bus):
        await asyncio.sleep(0.1)
        assert bus.connected is False
        bus._access = topics.access
        await until(lambda: bus.connected)


async def test_a_step_that_only_newer_code_knows_is_left_to_its_sweep(topics: KafkaSite) -> None:
    """Its topic may not exist, and sending to a missing topic holds up all that comes after."""
    bus = bus_at(topics)
    bus.command(Command(job_id="job_1", step="divine", version=1, workspace_id="ws_1"), None)
    assert bus._backlog.empty()


async def test_a_full_backlog_drops_commands_and_counts_them(
    topics: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BACKLOG", 2)
    metrics = Metrics()
    bus = bus_at(topics, metrics)
    for version in range(5):
        bus.command(Command(job_id="job_1", step=STEP, version=version, workspace_id="ws_1"), None)
    assert failures(metrics, command_topic(STEP)) == 3


async def test_a_dead_letter_keeps_the_record_and_says_why_and_whence(topics: KafkaSite) -> None:
    metrics, value = Metrics(), uuid4().hex.encode()
    bus, source = bus_at(topics, metrics), await topics.topic()
    await topics.put(source, value, key=b"job_1", headers=[("ce_type", b"\xff")])
    (record,) = await topics.records(source, 1)

    async with producing(bus):
        await until(lambda: bus.connected)
        await bus.dead_letter(record, "Not a CloudEvent.")
        parked = await mine(topics, DEAD_LETTERS, value)

    assert (parked.key, parked.value) == (b"job_1", value)
    assert dict(parked.headers) == {
        "ce_type": b"\xff",
        "x-rowcall-error": b"Not a CloudEvent.",
        "x-rowcall-origin": f"{source}/0/0".encode(),
    }
    assert metrics.registry.get_sample_value("rowcall_dead_letters_total") == 1


async def test_trap_a_key_of_bytes_fixes_the_partition_so_that_a_jobs_events_keep_their_order(
    kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastStream's `publish_batch` ignores keys: one random partition for the whole batch."""
    topic, jobs, rounds = await kafka.topic(partitions=4), [f"job_{n}" for n in range(20)], 3
    monkeypatch.setattr(module, "EVENTS", topic)
    bus = bus_at(kafka)
    async with producing(bus):
        await bus.reached()
        for number in range(rounds):
            await asyncio.gather(*(bus.event(job_id, entry_of(job_id, number), None) for job_id in jobs))

    records = await kafka.records(topic, rounds * len(jobs), partitions=4)
    seen: dict[bytes | None, list[tuple[int, str]]] = {}
    for record in records:
        seen.setdefault(record.key, []).append((record.partition, decode_event(record).id))
    assert set(seen) == {job_id.encode() for job_id in jobs}
    for key, places in seen.items():
        assert key is not None
        assert len({partition for partition, _ in places}) == 1
        assert [event_id for _, event_id in places] == [f"evt_{key.decode()}_{number}" for number in range(rounds)]
    assert len({record.partition for record in records}) == 4


def entry_of(job_id: str, number: int) -> OutboxEntry:
    data = EventData(job_id=job_id, workspace_id="ws_1", kind="chat", state="succeeded")
    return OutboxEntry(id=f"evt_{job_id}_{number}", type="chat.completed", time=START, data=data.model_dump())
