"""A corner of a real Kafka node: topics of a test's own, records as they lie there, groups as the broker sees them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from libs.runtime.tests.waiting import until_seen
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.records import RawRecord
from rowcall_runtime.subscriptions import Subscriptions

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True)
class KafkaSite:
    """What a test needs of the broker besides the code under test."""

    bootstrap: str

    @property
    def access(self) -> KafkaAccess:
        """A plain connection."""
        return KafkaAccess(
            bootstrap=self.bootstrap, protocol="PLAINTEXT", mechanism=None, username=None, password=None, context=None
        )

    def subscriptions(self, *, slot: str | None = None) -> Subscriptions:
        """The subscriptions of one imagined process."""
        return Subscriptions(self.access, client_id="rowcall-test", slot=slot)

    @asynccontextmanager
    async def consuming(self, subscriptions: Subscriptions) -> AsyncIterator[None]:
        """Consumes until the block ends."""
        await subscriptions.start()
        try:
            yield
        finally:
            await subscriptions.stop()

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """An admin client."""
        client = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await client.start()
        try:
            yield client
        finally:
            await client.close()

    async def topic(self, partitions: int = 1) -> str:
        """Creates a topic of the test's own and returns its name."""
        name = f"test.{uuid4().hex[:12]}"
        await self.create(name, partitions)
        return name

    async def create(self, name: str, partitions: int = 1) -> None:
        """Creates a topic and waits until it can be written and read."""
        async with self.admin() as admin:
            await admin.create_topics([NewTopic(name, partitions, 1)])

            async def led() -> bool:
                (described,) = await admin.describe_topics([name])
                leaders = [partition["leader"] for partition in described["partitions"]]
                return len(leaders) == partitions and min(leaders) >= 0

            await until_seen(led)
        await self._served([TopicPartition(name, number) for number in range(partitions)])

    async def _served(self, partitions: list[TopicPartition]) -> None:
        """Waits for brokers that refuse reads for a moment after they were named leaders."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        try:
            await consumer.end_offsets(partitions)
        finally:
            await consumer.stop()

    async def setting(self, topic: str, name: str) -> str:
        """A setting of a topic, as the broker tells it; one that was just created is not known to it for a moment."""
        values: list[str] = []

        async def told() -> bool:
            (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
            (resource,) = answer.resources
            values[:] = [str(entry[1]) for entry in resource[4] if entry[0] == name]
            return bool(values)

        async with self.admin() as admin:
            await until_seen(told)
        return values[0]

    async def topics(self) -> set[str]:
        """The names of all topics."""
        async with self.admin() as admin:
            return set(await admin.list_topics())

    async def put(self, topic: str, *values: bytes | None, key: bytes | None = None, headers: Headers = ()) -> None:
        """Publishes raw records, in order."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap)
        await producer.start()
        try:
            for value in values:
                await producer.send_and_wait(topic, value=value, key=key, headers=list(headers))
        finally:
            await producer.stop()

    async def records(self, topic: str, count: int, *, partitions: int = 1) -> list[RawRecord]:
        """Reads the first records of a topic, as they lie there; fails unless there are as many."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
            async with asyncio.timeout(15):
                return [cast("RawRecord", await consumer.getone()) for _ in range(count)]
        finally:
            await consumer.stop()

    async def end(self, topic: str, partition: int = 0) -> int:
        """The offset that the next record of a partition will get."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
        await consumer.start()
        try:
            ends = await consumer.end_offsets([TopicPartition(topic, partition)])
            return int(ends[TopicPartition(topic, partition)])
        finally:
            await consumer.stop()

    async def committed(self, group: str, topic: str, partition: int = 0) -> int:
        """The group's committed offset; -1 when it has none."""
        async with self.admin() as admin:
            offsets = await admin.list_consumer_group_offsets(group)
        found = offsets.get(TopicPartition(topic, partition))
        return int(found.offset) if found else -1

    async def members(self, group: str) -> list[str]:
        """The ids of the group's members; the broker begins a static one's with its instance id."""
        async with self.admin() as admin:
            (response,) = await admin.describe_consumer_groups([group])
        (described,) = response.groups
        return [str(member[0]) for member in described[5]]


def new_group() -> str:
    """A consumer group that never was."""
    return f"group.{uuid4().hex[:12]}"


@dataclass
class Inbox:
    """A handler of single records and of batches that keeps what it got; `trouble` may raise first."""

    trouble: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self.records: list[RawRecord] = []
        self.batches: list[list[bytes | None]] = []

    @property
    def values(self) -> list[bytes | None]:
        """The values, in the order of arrival."""
        return [record.value for record in self.records]

    def has(self, *, batches: int, records: int) -> bool:
        """Whether so many batches came at least, and so many records were taken."""
        return len(self.batches) >= batches and len(self.records) == records

    def took(self, value: bytes) -> bool:
        """Whether a record with this value came."""
        return value in self.values

    def take(self, record: RawRecord) -> None:
        """Takes one record."""
        self.records.append(record)
        self.trouble()

    async def take_batch(self, records: Sequence[RawRecord]) -> None:
        """Takes a batch."""
        self.batches.append([record.value for record in records])
        self.trouble()
        self.records.extend(records)
