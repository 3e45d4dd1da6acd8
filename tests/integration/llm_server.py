"""A language model on loopback that speaks the OpenAI chat completions protocol, as fast or slow as a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from rowcall_sqlgen.llm.testing import completion
from tools.local.ports import LOOPBACK

MODEL = "loopback"


@dataclass
class LanguageModel:
    """Answers every question with `sql`, after `delay_s` seconds; `on_request` runs before that."""

    url: str = ""
    sql: str = "SELECT count(*) AS items FROM items"
    delay_s: float = 0
    on_request: Callable[[], None] = lambda: None
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        """What sqlgen needs to ask this model."""
        return {"ROWCALL_LLM_BASE_URL": self.url, "ROWCALL_LLM_API_KEY": "loopback", "ROWCALL_LLM_MODEL": MODEL}

    def completion(self) -> dict[str, object]:
        """Returns the body of an answer."""
        reply = {"candidates": [{"sql": self.sql, "confidence": 0.9, "assumptions": []}], "clarification": None}
        return completion(json.dumps(reply))


@contextmanager
def serving_model() -> Iterator[LanguageModel]:
    """Runs a model until the block ends."""
    model = LanguageModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            model.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            model.on_request()
            time.sleep(model.delay_s)
            body = json.dumps(model.completion()).encode()
            self.send_response(200 if self.path == "/v1/chat/completions" else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Keeps the test's output clean."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that was killed does not hear its answer."""

    server = Server((LOOPBACK, 0), Handler)
    model.url = f"http://{LOOPBACK}:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
