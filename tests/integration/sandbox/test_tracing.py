"""One trace over five processes, from the request to the webhook, collected by a real OTLP receiver."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from rowcall_contracts.pipelines import Service
from tests.integration.api import Api, eventually
from tests.integration.deployment import Sandbox
from tests.integration.receivers import Receiver
from tests.integration.small_database import small_database

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT_ID = "00f067aa0ba902b7"
STEPS = {"step generate", "step execute", "step narrate", "step deliver", "webhook POST"}
SERVICES = {f"rowcall-{service.value}" for service in Service}


def test_one_trace_covers_the_request_the_steps_and_the_webhook(
    api: Api, deployment: Sandbox, collector: Receiver, receiver: Receiver
) -> None:
    connection = api.connect(small_database(deployment.folder / "data" / "traced.sqlite"))
    given = {"question": "How many items are there?", "connection_id": connection}
    with api.listening(receiver.url, "chat.completed"):
        api.client.headers["traceparent"] = f"00-{TRACE_ID}-{PARENT_ID}-01"
        job = api.submit("chat", given)
        del api.client.headers["traceparent"]
        assert api.ended(job["id"])["state"] == "succeeded"
        eventually(lambda: receiver.received)
    spans = eventually(lambda: _complete(collector))
    known = {span.span_id.hex() for _, span in spans} | {PARENT_ID}
    assert {span.parent_span_id.hex() for _, span in spans} <= known, "no parent is missing"
    assert TRACE_ID in receiver.received[0].headers["traceparent"]


def _complete(collector: Receiver) -> list[tuple[str, Span]] | None:
    """Returns the spans of our trace as (service, span) once every service and step is among them."""
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
    services, names = {service for service, _ in found}, {span.name for _, span in found}
    assert services <= SERVICES
    return found if services == SERVICES and names >= STEPS else None
