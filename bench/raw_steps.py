"""The yardstick of a three-step job: the same writes, reads and produces by aiokafka and the driver, and no work.

One process, one event loop. A job is inserted; at each of three steps it is read, changed under a guard on its version,
and the next step is announced; at its end an event is acknowledged by Kafka, and ended jobs are cleared in bulk.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from bench.raw_collection import RawCollection
from rowcall_runtime.driver import Document

STEPS = ("generate", "execute", "narrate")
EVENTS = "raw.events"
PARTITIONS = 12
SLOTS = 16
CLEAR_EVERY_S = 0.02
CLEAR_AT_ONCE = 50


@dataclass
class RawSteps:
    """A pipeline. `outputs` is what the steps write, by step: the outputs of a real job, so that sizes agree."""

    collection: RawCollection
    producer: AIOKafkaProducer
    template: Document
    outputs: Mapping[str, object]
    _ended: list[str] = field(default_factory=list)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SLOTS))

    async def submit(self) -> str:
        """Inserts a job and announces its first step."""
        job_id = uuid4().hex
        await self.collection.insert_one({**self.template, "_id": job_id, "version": 1, "step": STEPS[0]})
        await self._announce(job_id, STEPS[0], version=1)
        return job_id

    async def consume(self, consumer: AIOKafkaConsumer) -> None:
        """Runs steps until cancelled."""
        async with asyncio.TaskGroup() as group:
            async for record in consumer:
                await self._slots.acquire()
                group.create_task(self._step(json.loads(record.value)))

    async def clear(self) -> None:
        """Clears ended jobs until cancelled."""
        while True:
            await asyncio.sleep(CLEAR_EVERY_S)
            batch, self._ended[:CLEAR_AT_ONCE] = self._ended[:CLEAR_AT_ONCE], []
            if batch:
                await self.collection.update_many({"_id": {"$in": batch}}, {"$set": {"outbox": []}})

    async def _step(self, command: dict[str, str]) -> None:
        try:
            job = await self.collection.find_one({"_id": command["job_id"]})
            assert job is not None
            assert job["version"] == command["version"]
            await self._finish(command["job_id"], command["step"], version=int(command["version"]))
        finally:
            self._slots.release()

    async def _finish(self, job_id: str, step: str, *, version: int) -> None:
        following = STEPS[STEPS.index(step) + 1 :]
        changed = {f"outputs.{step}": self.outputs.get(step), "step": following[0] if following else step}
        entry = {"version": version + 1, "step": step, "event": "finished"}
        result = await self.collection.update_one(
            {"_id": job_id, "version": version},
            {"$set": changed, "$inc": {"version": 1}, "$push": {"history": entry}},
        )
        assert result.matched_count == 1
        if following:
            await self._announce(job_id, following[0], version=version + 1)
        else:
            await self.producer.send_and_wait(EVENTS, key=job_id.encode(), value=b'{"state":"succeeded"}')
            self._ended.append(job_id)

    async def _announce(self, job_id: str, step: str, *, version: int) -> None:
        command = {"job_id": job_id, "step": step, "version": version}
        await self.producer.send(_topic(step), key=job_id.encode(), value=json.dumps(command).encode())


@asynccontextmanager
async def raw_steps(bootstrap: str, collection: RawCollection, job: Document) -> AsyncIterator[RawSteps]:
    """Runs the loop until the block ends; `job` is an ended job as the product stored it, to copy sizes from."""
    await _create_topics(bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=0)
    consumer = AIOKafkaConsumer(
        *map(_topic, STEPS),
        bootstrap_servers=bootstrap,
        group_id="raw",
        auto_offset_reset="earliest",
        auto_commit_interval_ms=1_000,
    )
    await producer.start()
    await consumer.start()
    fresh: Document = {"outputs": {}, "history": [], "output": None}
    outputs = job["outputs"]
    assert isinstance(outputs, dict)
    # The product keeps the last step's output, as the caller's, in a field of its own.
    steps = RawSteps(collection, producer, {**job, **fresh}, {**outputs, STEPS[-1]: job["output"]})
    running = [asyncio.create_task(steps.consume(consumer)), asyncio.create_task(steps.clear())]
    try:
        yield steps
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await consumer.stop()
        await producer.stop()


def _topic(step: str) -> str:
    return f"raw.{step}"


async def _create_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in (*map(_topic, STEPS), EVENTS)])
    finally:
        await admin.close()
