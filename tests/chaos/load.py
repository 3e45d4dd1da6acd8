"""Callers who never give up: each new job has its own key, and is sent until it is answered with 202."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

import httpx

from rowcall_runtime.ids import Prefix, new_id
from tests.integration.api import Body
from tests.integration.deployment import Sandbox

CALLERS = 3
PAUSE_S = 0.4
ANSWER_TIMEOUT_S = 15
HEAVY_SHARE = 0.05


@dataclass(frozen=True)
class Question:
    """A new job and the rows that it must answer with."""

    body: Mapping[str, object]
    rows: object


@dataclass
class Load:
    """What was asked, by job id, and what was heard meanwhile."""

    answers: dict[str, object] = field(default_factory=dict)
    ids_by_key: dict[str, str] = field(default_factory=dict)
    repeats: int = 0
    refusals: list[Body] = field(default_factory=list)

    def ask(self, client: httpx.Client, question: Question) -> None:
        """Sends a job until it is accepted."""
        key = new_id(Prefix.ATTEMPT)
        while (answer := _posted(client, question, key)) is None or answer.status_code == 503:
            self.repeats += 1
            time.sleep(PAUSE_S)
        if answer.status_code != 202:
            self.refusals.append(answer.json())
            return
        job_id = str(answer.json()["id"])
        self.answers[job_id] = question.rows
        self.ids_by_key[key] = job_id


@contextmanager
def asking(deployment: Sandbox, light: Question, heavy: Question, *, seed: int) -> Iterator[Load]:
    """Has callers ask until the block ends; it ends when the last question is accepted."""
    load, stop = Load(), threading.Event()

    def call(number: int) -> None:
        random = Random(f"{seed}/{number}")
        with deployment.client() as client:
            while not stop.wait(random.uniform(0, 2 * PAUSE_S)):
                load.ask(client, heavy if random.random() < HEAVY_SHARE else light)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _posted(client: httpx.Client, question: Question, key: str) -> httpx.Response | None:
    try:
        return client.post("/jobs", json=question.body, headers={"Idempotency-Key": key}, timeout=ANSWER_TIMEOUT_S)
    except httpx.TransportError:
        return None  # whether the job was accepted is unknown: the same key is sent again
