"""The admin port: probes and metrics. Liveness checks no dependency; a broken store must not restart pods."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from rowcall_runtime.metrics import Metrics

KEEP_ALIVE_S = 75
"""Seconds that an idle connection is kept: longer than proxies and load balancers keep theirs (60 s mostly), so that
they close first. A request that meets a server's close is lost, and a `POST` may not be sent again."""

Check = Callable[[], Awaitable[Mapping[str, bool]]]
"""Returns each condition of readiness by name; all must hold."""


def admin_app(metrics: Metrics, ready: Check, told: Callable[[], Mapping[str, object]]) -> Starlette:
    """Builds `/livez`, `/startupz`, `/readyz` and `/metrics`. `told` is shown in the body and decides nothing."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(_: Request) -> Response:
        checks = await ready()
        good = all(checks.values())
        body = {"status": "ok" if good else "unready", "checks": dict(checks), **told()}
        return JSONResponse(body, status_code=200 if good else 503)

    async def show_metrics(_: Request) -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/startupz", readyz),
            Route("/readyz", readyz),
            Route("/metrics", show_metrics),
        ]
    )


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int, *, grace_s: int = 5) -> AsyncIterator[int]:
    """Serves an app inside this event loop until the block ends; yields the port.

    Raises:
        PortTaken: somebody else listens there.
    """
    config = uvicorn.Config(
        app,
        host,
        port,
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=grace_s,
    )
    server = _Server(config)
    sockets = [_bound(host, port)]
    task = asyncio.create_task(server.serve(sockets=sockets), name=f"http {port}")
    try:
        await server.up.wait()
        yield int(sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


class PortTaken(Exception):
    """A port is in use; the message names it and the cure."""


class _Server(uvicorn.Server):
    """Leaves signals to the process's own lifecycle."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Announces that the sockets are served."""
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"{host}:{port} is taken ({error.strerror}); choose another port or stop its owner.") from error
    listener.set_inheritable(True)
    return listener


def stop_event() -> asyncio.Event:
    """Returns an event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
