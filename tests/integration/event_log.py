"""What really stands on Kafka's event topic."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from rowcall_contracts.events import Event
from rowcall_contracts.topics import EVENTS
from rowcall_runtime.records import decode_event


def published_events(bootstrap: str) -> list[Event]:
    """Reads the topic from its beginning to its present end."""
    return asyncio.run(_read(bootstrap))


def ids_by_job(events: Iterable[Event]) -> dict[str, list[str]]:
    """Groups event ids by job, repeats included."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        found[event.data.job_id].append(event.id)
    return dict(found)


async def _read(bootstrap: str) -> list[Event]:
    consumer = AIOKafkaConsumer(EVENTS, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [TopicPartition(EVENTS, number) for number in consumer.partitions_for_topic(EVENTS) or ()]
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        events: list[Event] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            batches = await consumer.getmany(timeout_ms=500)
            events += [decode_event(record) for records in batches.values() for record in records]
        return events
    finally:
        await consumer.stop()
