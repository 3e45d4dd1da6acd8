"""Stands in for a service: answers every path with 200 on its admin port, and on the API's port when it is given one.

As the gateway it knows one list, /connections, which begins empty.
"""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

connections: list[dict[str, str]] = []


class Handler(BaseHTTPRequestHandler):
    """Shows its environment's names at /environ, so that a test sees who got which secret."""

    def do_GET(self) -> None:
        """Answers the list, or the names of the environment's variables."""
        listed = {"data": connections, "next_cursor": None}
        self._answer(200, sorted(os.environ) if self.path == "/environ" else listed)

    def do_POST(self) -> None:
        """Adds a connection."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        connections.append({"id": "conn_1", "name": body["name"], "uri": body["uri"]})
        self._answer(201, connections[-1])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Logs nothing."""

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def main() -> None:
    """Serves until killed."""
    if "ROWCALL_PUBLIC_KEY" in os.environ:
        api = ThreadingHTTPServer(("127.0.0.1", int(os.environ["ROWCALL_PORT"])), Handler)
        threading.Thread(target=api.serve_forever, daemon=True).start()
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["ROWCALL_ADMIN_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
