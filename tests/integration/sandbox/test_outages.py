"""Kafka, the store or everything at once goes away and comes back: what was answered with 202 ends, and is told."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import Service
from rowcall_contracts.topics import EVENTS
from tests.integration.api import Api, eventually
from tests.integration.deployment import Sandbox
from tests.integration.inspection import Inspection
from tests.integration.receivers import Receiver
from tests.integration.settlement import require_all_told
from tests.integration.small_database import small_database

KAFKA_AWAY_S = 20
STORE_AWAY_S = 3
STORE_KILLS = 3
"""A store that does not journal loses what it acknowledged within the last tenths of a second: not at every kill."""

PAUSE_BETWEEN_JOBS_S = 0.5
QUESTION = "How many items are there?"
ANSWER = [[3]]
LONG = {"timeout_s": 600}

pytestmark = pytest.mark.timeout(240)


@dataclass
class Arrivals:
    """Questions that arrive one after the other, and how each was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    refused: list[httpx.Response] = field(default_factory=list)
    slowest_s: float = 0

    def note(self, answer: httpx.Response) -> None:
        """Keeps what an answer says."""
        self.statuses[answer.status_code] += 1
        self.slowest_s = max(self.slowest_s, answer.elapsed.total_seconds())
        if answer.status_code == 202:
            self.accepted.append(str(answer.json()["id"]))
        else:
            self.refused.append(answer)


@pytest.fixture
def items(api: Api, deployment: Sandbox, request: pytest.FixtureRequest) -> str:
    """A connection to a small database whose catalog is known."""
    connection = api.connect(small_database(deployment.folder / "data" / f"{request.node.name}.sqlite"), name="items")
    assert api.ask(connection, QUESTION)["output"]["rows"] == ANSWER
    return connection


def test_jobs_are_accepted_and_done_while_kafka_is_away(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str
) -> None:
    with api.listening(receiver.url, "chat.completed"):
        deployment.broker.stop()
        with arriving(api, items) as arrivals:
            time.sleep(KAFKA_AWAY_S)  # the fault's length
        unfinished = inspection.unfinished(arrivals.accepted)
        assert len(unfinished) < len(arrivals.accepted), "the store alone carries jobs from step to step"
        deployment.broker.restart()
        require_all_told(inspection, receiver, dict.fromkeys(arrivals.accepted, ANSWER))
    assert set(arrivals.statuses) == {202}, arrivals.statuses
    assert arrivals.slowest_s < 2, "a 202 does not wait for Kafka"


def test_no_accepted_job_is_lost_when_the_store_is_killed(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str
) -> None:
    with api.listening(receiver.url, "chat.completed"):
        with arriving(api, items, callers=4) as arrivals:
            for _ in range(STORE_KILLS):
                next_accepted(arrivals)
                deployment.store.kill()
                time.sleep(STORE_AWAY_S)  # the fault's length
                eventually(lambda: arrivals.refused)
                deployment.store.restart()
            next_accepted(arrivals)
        require_all_told(inspection, receiver, dict.fromkeys(arrivals.accepted, ANSWER))
    assert set(arrivals.statuses) == {202, 503}, arrivals.statuses
    assert all(int(answer.headers["retry-after"]) > 0 for answer in arrivals.refused)
    assert all(answer.json()["type"] == "/problems/unavailable" for answer in arrivals.refused)


def test_unpublished_events_outlive_every_service(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str
) -> None:
    with api.listening(receiver.url, "chat.completed"):
        deployment.broker.stop()
        jobs = [str(api.submit("chat", {"connection_id": items, "question": QUESTION}, **LONG)["id"]) for _ in range(5)]
        eventually(lambda: not inspection.unfinished(jobs))
        eventually(lambda: events_failed(deployment) > len(jobs))
        assert inspection.unpublished(jobs) == jobs, "what Kafka did not acknowledge is not forgotten"
        deployment.kill_services()
        deployment.broker.restart()
        deployment.start_services()
        require_all_told(inspection, receiver, dict.fromkeys(jobs, ANSWER))


def test_unfinished_jobs_and_unpublished_events_outlive_kafkas_data(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str
) -> None:
    def submit() -> str:
        return str(api.submit("chat", {"connection_id": items, "question": QUESTION}, **LONG)["id"])

    with api.listening(receiver.url, "chat.completed"):
        deployment.broker.stop()
        ended = [submit() for _ in range(3)]
        eventually(lambda: not inspection.unfinished(ended))
        deployment.services[Service.SQLGEN].kill()
        unfinished = [submit() for _ in range(3)]
        deployment.broker.wipe()
        assert inspection.unpublished(ended) == ended
        deployment.broker.restart()
        deployment.migrate()
        assert inspection.unfinished(unfinished) == unfinished
        deployment.start_services()
        require_all_told(inspection, receiver, dict.fromkeys([*ended, *unfinished], ANSWER))
    assert api.ask(items, QUESTION)["output"]["rows"] == ANSWER


def events_failed(deployment: Sandbox) -> float:
    """Returns how often the service that ends questions tried in vain to publish an event."""
    counter = rf'^{Metric.PUBLISH_FAILURES.value.name}\{{topic="{EVENTS}"\}} (\S+)$'
    return sum(map(float, re.findall(counter, deployment.metrics(Service.SUMMARIZER), re.MULTILINE)))


def next_accepted(arrivals: Arrivals) -> None:
    """Returns right after the next job was accepted."""
    known = len(arrivals.accepted)
    eventually(lambda: len(arrivals.accepted) > known, within_s=30, every_s=0.001)


@contextmanager
def arriving(api: Api, connection: str, *, callers: int = 1) -> Iterator[Arrivals]:
    """Asks a question every half second per caller until the block ends."""
    arrivals, stop = Arrivals(), threading.Event()
    body = {"kind": "chat", "input": {"connection_id": connection, "question": QUESTION}, **LONG}

    def ask() -> None:
        while not stop.wait(PAUSE_BETWEEN_JOBS_S):
            arrivals.note(api.client.post("/jobs", json=body))

    threads = [threading.Thread(target=ask) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield arrivals
    finally:
        stop.set()
        for thread in threads:
            thread.join()
