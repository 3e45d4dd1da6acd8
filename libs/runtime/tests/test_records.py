"""CloudEvents in binary mode: what is encoded reads back, and anything else is undecodable, never a crash."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.runtime.tests.clocks import START
from rowcall_contracts.commands import Cancelled, Command
from rowcall_contracts.events import EventData
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.topics import EVENTS
from rowcall_runtime.errors import UndecodableRecord
from rowcall_runtime.records import (
    OutgoingRecord,
    RawRecord,
    decode_cancelled,
    decode_command,
    decode_event,
    encode_cancelled,
    encode_command,
    encode_event,
    traceparent_of,
)

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
COMMAND = Command(job_id="job_1", step="generate", version=7, workspace_id="ws_1")
CANCELLED = Cancelled(job_id="job_1", version=8)
DATA = EventData(job_id="job_1", workspace_id="ws_1", kind="chat", state="succeeded", counts={"rows": 3})
ENTRY = OutboxEntry(id="evt_1", type="chat.completed", time=START, data=DATA.model_dump(mode="json"))
DECODERS: tuple[Callable[[RawRecord], object], ...] = (decode_command, decode_cancelled, decode_event)


@dataclass(kw_only=True)
class Read:
    """A record as it comes from the broker."""

    topic: str = EVENTS
    partition: int = 0
    offset: int = 0
    timestamp: int = 1_767_225_600_000
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes]] = ()

    @classmethod
    def of(cls, record: OutgoingRecord) -> "Read":
        return cls(topic=record.topic, key=record.key, value=record.value, headers=record.headers)


def event_record(**changed: bytes | None) -> Read:
    """An event's record with some headers changed, or left out where `None`."""
    record = Read.of(encode_event(EVENTS, "job_1", ENTRY, traceparent=TRACEPARENT))
    headers = {**dict(record.headers), **changed}
    return Read(value=record.value, headers=[(name, value) for name, value in headers.items() if value is not None])


def test_what_is_encoded_reads_back() -> None:
    command = Read.of(encode_command("t", COMMAND, now=START, traceparent=TRACEPARENT))
    cancelled = Read.of(encode_cancelled("t", CANCELLED, now=START))

    assert decode_command(command) == COMMAND
    assert decode_cancelled(cancelled) == CANCELLED
    assert (traceparent_of(command), traceparent_of(cancelled)) == (TRACEPARENT, None)
    event = decode_event(event_record())
    assert (event.id, event.type, event.time, event.data) == ("evt_1", "chat.completed", START, DATA)
    assert event.traceparent == TRACEPARENT


def test_a_record_is_a_cloudevent_in_binary_mode_keyed_by_its_job() -> None:
    record = encode_event(EVENTS, "job_1", ENTRY, traceparent=TRACEPARENT)
    headers = dict(record.headers)
    assert {name: headers[name] for name in ("ce_specversion", "ce_id", "ce_type", "ce_subject", "content-type")} == {
        "ce_specversion": b"1.0",
        "ce_id": b"evt_1",
        "ce_type": b"rowcall.chat.completed.v1",
        "ce_subject": b"job_1",
        "content-type": b"application/json",
    }
    assert record.key == b"job_1"
    assert json.loads(record.value) == DATA.model_dump(mode="json")


def test_a_repeated_command_has_the_same_id_and_the_next_one_another() -> None:
    ids = [
        dict(encode_command("t", COMMAND.model_copy(update={"version": version}), now=now, traceparent=None).headers)[
            "ce_id"
        ]
        for version, now in ((7, START), (7, datetime.now(UTC)), (8, START))
    ]
    assert ids[0] == ids[1] != ids[2]


def test_an_event_of_a_newer_version_with_more_fields_is_read() -> None:
    record = event_record(ce_type=b"rowcall.chat.completed.v2")
    richer = json.dumps({**json.loads(record.value or b""), "new_field": [1, 2]}).encode()
    event = decode_event(Read(value=richer, headers=record.headers))
    assert (event.type, event.data) == ("chat.completed", DATA)


def test_an_event_without_a_time_has_the_brokers() -> None:
    assert decode_event(event_record(ce_time=None)).time == START


@pytest.mark.parametrize(
    "record",
    [
        Read(),
        Read(value=b"{}"),
        event_record(ce_id=None),
        event_record(ce_type=None),
        event_record(ce_source=None),
        event_record(ce_specversion=b"9.9"),
        event_record(ce_type=b"\xff\xfe"),
        event_record(ce_type=b"com.example.chat.v1"),
        event_record(ce_type=b"rowcall.chat"),
        event_record(ce_time=b"yesterday"),
        Read(value=b"not json", headers=event_record().headers),
        Read(value=b'["a list"]', headers=event_record().headers),
        Read(value=b'{"job_id": "job_1"}', headers=event_record().headers),
        Read(value=None, headers=event_record().headers),
    ],
)
def test_what_is_no_event_of_ours_is_undecodable_and_its_value_is_not_told(record: Read) -> None:
    with pytest.raises(UndecodableRecord) as refused:
        decode_event(record)
    assert "not json" not in str(refused.value)


def test_a_command_of_another_type_is_left_alone() -> None:
    record = Read.of(encode_command("t", COMMAND, now=START, traceparent=None))
    newer = [(name, b"rowcall.job.look.v2" if name == "ce_type" else value) for name, value in record.headers]
    with pytest.raises(UndecodableRecord):
        decode_command(Read(value=record.value, headers=newer))
    with pytest.raises(UndecodableRecord):
        decode_cancelled(record)


NAMES = st.sampled_from(["ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type", "traceparent"])
VALUES = st.one_of(st.binary(max_size=30), st.sampled_from([b"1.0", b"rowcall.chat.completed.v1", b"application/json"]))


@given(
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=8),
    value=st.one_of(st.none(), st.binary(max_size=60), st.just(b"{}")),
)
def test_no_record_makes_a_decoder_fail_in_another_way(headers: list[tuple[str, bytes]], value: bytes | None) -> None:
    record = Read(value=value, headers=headers)
    for decode in DECODERS:
        with pytest.raises(UndecodableRecord):
            decode(record)
    traceparent_of(record)
