"""Kafka records as CloudEvents 1.0 in binary mode (CloudEvents Kafka protocol binding §3.2): encode and decode."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import BaseModel, ValidationError

from rowcall_contracts.commands import CANCEL_TYPE, COMMAND_TYPE, Cancelled, Command
from rowcall_contracts.events import SOURCE, Event, EventData, cloudevent_type, short_type
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.topics import HEADER_TRACEPARENT
from rowcall_runtime.errors import UndecodableRecord

Headers = list[tuple[str, bytes]]


class RawRecord(Protocol):
    """What is read of aiokafka's ConsumerRecord, which carries no types."""

    topic: str
    partition: int
    offset: int
    timestamp: int  # milliseconds
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


M = TypeVar("M", bound=BaseModel)

_FORMAT = JSONFormat()


@dataclass(frozen=True, kw_only=True)
class OutgoingRecord:
    """A record ready to be sent; the key fixes its partition and thereby its order."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """The CloudEvents attributes that vary."""

    id: str
    type: str
    time: datetime
    traceparent: str | None


def encode(topic: str, key: str, data: BaseModel, *, envelope: Envelope) -> OutgoingRecord:
    """Wraps data as a record keyed by job id."""
    event = CloudEvent(
        attributes={
            "id": envelope.id,
            "source": SOURCE,
            "type": envelope.type,
            "subject": key,
            "time": envelope.time,
            "datacontenttype": "application/json",
        },
        data=data.model_dump(mode="json", exclude_none=True),
    )
    message = to_binary(event, _FORMAT)
    headers: Headers = list(message.headers.items())
    if envelope.traceparent:
        headers.append((HEADER_TRACEPARENT, envelope.traceparent.encode()))
    return OutgoingRecord(topic=topic, key=key.encode(), value=message.value, headers=headers)


def encode_command(topic: str, command: Command, *, now: datetime, traceparent: str | None) -> OutgoingRecord:
    """Builds a command's record; its id is what it points at, so repeats are recognisable."""
    identity = f"{command.job_id}:{command.version}"
    return encode(
        topic,
        command.job_id,
        command,
        envelope=Envelope(id=identity, type=COMMAND_TYPE, time=now, traceparent=traceparent),
    )


def encode_cancelled(topic: str, cancelled: Cancelled, *, now: datetime) -> OutgoingRecord:
    """Builds the record that tells workers of a cancelled job."""
    identity = f"{cancelled.job_id}:{cancelled.version}"
    return encode(
        topic,
        cancelled.job_id,
        cancelled,
        envelope=Envelope(id=identity, type=CANCEL_TYPE, time=now, traceparent=None),
    )


def encode_event(topic: str, job_id: str, entry: OutboxEntry, *, traceparent: str | None) -> OutgoingRecord:
    """Builds an event's record from an outbox entry."""
    envelope = Envelope(id=entry.id, type=cloudevent_type(entry.type), time=entry.time, traceparent=traceparent)
    return encode(topic, job_id, EventData.model_validate(entry.data), envelope=envelope)


def decode_command(record: RawRecord) -> Command:
    """Reads a command.

    Raises:
        UndecodableRecord: it is not one, or of a version this code does not know.
    """
    event = _decode(record, COMMAND_TYPE)
    return _validated(Command, event)


def decode_cancelled(record: RawRecord) -> Cancelled:
    """Reads a cancellation; raises UndecodableRecord as `decode_command` does."""
    return _validated(Cancelled, _decode(record, CANCEL_TYPE))


def decode_event(record: RawRecord) -> Event:
    """Reads an event; raises UndecodableRecord when it is not one of ours."""
    event = _decode(record, None)
    try:
        return Event(
            id=event.get_id(),
            type=short_type(event.get_type()),
            time=event.get_time() or _broker_time(record),
            data=_validated(EventData, event),
            traceparent=traceparent_of(record),
        )
    except ValueError as error:
        raise UndecodableRecord(str(error)) from error


def traceparent_of(record: RawRecord) -> str | None:
    """Returns the W3C traceparent header, if there is a readable one."""
    raw = dict(record.headers).get(HEADER_TRACEPARENT)
    return raw.decode("ascii", "replace") if raw else None


def _decode(record: RawRecord, expected_type: str | None) -> CloudEvent:
    headers = {name: value for name, value in record.headers if name.startswith("ce_") or name == "content-type"}
    if "ce_id" not in headers:  # the library would make one up, anew at every reading
        raise UndecodableRecord("Not a CloudEvent: it has no id.")
    headers.setdefault("ce_time", _broker_time(record).isoformat().encode())
    try:
        event = from_binary(KafkaMessage(headers=headers, key=None, value=record.value or b""), _FORMAT)
    except (CloudEventValidationError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise UndecodableRecord(f"Not a CloudEvent in binary mode ({type(error).__name__}).") from error
    if not isinstance(event, CloudEvent):
        raise UndecodableRecord("Not a CloudEvent of specification version 1.0.")
    if expected_type and event.get_type() != expected_type:
        raise UndecodableRecord(f"Its type is not `{expected_type}`.")
    return event


def _broker_time(record: RawRecord) -> datetime:
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def _validated(model: type[M], event: CloudEvent) -> M:
    try:
        return model.model_validate(event.get_data())
    except ValidationError as error:
        raise UndecodableRecord(f"Its data is not a {model.__name__} ({error.error_count()} faults).") from error
