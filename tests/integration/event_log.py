"""What really stands on Kafka."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition

from rowcall_contracts.events import Event
from rowcall_contracts.topics import EVENTS, TOPICS
from rowcall_runtime.records import RawRecord, decode_event


def published_events(bootstrap: str) -> list[Event]:
    """Reads the events' topic from its beginning to its present end."""
    return [decode_event(record) for record in asyncio.run(_read(bootstrap, [EVENTS]))]


def published_bytes(bootstrap: str) -> bytes:
    """Reads keys, headers and values of all topics, one after the other."""
    parts: list[bytes] = []
    for record in asyncio.run(_read(bootstrap, TOPICS)):
        headers = [part for name, value in record.headers for part in (name.encode(), value)]
        parts += [record.key or b"", *headers, record.value or b""]
    return b"\n".join(parts)


def ids_by_job(events: Iterable[Event]) -> dict[str, list[str]]:
    """Groups event ids by job, repeats included."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in events:
        found[event.data.job_id].append(event.id)
    return dict(found)


async def _read(bootstrap: str, topics: Collection[str]) -> list[RawRecord]:
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = [
            TopicPartition(topic, number) for topic in topics for number in consumer.partitions_for_topic(topic) or ()
        ]
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[RawRecord] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            batches = await consumer.getmany(timeout_ms=500)
            found += [record for records in batches.values() for record in records]
        return found
    finally:
        await consumer.stop()
