"""The outermost layer of a request: its span, its metric, headers that every answer carries, and the last resort."""

import time
import traceback
from http import HTTPStatus

import structlog
from opentelemetry.trace import Span, SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rowcall_contracts.metrics import Metric
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_gateway.problems import problem_response
from rowcall_runtime.tracing import span

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"

_log = structlog.get_logger()


class Edge:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request inside a span that continues the caller's trace."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        started = time.perf_counter()
        answer = _Answer(scope, send)
        with span(method, parent=Headers(scope=scope).get("traceparent"), kind=SpanKind.SERVER) as opened:
            try:
                await self._serve(scope, receive, answer)
            finally:
                route = _route(scope)
                scope["app"].state.parts.metrics.observe(
                    Metric.HTTP_SECONDS,
                    time.perf_counter() - started,
                    method=method,
                    route=route,
                    status=str(answer.status),
                )
                _describe(opened, method, route, answer.status)

    async def _serve(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            await self._app(scope, receive, answer.send)
        except Exception as error:  # noqa: BLE001  # the edge of a request: a bug is logged, answered, ends nothing else
            _log_bug(error, _route(scope))
            if answer.status == 0:
                problem = Problem.of(ProblemType.INTERNAL, "An unexpected error ended this request.")
                await problem_response(problem)(scope, receive, answer.send)


class _Answer:
    """Passes the answer on, adds the headers of every answer and notes the status; 0 means not started."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.status = 0
        self._scope = scope
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers.update(self._scope.get("state", {}).get("rate_headers", {}))
        await self._send(message)


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", UNMATCHED))


def _describe(opened: Span, method: str, route: str, status: int) -> None:
    opened.update_name(f"{method} {route}")
    opened.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status == 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        opened.set_status(StatusCode.ERROR)


def _log_bug(error: Exception, route: str) -> None:
    """Logs where it happened, not the message: that of a validation error repeats what the caller sent."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("request_failed", route=route, error=type(error).__name__, frames=frames[-12:])
