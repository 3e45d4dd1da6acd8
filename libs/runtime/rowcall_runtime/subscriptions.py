"""Consuming through FastStream: commands into the pools, events in batches, and the tail for waiting clients.

The shapes were measured: single-record, `ACK_FIRST`, raw records for commands, because a command is only a hint and the
alarm covers a lost one; batches with `NACK_ON_ERROR` for events, because an event must not be lost. What arrives while
a hint is handled is taken along with it: a fetch names every partition, and costs as much for one record as for fifty.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Literal, cast

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.subscriber.usecase import DefaultSubscriber
from faststream.message import StreamMessage

from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.records import RawRecord

SESSION_TIMEOUT_MS = 6_000
"""A killed member stalls its group until its session ends."""

METADATA_MAX_AGE_MS = 10_000
"""A consumer that found its topic missing joined without partitions and looks again only after this long."""

HEARTBEAT_MS = 2_000
AUTO_COMMIT_MS = 1_000
GATHER_RECORDS = 500
GATHER_S = 0.005
"""Seconds that the records after a hint may wait for company; the first one of them is handled at once."""

MAX_POLL_MS = 300_000
"""A member whose handler takes longer leaves its group, and its batch is read again by another."""

BATCH_RECORDS = 100
"""Events of a batch: times a workspace's endpoints, that many deliveries are written before the next poll."""

BATCH_TIMEOUT_MS = 100
RECONNECT_S = 1.0
GRACEFUL_S = 10.0

RecordHandler = Callable[[RawRecord], None]
BatchHandler = Callable[[Sequence[RawRecord]], Awaitable[None]]

_log = structlog.get_logger()


class WrongAckPolicy(Exception):
    """A subscription would lose or repeat records differently from what its kind promises."""


class Subscriptions:
    """All subscriptions of one process, on one FastStream broker without a producer of its own."""

    def __init__(self, access: KafkaAccess, *, client_id: str, slot: str | None) -> None:
        self._slot = slot
        self._client_id = client_id
        self._broker = KafkaBroker(
            access.bootstrap.split(","),
            security=access.broker_security(),
            client_id=client_id,
            consumer_only=True,
            allow_auto_create_topics=False,
            metadata_max_age_ms=METADATA_MAX_AGE_MS,
            apply_types=False,
            graceful_timeout=GRACEFUL_S,
            logger=logging.getLogger("faststream"),
            log_level=logging.DEBUG,
        )

    @property
    def running(self) -> bool:
        """Whether every subscription is consuming."""
        return bool(self._broker.subscribers) and all(sub.running for sub in self._broker.subscribers)

    def commands(self, topics: Sequence[str], group: str, handler: RecordHandler) -> None:
        """Reads hints, at most once; `handler` only queues them."""
        subscriber = self._hints(topics, group_id=group, instance=self._instance(group), reset="earliest")
        subscriber(_gathering(subscriber, handler))

    def tail(self, topics: Sequence[str], handler: RecordHandler) -> None:
        """Reads everything that arrives from now on, in every process, without a group."""
        subscriber = self._hints(topics, group_id=None, instance=None, reset="latest")
        subscriber(_gathering(subscriber, handler))

    def events(self, topic: str, group: str, handler: BatchHandler) -> None:
        """Reads facts, at least once: a batch whose handler raises comes back.

        `handler` must wait before it raises: FastStream seeks back at once, without a limit.
        """

        async def consume(records: object) -> None:
            await handler(cast("Sequence[RawRecord]", records))

        self._broker.subscriber(
            topic,
            batch=True,
            max_records=BATCH_RECORDS,
            batch_timeout_ms=BATCH_TIMEOUT_MS,
            group_id=group,
            group_instance_id=self._instance(group),
            ack_policy=AckPolicy.NACK_ON_ERROR,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            max_poll_interval_ms=MAX_POLL_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            parser=_parse_batch,
            decoder=_raw,
        )(consume)

    async def start(self) -> None:
        """Starts consuming; tries again until Kafka answers."""
        self._check()
        while True:
            try:
                await self._broker.start()
                return
            except KafkaError:
                _log.warning("kafka_unreachable", purpose="consume")
                await self._broker.stop()
                await asyncio.sleep(RECONNECT_S)

    async def stop(self) -> None:
        """Stops consuming and leaves the groups; running batch handlers end first."""
        await self._broker.stop()

    def _hints(
        self, topics: Sequence[str], *, group_id: str | None, instance: str | None, reset: Literal["earliest", "latest"]
    ) -> DefaultSubscriber:
        return self._broker.subscriber(
            *topics,
            group_id=group_id,
            group_instance_id=instance,
            ack_policy=AckPolicy.ACK_FIRST,
            auto_offset_reset=reset,
            auto_commit_interval_ms=AUTO_COMMIT_MS,
            session_timeout_ms=SESSION_TIMEOUT_MS,
            max_poll_interval_ms=MAX_POLL_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            parser=_parse,
            decoder=_raw,
        )

    def _instance(self, group: str) -> str | None:
        return f"{group}.{self._slot}" if self._slot else None

    def _check(self) -> None:
        """FastStream freezes the policy when a subscriber is built; a router or broker default would be silent."""
        for subscriber in self._broker.subscribers:
            if subscriber.ack_policy not in (AckPolicy.ACK_FIRST, AckPolicy.NACK_ON_ERROR):
                raise WrongAckPolicy(str(subscriber.ack_policy))


def _gathering(subscriber: DefaultSubscriber, handler: RecordHandler) -> Callable[[object], Awaitable[None]]:
    """Returns FastStream's handler: a record at once, then those that came within `GATHER_S` seconds."""

    async def consume(record: object) -> None:
        # `object`, because FastStream builds a validator from the annotation although it is told not to validate.
        handler(cast("RawRecord", record))
        await asyncio.sleep(GATHER_S)
        assert subscriber.consumer is not None, "a subscriber that consumes has a consumer"
        for arrived in (await subscriber.consumer.getmany(max_records=GATHER_RECORDS)).values():
            for each in arrived:
                handler(each)

    return consume


async def _parse(record: RawRecord) -> StreamMessage[RawRecord]:
    """Keeps headers away from FastStream: one that is not UTF-8 would skip the record for ever."""
    return StreamMessage(record, b"", correlation_id=f"{record.topic}/{record.partition}/{record.offset}")


async def _parse_batch(
    records: tuple[RawRecord, ...],
    original: Callable[[tuple[RawRecord, ...]], Awaitable[StreamMessage[tuple[RawRecord, ...]]]],
) -> StreamMessage[tuple[RawRecord, ...]]:
    message = await original(tuple(_without_headers(record) for record in records))
    message.raw_message = records
    return message


def _without_headers(record: RawRecord) -> RawRecord:
    assert isinstance(record, ConsumerRecord)
    stripped: RawRecord = replace(record, headers=())
    return stripped


async def _raw(message: KafkaMessage) -> object:
    return message.raw_message
