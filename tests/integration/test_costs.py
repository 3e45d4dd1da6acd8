"""What a job costs the store and the bus, counted inside the five processes by the drivers' own listeners."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import MongoClient

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.topics import EVENTS, command_topic
from rowcall_runtime.work_store import EPOCH
from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment
from tests.integration.small_database import small_database

JOBS = 10
MOST_QUESTIONS = 40
"""On a busy machine a step may take the 2 s after which it is leased."""

WORKERS = (Service.SQLGEN, Service.EXECUTOR, Service.SUMMARIZER)
STEPS = 3
NAMES = (*(command_topic(step) for step in (Step.GENERATE, Step.EXECUTE, Step.NARRATE)), EVENTS)


def test_a_three_step_job_stays_below_its_ceilings(api: Api, deployment: Deployment) -> None:
    path = small_database(deployment.folder / "data" / "costs.sqlite")
    connection = api.connect(path, name="costs")
    # The first question learns the structure, and the gateway may hold an older copy of the connection for a moment.
    eventually(lambda: api.ask(connection, "How many items are there?")["progress"]["total"] == STEPS)
    settled(deployment)
    costs = list(islice(costs_without_lease(deployment, api, connection), JOBS))
    assert len(costs) == JOBS, "too many steps were slow"
    spent = sum((cost.commands for cost in costs), Counter[str]())
    produced = sum(cost.records for cost in costs)
    print({name: round(count / JOBS, 2) for name, count in sorted(spent.items())}, produced)
    assert spent["insert.jobs"] + spent["update.jobs"] <= 5 * JOBS
    assert spent["get.jobs"] <= 3 * JOBS, "one read per step"
    assert spent["get.connections"] <= 3 * JOBS
    assert spent["find.catalog_tables"] == 0, "catalogs are kept in memory"
    assert spent["insert.results"] == 0, "small results live in the job"
    assert produced == 3 * JOBS + JOBS, "three commands and one event"


@dataclass(frozen=True)
class Cost:
    """What one question cost."""

    commands: Counter[str]
    records: int


def costs_without_lease(deployment: Deployment, api: Api, connection: str) -> Iterator[Cost]:
    """Asks again and again, and yields what the questions cost of which no step was slow: a lease costs writes."""
    for _ in range(MOST_QUESTIONS):
        commands, records = commands_of(deployment), records_of(deployment)
        job = api.ask(connection, "How many items are there?")
        settled(deployment)
        if "leased" not in history(deployment, job["id"]):
            yield Cost(commands_of(deployment) - commands, records_of(deployment) - records)


def commands_of(deployment: Deployment) -> Counter[str]:
    """Counts the store's commands; of the gateway its reads of jobs are left out: they are the caller's polling."""
    counted: Counter[str] = Counter()
    for service in Service:
        for name, count in re.findall(
            r'rowcall_store_seconds_count\{operation="(.+?)"\} (\S+)', deployment.metrics(service)
        ):
            if service in WORKERS or not name.startswith(("get.jobs", "find.jobs")):
                counted[name] += int(float(count))
    return counted


def records_of(deployment: Deployment) -> int:
    """Counts the records in the topics of a chat job."""

    async def read() -> int:
        consumer = AIOKafkaConsumer(bootstrap_servers=deployment.broker.bootstrap)
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


def history(deployment: Deployment, job_id: str) -> list[str]:
    """Reads what a job's history records, from the store."""
    with MongoClient[dict[str, Any]](deployment.store.url) as client:
        job = client.get_default_database()["jobs"].find_one({"_id": job_id})
    assert job is not None
    return [entry["event"] for entry in job["history"]]


def settled(deployment: Deployment) -> None:
    """Waits until every event is published and cleared."""
    with MongoClient[dict[str, Any]](deployment.store.url) as client:
        jobs = client.get_default_database()["jobs"]
        eventually(lambda: jobs.count_documents({"due_at": {"$gt": EPOCH}}) == 0)
