"""Sees jobs end: reads an event topic from its present end on, outside any consumer group, as the gateway does."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer

END_TIMEOUT_S = 60


class EventTail:
    """Knows when the first event about a job arrived; the record's key is the job's id."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}
        self._awaited: dict[str, asyncio.Event] = {}

    async def ended(self, job_id: str) -> float:
        """Returns the `perf_counter` instant of a job's event; raises TimeoutError after 60 s."""
        if job_id not in self._seen:
            arrived = self._awaited.setdefault(job_id, asyncio.Event())
            async with asyncio.timeout(END_TIMEOUT_S):
                await arrived.wait()
        return self._seen[job_id]

    async def all_ended(self, job_ids: Sequence[str]) -> list[float]:
        """Returns the instants of all these jobs' events."""
        return await asyncio.gather(*map(self.ended, job_ids))

    async def follow(self, consumer: AIOKafkaConsumer) -> None:
        """Notes arrivals until cancelled."""
        async for record in consumer:
            job_id = record.key.decode()
            self._seen.setdefault(job_id, time.perf_counter())
            if arrived := self._awaited.pop(job_id, None):
                arrived.set()


@asynccontextmanager
async def tailing(bootstrap: str, topic: str) -> AsyncIterator[EventTail]:
    """Follows a topic until the block ends."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="latest")
    await consumer.start()
    tail = EventTail()
    for partition in consumer.assignment():
        await consumer.position(partition)  # fixes "latest" to now
    following = asyncio.create_task(tail.follow(consumer))
    try:
        yield tail
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await consumer.stop()
