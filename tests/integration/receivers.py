"""Real HTTP servers on loopback: a webhook receiver that keeps what it gets, and an OTLP collector."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tools.local.ports import LOOPBACK


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def job_id(self) -> str:
        """The job that an event is about."""
        return str(json.loads(self.body)["data"]["job_id"])


@dataclass
class Receiver:
    """A server that answers 204. `delay_s` makes it slow; `on_request` runs before it answers.

    `begun` are requests that came, `received` those that were answered.
    """

    url: str = ""
    delay_s: float = 0
    status: int = 204
    on_request: Callable[[Received], None] = lambda _: None
    received: list[Received] = field(default_factory=list)
    begun: list[Received] = field(default_factory=list)

    def has_begun(self, job_id: str) -> bool:
        """Whether a request about the job has come."""
        return any(request.job_id == job_id for request in tuple(self.begun))

    def ids_by_job(self) -> dict[str, set[str]]:
        """Returns the distinct `webhook-id`s that came about each job."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for request in tuple(self.received):
            found[request.job_id].add(request.headers["webhook-id"])
        return dict(found)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Runs a receiver until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            request = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.begun.append(request)
            time.sleep(receiver.delay_s)
            receiver.on_request(request)
            receiver.received.append(request)
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keeps the test's output clean."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://{LOOPBACK}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
