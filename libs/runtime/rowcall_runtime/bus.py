"""Publishing: one Kafka producer, never awaited inside a slot. Only this module and the relay publish."""

import asyncio

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from rowcall_contracts.commands import Cancelled, Command
from rowcall_contracts.jobs import OutboxEntry
from rowcall_contracts.metrics import Metric
from rowcall_contracts.topics import CONTROL, DEAD_LETTERS, EVENTS, HEADER_ERROR, HEADER_ORIGIN, TOPICS, command_topic
from rowcall_runtime.clock import Clock
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.records import (
    OutgoingRecord,
    RawRecord,
    encode_cancelled,
    encode_command,
    encode_event,
)

BACKLOG = 10_000
"""Records waiting for the producer; a command that does not fit is dropped and the sweep covers its job."""

SEND_TIMEOUT_S = 5.0
"""Seconds until an unacknowledged record counts as failed; `send` itself blocks while metadata is missing."""

RECONNECT_S = 1.0

_log = structlog.get_logger()


class PublishFailed(Exception):
    """Kafka did not acknowledge the record in time; it may or may not be there."""


class Bus:
    """The producing side. Kafka may be away at any time: `run` connects whenever it can."""

    def __init__(self, access: KafkaAccess, clock: Clock, metrics: Metrics, *, client_id: str) -> None:
        self._access = access
        self._clock = clock
        self._metrics = metrics
        self._client_id = client_id
        self._backlog: asyncio.Queue[OutgoingRecord] = asyncio.Queue(BACKLOG)
        self._producer: AIOKafkaProducer | None = None
        self._connected = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the producer has reached Kafka since the start."""
        return self._connected.is_set()

    async def reached(self) -> None:
        """Returns once the producer has reached Kafka."""
        await self._connected.wait()

    async def run(self) -> None:
        """Connects, then sends the backlog until cancelled; stops the producer at the end."""
        producer = await self._connect()
        try:
            self._producer = producer
            self._connected.set()
            while True:
                await self._send_soon(producer, await self._backlog.get())
        finally:
            self._connected.clear()
            await producer.stop()

    def command(self, command: Command, traceparent: str | None) -> None:
        """Announces a step, in the background; losing the record costs the sweep's delay.

        A step that only newer code knows is left to that code's sweep: its topic may not exist yet, and sending to a
        missing topic would hold up all other records.
        """
        topic = command_topic(command.step)
        if topic in TOPICS:
            self._enqueue(encode_command(topic, command, now=self._clock.now(), traceparent=traceparent))

    def cancelled(self, cancelled: Cancelled) -> None:
        """Tells all workers that a job was cancelled, in the background."""
        self._enqueue(encode_cancelled(CONTROL, cancelled, now=self._clock.now()))

    async def event(self, job_id: str, entry: OutboxEntry, traceparent: str | None) -> None:
        """Publishes an event and waits for the acknowledgement of all in-sync replicas.

        Raises:
            PublishFailed: none came in time.
        """
        await self._acknowledged(encode_event(EVENTS, job_id, entry, traceparent=traceparent))

    async def dead_letter(self, record: RawRecord, reason: str) -> None:
        """Parks an undecodable record with its reason and origin; raises PublishFailed as `event` does."""
        origin = f"{record.topic}/{record.partition}/{record.offset}"
        headers = [(HEADER_ERROR, reason.encode()), (HEADER_ORIGIN, origin.encode())]
        kept = list(record.headers)
        parked = OutgoingRecord(
            topic=DEAD_LETTERS, key=record.key or b"", value=record.value or b"", headers=[*kept, *headers]
        )
        await self._acknowledged(parked)
        self._metrics.count(Metric.DEAD_LETTERS)

    async def republish(self, record: OutgoingRecord) -> None:
        """Publishes a record as it is, such as a parked one that is returned; raises PublishFailed as `event` does."""
        await self._acknowledged(record)

    def _enqueue(self, record: OutgoingRecord) -> None:
        try:
            self._backlog.put_nowait(record)
        except asyncio.QueueFull:
            self._metrics.count(Metric.PUBLISH_FAILURES, topic=record.topic)

    async def _send_soon(self, producer: AIOKafkaProducer, record: OutgoingRecord) -> None:
        """Hands one record over without waiting for its acknowledgement."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                future = await producer.send(record.topic, key=record.key, value=record.value, headers=record.headers)
        except (KafkaError, TimeoutError):
            self._metrics.count(Metric.PUBLISH_FAILURES, topic=record.topic)
            return
        future.add_done_callback(lambda done: self._note(done, record.topic))

    def _note(self, done: "asyncio.Future[object]", topic: str) -> None:
        if done.cancelled() or done.exception():
            self._metrics.count(Metric.PUBLISH_FAILURES, topic=topic)

    async def _acknowledged(self, record: OutgoingRecord) -> None:
        producer = self._producer
        if producer is None or not self.connected:
            raise PublishFailed(record.topic)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await producer.send_and_wait(record.topic, key=record.key, value=record.value, headers=record.headers)
        except (KafkaError, TimeoutError) as error:
            self._metrics.count(Metric.PUBLISH_FAILURES, topic=record.topic)
            raise PublishFailed(record.topic) from error

    async def _connect(self) -> AIOKafkaProducer:
        while True:
            producer = AIOKafkaProducer(
                **self._access.client_options(),
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
            )
            try:
                await producer.start()
            except KafkaError:
                await producer.stop()
                _log.warning("kafka_unreachable", purpose="produce")
                await asyncio.sleep(RECONNECT_S)
            else:
                return producer
