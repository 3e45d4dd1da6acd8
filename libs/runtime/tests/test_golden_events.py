"""Events as they were when a type's version was published; samples are added and never edited.

An event lies on the broker for a week and in deliveries for a month, so today's code reads all of them, and what it
writes differs from them by additions alone.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from libs.runtime.tests.test_records import Read
from rowcall_contracts.events import EVENT_VERSION, cloudevent_type
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.pipelines import event_types
from rowcall_contracts.topics import EVENTS
from rowcall_runtime.records import decode_event, encode_event

SAMPLES = sorted((Path(__file__).parents[2] / "contracts/tests/vectors/events").glob("*.json"))


def test_every_type_has_a_sample_of_its_version() -> None:
    assert {f"{each}.{EVENT_VERSION}" for each in event_types()} <= {sample.stem for sample in SAMPLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_and_written_anew_with_nothing_missing(path: Path) -> None:
    sample = json.loads(path.read_text(encoding="utf-8"))
    headers = [(name, value.encode()) for name, value in sample["headers"].items()]

    event = decode_event(Read(value=json.dumps(sample["value"]).encode(), headers=headers))

    assert path.stem == f"{event.type}.{EVENT_VERSION}"
    assert (event.type, event.id) == (sample["type"], "evt_01jd0000000000000000000000")
    assert event.time == datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)
    assert {name: getattr(event.data, name) for name in sample["value"]} == sample["value"]
    entry = OutboxEntry(id=event.id, type=event.type, time=event.time, data=event.data.model_dump(mode="json"))
    written = encode_event(EVENTS, event.data.job_id, entry, traceparent=event.traceparent)
    assert {name: value.decode() for name, value in written.headers}.items() >= sample["headers"].items()
    assert json.loads(written.value).items() >= sample["value"].items()
    assert sample["headers"]["ce_type"] == cloudevent_type(event.type)
