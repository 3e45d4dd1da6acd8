"""The FastAPI app: routes, middleware and error answers; what they work with is handed over."""

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from rowcall_gateway import description, documentation, probes, problems
from rowcall_gateway.body_limit import BodyLimit
from rowcall_gateway.connections import routes as connections
from rowcall_gateway.documents import routes as documents
from rowcall_gateway.edge import Edge
from rowcall_gateway.jobs import routes as jobs
from rowcall_gateway.jobs import stream_routes as job_streams
from rowcall_gateway.keys import routes as keys
from rowcall_gateway.parts import Parts
from rowcall_gateway.webhooks import routes as webhooks
from rowcall_gateway.workspaces import routes as workspaces

ROUTERS = (
    jobs.router,
    job_streams.router,
    connections.router,
    documents.router,
    webhooks.router,
    workspaces.router,
    keys.router,
    probes.router,
    documentation.router,
)
REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID")
ANSWER_HEADERS = ("ETag", "Location", "Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

OWN_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI's own spans carry the query string, and with it what people search for; `edge` has the span instead."""


def api(cors_origins: Sequence[str] = ()) -> FastAPI:
    """Builds the app without its parts: enough to describe it."""
    app = FastAPI(
        title="Rowcall",
        version=version("rowcall-gateway"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=OWN_TELEMETRY,
        middleware=_middleware(cors_origins),
        generate_unique_id_function=lambda route: route.name,
    )
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app


def build(parts: Parts, cors_origins: Sequence[str] = ()) -> FastAPI:
    """Builds the app that serves."""
    app = api(cors_origins)
    app.state.parts = parts
    return app


def _described(app: FastAPI) -> dict[str, object]:
    if app.openapi_schema is None:
        app.openapi_schema = description.describe(app)
    return app.openapi_schema


def _middleware(cors_origins: Sequence[str]) -> list[Middleware]:
    layers = [Middleware(Edge), Middleware(BodyLimit)]
    if cors_origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=list(REQUEST_HEADERS),
            expose_headers=list(ANSWER_HEADERS),
        )
        layers.insert(1, cors)
    return layers
