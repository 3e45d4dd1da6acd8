"""What the tests do through the HTTP API, in their words."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

Body = dict[str, Any]

TERMINAL = {"succeeded", "failed", "cancelled", "needs_input"}

WITHIN_S = 60.0
"""Most of it takes a second; the first document twenty, where LanceDB's 180 MB come from a slow disk."""


class Api:
    """A caller with a key."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def connect(self, path: Path, *, name: str = "demo", scheme: str = "sqlite") -> str:
        """Adds a connection to a database file and returns its id."""
        answer = self.client.post("/connections", json={"name": name, "uri": f"{scheme}:///{path}"})
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "ready", answer.text
        return str(answer.json()["id"])

    @contextmanager
    def listening(self, url: str, *event_types: str) -> Iterator[None]:
        """Has events sent to a receiver until the block ends; all types unless some are named."""
        answer = self.client.post("/webhooks/endpoints", json={"url": url, "event_types": list(event_types)})
        assert answer.status_code == 201, answer.text
        yield
        self.client.delete(f"/webhooks/endpoints/{answer.json()['id']}")

    def submit(self, kind: str, given: Mapping[str, object], **more: object) -> Body:
        """Creates a job and returns its first body."""
        answer = self.client.post("/jobs", json={"kind": kind, "input": dict(given), **more})
        assert answer.status_code == 202, answer.text
        body: Body = answer.json()
        return body

    def job(self, job_id: str, *, wait: int = 0) -> Body:
        """Reads a job, waiting for its end up to `wait` seconds."""
        answer = self.client.get(f"/jobs/{job_id}", params={"wait": wait} if wait else None)
        assert answer.status_code == 200, answer.text
        body: Body = answer.json()
        return body

    def ended(self, job_id: str, *, within_s: float = WITHIN_S) -> Body:
        """Waits for a terminal state and returns the job."""
        until = time.monotonic() + within_s
        while True:
            body = self.job(job_id, wait=min(20, max(1, int(until - time.monotonic()))))
            if body["state"] in TERMINAL:
                return body
            assert time.monotonic() < until, f"not ended within {within_s} s: {body}"

    def ask(self, connection_id: str, question: str) -> Body:
        """Asks a question and returns the ended job."""
        job = self.submit("chat", {"question": question, "connection_id": connection_id})
        return self.ended(str(job["id"]))


def eventually(
    found: Callable[[], object],
    *,
    within_s: float = WITHIN_S,
    every_s: float = 0.05,
    seen: Callable[[], object] = lambda: "",
) -> Any:
    """Returns the first truthy result; polls under a deadline, past which it fails with what is seen instead."""
    until = time.monotonic() + within_s
    while not (result := found()):
        assert time.monotonic() < until, f"did not happen within {within_s} s: {seen()}"
        time.sleep(every_s)
    return result
