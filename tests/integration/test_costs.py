"""What a job costs the store and the bus, counted inside the five processes by the drivers' own listeners."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.topics import EVENTS, command_topic
from rowcall_runtime.heartbeat import FIRST_BEAT_S
from rowcall_runtime.work_store import EPOCH
from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment
from tests.integration.small_database import small_database

JOBS = 10
MOST_QUESTIONS = 40
"""On a busy machine a step may take the 1.2 s after which it is leased."""

DOCUMENTS = 10
"""Most documents, until one is indexed so fast that its lease was taken first, and needed no renewal."""
STEPS = 3
NAMES = (*(command_topic(step) for step in (Step.GENERATE, Step.EXECUTE, Step.NARRATE)), EVENTS)


Operations = Counter[tuple[Service, str]]

CEILINGS: Mapping[tuple[Service, str], float] = {
    (Service.GATEWAY, "insert.jobs"): 1,
    (Service.GATEWAY, "aggregate.jobs"): 2,  # how many are unfinished, of the workspace and in all
    (Service.GATEWAY, "insert.audit"): 0.5,  # a row per key and minute, none per job
    (Service.GATEWAY, "find.keys"): 1,  # keys are remembered for five seconds
    (Service.GATEWAY, "get.connections"): 1,
    **{(service, "get.jobs"): 1 for service in (Service.SQLGEN, Service.EXECUTOR, Service.SUMMARIZER)},
    (Service.SQLGEN, "get.connections"): 1,
    (Service.EXECUTOR, "get.connections"): 1,
    (Service.SQLGEN, "update.jobs"): 1,
    (Service.EXECUTOR, "update.jobs"): 1,
    (Service.SUMMARIZER, "update.jobs"): 2,  # the end, and that its event was published
    (Service.EXECUTOR, "insert.audit"): 1,  # which statement ran
    (Service.WEBHOOKS, "find.endpoints"): 1,
}
"""What a question may ask of the store at most. Catalogs are kept in memory, and small results live in the job."""

WHATEVER_IS_ASKED = re.compile(
    r"hello|ping|endSessions"  # the drivers' and the clock's own talk
    r"|(find|aggregate)\.(jobs|deliveries)"  # looks for due work, and the scaling signals
    r"|(get|update)\.deliveries"  # of other tests' events: nobody listens in this workspace
)


@pytest.fixture
def alone(api: Api, deployment: Deployment) -> Iterator[Api]:
    """A caller in a workspace of its own, so that nobody listens to what its jobs tell."""
    workspace = api.client.post("/workspaces", json={"name": "costs"}).json()["id"]
    key = api.client.post("/keys", json={"name": "costs", "workspace_id": workspace, "role": "admin"}).json()["key"]
    with deployment.client(key) as client:
        yield Api(client)


def test_a_three_step_job_stays_below_its_ceilings(alone: Api, deployment: Deployment) -> None:
    path = small_database(deployment.folder / "data" / "costs.sqlite")
    connection = alone.connect(path, name="costs")
    # The first question learns the structure, and the gateway may hold an older copy of the connection for a moment.
    eventually(lambda: alone.ask(connection, "How many items are there?")["progress"]["total"] == STEPS)
    settled(deployment)
    costs = list(islice(costs_without_lease(deployment, alone, connection), JOBS))
    assert len(costs) == JOBS, "too many steps were slow"
    spent = sum((cost.operations for cost in costs), Operations())
    produced = sum(cost.records for cost in costs)
    print({f"{service}: {name}": count / JOBS for (service, name), count in sorted(spent.items())}, produced)
    assert not {who: count for who, count in spent.items() if count > ceiling(*who) * JOBS}
    assert writes_of_jobs(spent) <= 5 * JOBS
    assert sum(count for (_, name), count in spent.items() if name == "get.jobs") <= 3 * JOBS, "one read per step"
    assert produced == 3 * JOBS + JOBS, "three commands and one event"


def test_a_leased_step_costs_one_more_write(alone: Api, deployment: Deployment) -> None:
    for number in range(DOCUMENTS):
        settled(deployment)
        before = operations_of(deployment)
        file = (f"{number}.md", b"# Animals\n\nThe quokka smiles.\n", "text/markdown")
        job_id = alone.client.post("/documents", files={"file": file}).json()["job"]["id"]
        assert alone.ended(job_id)["state"] == "succeeded"
        settled(deployment)
        job = stored(deployment, job_id)
        if (job["finished_at"] - job["created_at"]).total_seconds() < FIRST_BEAT_S:
            break
    else:
        pytest.fail("every document took longer than a step without a lease")
    events = [entry["event"] for entry in job["history"]]
    assert events == ["accepted", "leased", "finished"]
    assert writes_of_jobs(operations_of(deployment) - before) == 3 + events.count("leased"), "accepted, done and told"


@dataclass(frozen=True)
class Cost:
    """What one question cost."""

    operations: Operations
    records: int


def ceiling(service: Service, name: str) -> float:
    """Returns how often a question may do this; what is not listed, never."""
    return CEILINGS.get((service, name), inf if WHATEVER_IS_ASKED.fullmatch(name) else 0)


def costs_without_lease(deployment: Deployment, api: Api, connection: str) -> Iterator[Cost]:
    """Asks again and again, and yields what the questions cost of which no step was slow: a lease costs writes."""
    for _ in range(MOST_QUESTIONS):
        operations, records = operations_of(deployment), records_of(deployment)
        job = api.ask(connection, "How many items are there?")
        settled(deployment)
        if "leased" not in [entry["event"] for entry in stored(deployment, job["id"])["history"]]:
            yield Cost(operations_of(deployment) - operations, records_of(deployment) - records)


def operations_of(deployment: Deployment) -> Operations:
    """Counts the store's commands; of the gateway its reads of jobs are left out: they are the caller's polling."""
    pattern = re.compile(r'rowcall_store_seconds_count\{operation="(.+?)"\} (\S+)')
    return Operations(
        {
            (service, name): int(float(count))
            for service in Service
            for name, count in pattern.findall(deployment.metrics(service))
            if (service, name) != (Service.GATEWAY, "get.jobs")
        }
    )


def writes_of_jobs(operations: Operations) -> int:
    """Counts the writes of jobs."""
    return sum(count for (_, name), count in operations.items() if name in ("insert.jobs", "update.jobs"))


def records_of(deployment: Deployment) -> int:
    """Counts the records in the topics of a chat job."""

    async def read() -> int:
        consumer = AIOKafkaConsumer(*NAMES, bootstrap_servers=deployment.broker.bootstrap)
        await consumer.start()
        try:
            everything = [
                TopicPartition(name, each) for name in NAMES for each in consumer.partitions_for_topic(name) or ()
            ]
            ends: dict[TopicPartition, int] = await consumer.end_offsets(everything)
            return sum(ends.values())
        finally:
            await consumer.stop()

    return asyncio.run(read())


def stored(deployment: Deployment, job_id: str) -> dict[str, Any]:
    """Reads a job from the store."""
    with MongoClient[dict[str, Any]](deployment.store.url) as client:
        job = client.get_default_database()["jobs"].find_one({"_id": job_id})
    assert job is not None
    return job


def settled(deployment: Deployment) -> None:
    """Waits until every event is published and cleared."""
    with MongoClient[dict[str, Any]](deployment.store.url) as client:
        jobs = client.get_default_database()["jobs"]
        eventually(lambda: jobs.count_documents({"due_at": {"$gt": EPOCH}}) == 0)
