"""How long a handler may take before the broker gives its partitions to somebody else, on a real one."""

import asyncio
import time
from functools import partial

import pytest

from libs.runtime.tests.kafka_site import Inbox, KafkaSite, new_group
from libs.runtime.tests.waiting import until, until_seen
from rowcall_runtime import subscriptions as subscribing


async def test_trap_a_handler_that_outlives_the_poll_interval_has_its_batch_read_again_by_another_member(
    kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its heartbeats go on and nothing tells it; so a batch is bounded, and must bear being taken twice."""
    monkeypatch.setattr(subscribing, "MAX_POLL_MS", 1_000)
    topic, group, other = await kafka.topic(), new_group(), Inbox()
    entered, opened, taken = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: object) -> None:
        entered.set()
        await opened.wait()
        taken.set()

    await kafka.put(topic, b"1")
    first, second = kafka.subscriptions(), kafka.subscriptions()
    first.events(topic, group, slow)
    second.events(topic, group, other.take_batch)
    async with kafka.consuming(first):
        await entered.wait()
        before = await kafka.members(group)

        async def thrown_out() -> bool:
            return await kafka.members(group) != before

        await until_seen(thrown_out, deadline_s=20)
        async with kafka.consuming(second):
            await until(lambda: other.values == [b"1"])
            assert not taken.is_set()
            opened.set()
            await taken.wait()


async def test_trap_slow_work_keeps_its_worker_in_the_group_because_the_handler_only_queues(
    kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "MAX_POLL_MS", 1_000)
    topic, group, inbox = await kafka.topic(), new_group(), Inbox()
    subscriptions = kafka.subscriptions()
    subscriptions.commands([topic], group, inbox.take)
    async with kafka.consuming(subscriptions):
        for value in (b"1", b"2"):
            await kafka.put(topic, value)
            await until(partial(inbox.took, value))
            taken_at = time.monotonic()
            (member,) = await kafka.members(group)
            while time.monotonic() < taken_at + 2:  # twice the interval, with the work still going on elsewhere
                assert await kafka.members(group) == [member]
                await asyncio.sleep(0.1)
    assert inbox.values == [b"1", b"2"]


async def test_a_batch_of_events_is_bounded_so_that_it_is_written_within_the_poll_interval(kafka: KafkaSite) -> None:
    topic, inbox = await kafka.topic(), Inbox()
    await kafka.put(topic, *(b"%d" % n for n in range(250)))
    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, new_group(), inbox.take_batch)
    async with kafka.consuming(subscriptions):
        await until(lambda: len(inbox.records) == 250)
    assert max(map(len, inbox.batches)) == 100
