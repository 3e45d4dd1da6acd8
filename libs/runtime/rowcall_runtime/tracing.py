"""OpenTelemetry: one trace from the request to the webhook, carried by W3C traceparent in documents and headers."""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager

from opentelemetry import context, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rowcall_contracts.work import Work

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACEPARENT = "traceparent"
_TRACER = trace.get_tracer("rowcall")  # of the provider that is installed later


def configure_tracing(service: str) -> TracerProvider:
    """Installs the process's provider; spans are recorded only where OTEL_EXPORTER_OTLP_ENDPOINT is set.

    Elsewhere they carry ids alone, for logs and for whoever is called; the flag of W3C Trace Context §3.2.2 says so.
    """
    exports = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    provider = TracerProvider(
        sampler=None if exports else ALWAYS_OFF, resource=Resource.create({"service.name": f"rowcall-{service}"})
    )
    if exports:
        # The import takes a twentieth of a service's start, and few installations export.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def current_traceparent() -> str | None:
    """Returns the active span's traceparent, for a document or a header."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get(_TRACEPARENT)


def span(
    name: str,
    *,
    parent: str | None,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int] | None = None,
) -> AbstractContextManager[Span]:
    """Opens a span below a traceparent; without one it starts a trace of its own."""
    above = _PROPAGATOR.extract({_TRACEPARENT: parent}) if parent else context.get_current()
    return _TRACER.start_as_current_span(name, above, kind, attributes=attributes)


def step_span(work: Work) -> AbstractContextManager[Span]:
    """Opens the span of one attempt at a step, below the request that created the work."""
    attributes: dict[str, str | int] = {
        "rowcall.work_id": work.id,
        "rowcall.step": work.step,
        "rowcall.version": work.version,
    }
    return span(f"step {work.step}", parent=work.traceparent, kind=SpanKind.CONSUMER, attributes=attributes)
