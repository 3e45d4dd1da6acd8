"""Parked events can be seen and returned, on a real broker; neither takes them away."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.kafka_site import KafkaSite
from rowcall_contracts.topics import EVENTS, TOPICS
from rowcall_runtime import bus as publishing
from rowcall_runtime import dead_letters as module
from rowcall_runtime.bus import Bus
from rowcall_runtime.dead_letters import CannotReturn, dead_letters, main, return_letters
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.records import RawRecord

HEADERS = [("ce_id", b"evt_1"), ("ce_type", b"\xff\xfe"), ("traceparent", None)]
REASON = "Not a CloudEvent in binary mode."


@pytest.fixture
async def events(kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic of events of the test's own."""
    events = await kafka.topic(partitions=3)
    monkeypatch.setattr(module, "TOPICS", {events: TOPICS[EVENTS]})
    return events


@pytest.fixture(autouse=True)
async def letters_topic(kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic of dead letters of the test's own."""
    letters = await kafka.topic()
    monkeypatch.setattr(module, "DEAD_LETTERS", letters)
    monkeypatch.setattr(publishing, "DEAD_LETTERS", letters)
    return letters


@pytest.fixture
async def bus(kafka: KafkaSite) -> AsyncIterator[Bus]:
    """What parks."""
    bus = Bus(kafka.access, ManualClock(), Metrics(), client_id="parking")
    running = asyncio.create_task(bus.run())
    await bus.reached()
    yield bus
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def parked(kafka: KafkaSite, bus: Bus, topic: str, value: bytes = b"junk") -> RawRecord:
    """Puts a record on a topic and parks it, as the intake does."""
    before = [await kafka.end(topic, number) for number in range(3)]
    await kafka.put(topic, value, key=b"job_1", headers=HEADERS)
    record = (await kafka.records(topic, sum(before) + 1, partitions=3))[-1]
    await bus.dead_letter(record, REASON)
    return record


def whole(record: RawRecord) -> Mapping[str, object]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "key": record.key,
        "value": record.value,
        "headers": list(record.headers),
    }


async def test_a_letter_is_listed_with_its_reason_and_origin_as_often_as_one_looks(
    kafka: KafkaSite, bus: Bus, events: str
) -> None:
    assert await dead_letters(kafka.access) == []
    record = await parked(kafka, bus, events)
    for _ in range(2):
        (letter,) = await dead_letters(kafka.access)
        assert (letter.offset, letter.reason) == (0, REASON)
        assert letter.origin == f"{events}/{record.partition}/{record.offset}"


async def test_a_returned_letter_is_the_record_that_was_parked(kafka: KafkaSite, bus: Bus, events: str) -> None:
    original = await parked(kafka, bus, events)
    await return_letters(kafka.access, await dead_letters(kafka.access))
    first, again = await kafka.records(events, 2, partitions=3)
    assert whole(again) == whole(first) == whole(original)
    assert again.offset == original.offset + 1


async def test_one_that_is_parked_again_tells_of_its_second_origin_alone(
    kafka: KafkaSite, bus: Bus, events: str
) -> None:
    original = await parked(kafka, bus, events)
    await return_letters(kafka.access, await dead_letters(kafka.access))
    (_, again) = await kafka.records(events, 2, partitions=3)
    await bus.dead_letter(again, "Still none.")
    first, second = await dead_letters(kafka.access)
    assert (first.reason, second.reason) == (REASON, "Still none.")
    assert second.origin == f"{events}/{again.partition}/{original.offset + 1}"
    assert second.original == first.original


async def test_a_letter_from_nowhere_is_listed_and_not_returned(
    kafka: KafkaSite, bus: Bus, events: str, letters_topic: str
) -> None:
    await kafka.put(letters_topic, b"by hand")
    await parked(kafka, bus, events)
    letters = await dead_letters(kafka.access)
    assert str(letters[0]).endswith("\t-\t-")
    with pytest.raises(CannotReturn, match=r"Letter 0 came from nowhere"):
        await return_letters(kafka.access, [letters[1], letters[0]])
    assert sum([await kafka.end(events, number) for number in range(3)]) == 1, "nothing is returned by halves"


async def test_from_the_command_line(
    kafka: KafkaSite, bus: Bus, events: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROWCALL_KAFKA_BOOTSTRAP", kafka.bootstrap)
    monkeypatch.setenv("ROWCALL_MONGO_URL", "-")
    for value in (b"secret-1", b"secret-2", b"secret-3"):
        await parked(kafka, bus, events, value)

    async def told(*arguments: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(main, arguments)
        return (status, *capsys.readouterr())

    status, listed, _ = await told("list")
    header, *lines = listed.splitlines()
    assert (status, header.split("\t")) == (0, ["offset", "parked at", "origin", "reason"])
    assert [line.split("\t")[0] for line in lines] == ["0", "1", "2"]
    assert all(line.endswith(REASON) for line in lines)
    assert "secret" not in listed, "an event's data is not for terminals"

    assert await told("return", "9") == (
        1,
        "",
        "rowcall dead letters: There is no letter 9; `list` shows those that are there.\n",
    )
    assert await told("return", "2", "1") == (0, "2 returned.\n", "")
    assert await told("return", "--all") == (0, "3 returned.\n", "")
    values = [record.value for record in await kafka.records(events, 8, partitions=3)]
    returned = [b"secret-2", b"secret-3", b"secret-1", b"secret-2", b"secret-3"]
    assert values == [b"secret-1", b"secret-2", b"secret-3", *returned]


async def test_without_the_topic_or_the_broker_one_line_says_what_to_do(
    kafka: KafkaSite,
    unused_tcp_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    missing = f"missing.{uuid4().hex[:12]}"
    monkeypatch.setattr(module, "DEAD_LETTERS", missing)
    monkeypatch.setenv("ROWCALL_MONGO_URL", "-")
    told = []
    for bootstrap in (kafka.bootstrap, f"127.0.0.1:{unused_tcp_port}"):
        monkeypatch.setenv("ROWCALL_KAFKA_BOOTSTRAP", bootstrap)
        assert await asyncio.to_thread(main, ["list"]) == 1
        told.append(capsys.readouterr().err)
    assert told[0] == (
        f"rowcall dead letters: Topic {missing} does not exist; run `python -m rowcall_runtime.migrate`.\n"
    )
    assert told[1].startswith("rowcall dead letters: KafkaConnectionError")
    assert missing not in await kafka.topics()


def test_a_return_needs_to_know_which(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["return"])
    assert "required" in capsys.readouterr().err


@pytest.mark.parametrize(("said", "read"), [(b"\xff/0/1", "�/0/1"), (None, "")])
async def test_what_a_letter_says_of_itself_may_be_unreadable(
    kafka: KafkaSite, letters_topic: str, said: bytes | None, read: str
) -> None:
    await kafka.put(letters_topic, b"odd", headers=[("x-rowcall-origin", said), ("x-rowcall-error", said)])
    (letter,) = await dead_letters(kafka.access)
    assert (letter.origin, letter.reason) == (read, read)
