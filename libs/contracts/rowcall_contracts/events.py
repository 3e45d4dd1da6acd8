"""Events: facts about jobs, as CloudEvents on Kafka and as webhook bodies."""

from datetime import datetime

from rowcall_contracts.base import Contract, Stored
from rowcall_contracts.jobs import JsonObject

EVENT_VERSION = "v1"
TYPE_PREFIX = "rowcall."
SOURCE = "/rowcall"


class EventData(Stored):
    """The `data` of every event: thin by design; no question text, SQL literal or cell value."""

    job_id: str
    workspace_id: str
    kind: str
    state: str
    counts: dict[str, int] = {}
    links: dict[str, str] = {}


class Event(Stored):
    """An event as it was read from the bus. `type` is the short form, such as `chat.completed`."""

    id: str
    type: str
    time: datetime
    data: EventData
    traceparent: str | None = None


class WebhookBody(Contract):
    """The JSON that an endpoint receives; its `webhook-id` header is the event's id."""

    type: str
    timestamp: datetime
    data: JsonObject


def cloudevent_type(event_type: str) -> str:
    """Returns `ce_type` for a short event type: `chat.completed` becomes `rowcall.chat.completed.v1`."""
    return f"{TYPE_PREFIX}{event_type}.{EVENT_VERSION}"


def short_type(ce_type: str) -> str:
    """Returns the short event type of a `ce_type` of any version.

    Raises:
        ValueError: not one of our types.
    """
    stem, dot, version = ce_type.rpartition(".")
    if not (stem.startswith(TYPE_PREFIX) and dot and version.startswith("v")):
        raise ValueError(f"{ce_type!r} is not a Rowcall event type.")
    return stem.removeprefix(TYPE_PREFIX)
