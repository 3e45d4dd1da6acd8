"""What every request gets: a span, a metric, headers, and a calm answer to a bug or an outage."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from rowcall_contracts.problems import ProblemType
from rowcall_gateway.app import api
from rowcall_gateway.description import describe
from rowcall_gateway.jobs.store import JobStore
from rowcall_gateway.testing import Gateway, running_gateway
from tools.local.stack import Store, start_store

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def spans() -> Iterator[InMemorySpanExporter]:
    """The spans of this process; OpenTelemetry takes one provider per process, whoever comes first."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        trace.set_tracer_provider(provider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


async def test_a_request_continues_the_callers_trace_and_hands_it_to_the_job(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], spans: InMemorySpanExporter
) -> None:
    answer = await client.post("/jobs", json=chat, headers={"traceparent": TRACEPARENT})

    (span,) = [each for each in spans.get_finished_spans() if each.name == "POST /jobs"]
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACE_ID
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b7ad6b7169203331"
    job = await gateway.job(answer.json()["id"])
    assert job.traceparent == f"00-{TRACE_ID}-{span.context.span_id:016x}-01"


async def test_a_problem_names_the_trace_it_belongs_to(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    answer = await client.get("/jobs/job_none", headers={"traceparent": TRACEPARENT})

    assert answer.json()["instance"] == f"urn:trace:{TRACE_ID}"


async def test_requests_are_counted_by_route_template_not_by_path(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id = (await client.post("/jobs", json=chat)).json()["id"]
    await client.get(f"/jobs/{job_id}")
    await client.get("/nowhere/at/all")
    await client.request("PROPFIND", "/jobs")

    metrics = gateway.platform.metrics.render().decode()

    assert 'rowcall_http_seconds_count{method="POST",route="/jobs",status="202"} 1.0' in metrics
    assert 'rowcall_http_seconds_count{method="GET",route="/jobs/{job_id}",status="200"} 1.0' in metrics
    assert 'rowcall_http_seconds_count{method="GET",route="unmatched",status="404"} 1.0' in metrics
    assert 'method="OTHER"' in metrics
    assert 'rowcall_jobs_accepted_total{kind="chat"} 1.0' in metrics
    assert job_id not in metrics


async def test_a_bug_is_answered_without_its_message_and_logged_without_it_too(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the question was: who earns most?")

    monkeypatch.setattr(JobStore, "get", broken)

    answer = await client.get("/jobs/job_1")

    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal-error")
    assert answer.headers["content-type"] == "application/problem+json"
    told = capsys.readouterr()
    assert "request_failed" in told.out
    assert "RuntimeError" in told.out
    assert "who earns most" not in answer.text + told.out + told.err


async def test_browsers_of_allowed_origins_may_call_and_others_may_not(mongo_url: str) -> None:
    async with (
        running_gateway(mongo_url, cors_origins=("https://app.example",)) as gateway,
        gateway.client(None) as browser,
    ):
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        allowed = await browser.options("/jobs", headers={"Origin": "https://app.example", **asked})
        refused = await browser.options("/jobs", headers={"Origin": "https://evil.example", **asked})
        plain = await browser.get("/livez", headers={"Origin": "https://app.example"})

    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-origin" not in refused.headers
    assert "ETag" in plain.headers["access-control-expose-headers"]


async def test_pages_need_no_key_and_nothing_from_elsewhere(gateway: Gateway) -> None:
    async with gateway.client(None) as reader:
        docs = await reader.get("/docs")
        problems = [await reader.get(kind.uri) for kind in ProblemType]
        described = await reader.get("/openapi.json")
        bus = await reader.get("/asyncapi")

    assert "rowcall.events" in {channel["address"] for channel in bus.json()["channels"].values()}
    assert "POST /jobs" in docs.text
    assert "src=" not in docs.text
    assert {page.status_code for page in (docs, described, bus, *problems)} == {200}
    assert ProblemType.TOO_LARGE.cure in problems[list(ProblemType).index(ProblemType.TOO_LARGE)].text


async def test_probes_tell_alive_and_ready(gateway: Gateway) -> None:
    async with gateway.client(None) as prober:
        alive, ready = await prober.get("/livez"), await prober.get("/readyz")

    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    checks = {"store": True, "schema": True, "indexes": True}
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "checks": checks})


async def test_a_store_without_migrations_is_not_ready(store_url: str) -> None:
    async with running_gateway(f"{store_url}/never_migrated") as gateway, gateway.client(None) as prober:
        answer = await prober.get("/readyz")

    assert (answer.status_code, answer.json()["checks"]) == (503, {"store": True, "schema": False, "indexes": False})


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[Store]:
    """A store that the test may stop."""
    with start_store(tmp_path) as server:
        yield server


async def test_without_the_store_jobs_are_refused_with_503_and_accepted_when_it_is_back(mortal: Store) -> None:
    search = {"kind": "search_documents", "input": {"query": "x"}}
    async with running_gateway(mortal.url) as gateway, gateway.client(await gateway.new_key("ws_1")) as client:
        accepted = (await client.post("/jobs", json=search)).json()["id"]
        await asyncio.to_thread(mortal.stop)

        refused = await client.post("/jobs", json=search)
        unready = await client.get("/readyz")

        await asyncio.to_thread(mortal.restart)
        again = await client.post("/jobs", json=search)
        kept = await client.get(f"/jobs/{accepted}")

    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert unready.status_code == 503
    assert (again.status_code, kept.status_code) == (202, 200)


def test_the_description_is_openapi_3_1_and_refers_to_nothing_that_is_missing() -> None:

    document = describe(api())
    text = json.dumps(document, sort_keys=True)

    assert text == json.dumps(describe(api()), sort_keys=True)
    assert document["openapi"] == "3.1.0"
    components = document["components"]
    assert isinstance(components, dict)
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= components["schemas"].keys()
    assert "itemSchema" not in text


@pytest.mark.parametrize("path", ["/asyncapi/try", "/asyncapi.json/try", "/docs/try", "/try"])
async def test_trap_nothing_can_be_published_through_the_pages_of_the_bus(client: httpx.AsyncClient, path: str) -> None:
    """FastStream's own pages come with an unauthenticated `POST …/try`: it publishes anything and stops consumers."""
    answer = await client.post(path, json={"channelName": "rowcall.events", "message": {}, "options": {}})
    assert answer.status_code in (404, 405)
