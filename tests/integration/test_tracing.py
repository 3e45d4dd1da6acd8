"""One trace over five processes, from the request to the webhook, collected by a real OTLP receiver."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment, deployed
from tests.integration.receivers import Receiver, receiving
from tests.integration.small_database import small_database

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"


@pytest.fixture
def collector() -> Iterator[Receiver]:
    """An OTLP receiver over HTTP."""
    with receiving() as running:
        running.status = 200
        yield running


@pytest.fixture
def traced(tmp_path: Path, collector: Receiver) -> Iterator[Deployment]:
    """A deployment that exports its spans at once."""
    settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with deployed(tmp_path, **settings) as running:
        yield running


@pytest.mark.timeout(120)
def test_one_trace_covers_the_request_the_steps_and_the_webhook(
    traced: Deployment, collector: Receiver, receiver: Receiver
) -> None:
    with traced.client() as client:
        api = Api(client)
        connection = api.connect(small_database(traced.folder / "data" / "traced.sqlite"))
        client.post("/webhooks/endpoints", json={"url": receiver.url, "event_types": ["chat.completed"]})
        client.headers["traceparent"] = f"00-{TRACE_ID}-{PARENT_ID}-01"
        job = api.submit("chat", {"question": "How many items are there?", "connection_id": connection})
        del client.headers["traceparent"]
        assert api.ended(job["id"])["state"] == "succeeded"
    eventually(lambda: receiver.received)
    spans = eventually(lambda: _complete(collector), within_s=20)
    services = {service for service, _ in spans}
    assert services == {f"rowcall-{name}" for name in ("gateway", "executor", "sqlgen", "summarizer", "webhooks")}
    known = {span.span_id.hex() for _, span in spans} | {PARENT_ID}
    assert {span.parent_span_id.hex() for _, span in spans} <= known, "no parent is missing"
    assert TRACE_ID in receiver.received[0].headers["traceparent"]


def _complete(collector: Receiver) -> list[tuple[str, Span]] | None:
    """Returns the spans of our trace as (service, span) once the webhook's is among them."""
    found = [
        (attribute.value.string_value, span)
        for request in collector.received
        for resource in ExportTraceServiceRequest.FromString(request.body).resource_spans
        for attribute in resource.resource.attributes
        if attribute.key == "service.name"
        for scope in resource.scope_spans
        for span in scope.spans
        if span.trace_id.hex() == TRACE_ID
    ]
    names = {span.name for _, span in found}
    return found if {"webhook POST", "step narrate", "step deliver"} <= names else None
