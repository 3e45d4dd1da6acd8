"""What a caller sends and reads of endpoints and deliveries. An endpoint's secret is shown once."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rowcall_contracts.base import Contract
from rowcall_contracts.pipelines import event_types
from rowcall_contracts.resources import Attempt, Endpoint
from rowcall_contracts.webhook_urls import MAX_URL_LENGTH
from rowcall_contracts.work import State
from rowcall_gateway.cursors import Page, PageQuery
from rowcall_gateway.names import Description

EVERY_TYPE = "*"


def _require_known(event_type: str) -> str:
    if event_type != EVERY_TYPE and event_type not in event_types():
        raise ValueError("No such event type; see `/webhooks/event-types`.")
    return event_type


EventType = Annotated[
    str, AfterValidator(_require_known), Field(json_schema_extra={"enum": [EVERY_TYPE, *event_types()]})
]
EventTypes = Annotated[tuple[EventType, ...], Field(max_length=50, description="Empty, or with `*`: all.")]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL_LENGTH)]


class NewEndpoint(Contract):
    """A URL that wants events."""

    url: Url
    event_types: EventTypes = ()
    description: Description = ""


class EndpointPatch(Contract):
    """What to change; absent fields stay."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: bool | None = None


class EndpointBody(BaseModel):
    """An endpoint."""

    id: str
    url: str
    event_types: tuple[str, ...] = Field(description="Empty: all.")
    description: str
    enabled: bool
    event_version: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointBody":
        """Shows a stored endpoint, without its secret."""
        return cls.model_validate(endpoint.model_dump(include=set(cls.model_fields)))


class EndpointCreated(EndpointBody):
    """A new endpoint. `secret` verifies the signatures (Standard Webhooks); it is in no later answer."""

    secret: str | None = Field(None, description="Absent when an idempotency key repeats an earlier request.")


class EndpointList(Page[EndpointBody]):
    """One page of endpoints."""


class EventTypeList(BaseModel):
    """All event types."""

    data: tuple[str, ...]


class DeliveryBody(BaseModel):
    """One event on its way to one endpoint."""

    model_config = ConfigDict(extra="ignore")

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    state: State
    created_at: datetime
    finished_at: datetime | None = None


class DeliveryDetail(DeliveryBody):
    """A delivery with its attempts, the first one first."""

    attempts: tuple[Attempt, ...] = ()


class DeliveryList(Page[DeliveryBody]):
    """One page of deliveries."""


class DeliveriesQuery(PageQuery):
    """Which deliveries to list."""

    endpoint_id: Annotated[str | None, Field(max_length=64)] = None
    state: State | None = None

    def filter(self) -> dict[str, object]:
        """Returns what a stored delivery must have."""
        wanted = {"endpoint_id": self.endpoint_id, "state": self.state and self.state.value}
        return {name: value for name, value in wanted.items() if value is not None}
