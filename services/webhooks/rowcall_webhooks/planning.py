"""An event and the endpoints of its workspace become deliveries. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime

from rowcall_contracts.events import Event, WebhookBody
from rowcall_contracts.pipelines import Step
from rowcall_contracts.resources import Delivery, Endpoint
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State

FIRST_VERSION = 1


def plan(event: Event, endpoints: Sequence[Endpoint], *, new_id: Callable[[], str], now: datetime) -> list[Delivery]:
    """Returns one delivery for each endpoint that wants the event, all with the same body bytes, due at once."""
    wanting = [endpoint for endpoint in endpoints if wants(endpoint, event)]
    if not wanting:
        return []
    body = body_of(event)
    accepted = HistoryEntry(version=FIRST_VERSION, at=now, event=HistoryEvent.ACCEPTED, step=Step.DELIVER)
    return [
        Delivery(
            id=new_id(),
            workspace_id=endpoint.workspace_id,
            state=State.QUEUED,
            step=Step.DELIVER,
            version=FIRST_VERSION,
            due_at=now,
            history=(accepted,),
            traceparent=event.traceparent,
            endpoint_id=endpoint.id,
            event_id=event.id,
            event_type=event.type,
            body=body,
            created_at=now,
        )
        for endpoint in wanting
    ]


def wants(endpoint: Endpoint, event: Event) -> bool:
    """Tells whether an endpoint is to get an event: enabled, of the same workspace, and of a type it chose."""
    chosen = not endpoint.event_types or event.type in endpoint.event_types
    return endpoint.enabled and endpoint.workspace_id == event.data.workspace_id and chosen


def body_of(event: Event) -> bytes:
    """Returns the JSON that every attempt of every delivery of the event sends: serialised once, never again."""
    body = WebhookBody(type=event.type, timestamp=event.time, data=event.data.model_dump(mode="json"))
    return body.model_dump_json().encode()
