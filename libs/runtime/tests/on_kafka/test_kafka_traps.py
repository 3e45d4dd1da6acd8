"""The traps of FastStream and aiokafka that would lose, skip or repeat records, each sprung on a real broker."""

import asyncio
import itertools
import time
from collections import Counter
from functools import partial

import pytest
from faststream import AckPolicy

from libs.runtime.tests.kafka_site import Inbox, KafkaSite, new_group
from libs.runtime.tests.waiting import until, until_seen
from rowcall_runtime import subscriptions as subscribing
from rowcall_runtime.subscriptions import AUTO_COMMIT_MS, Subscriptions, WrongAckPolicy

UNREADABLE = [("ce_id", None), ("ce_type", b"\xff\xfe\xfa"), ("traceparent", b"\xc3\x28")]


def declared(subscriptions: Subscriptions) -> Counter[AckPolicy]:
    return Counter(subscriber.ack_policy for subscriber in subscriptions._broker.subscribers)


def failing(times: int) -> Inbox:
    """An inbox whose first calls fail."""
    left = [times]

    def trouble() -> None:
        if left[0]:
            left[0] -= 1
            raise RuntimeError("The handler failed.")

    return Inbox(trouble)


async def test_trap_the_ack_policy_of_each_subscription_is_the_declared_one(kafka: KafkaSite) -> None:
    """FastStream freezes the policy when a subscriber is built; a router's or broker's default would be silent."""
    subscriptions, inbox = kafka.subscriptions(), Inbox()
    subscriptions.commands(["a"], "g", inbox.take)
    subscriptions.tail(["b"], inbox.take)
    subscriptions.events("c", "g", inbox.take_batch)
    assert declared(subscriptions) == {AckPolicy.ACK_FIRST: 2, AckPolicy.NACK_ON_ERROR: 1}


async def test_trap_a_subscription_of_another_policy_is_refused_at_the_start(kafka: KafkaSite) -> None:
    """`ACK` commits even when the handler raised."""
    subscriptions = kafka.subscriptions()
    subscriptions._broker.subscriber("a", ack_policy=AckPolicy.ACK)(Inbox().take)
    with pytest.raises(WrongAckPolicy):
        await subscriptions.start()


async def test_trap_ack_first_commits_by_timer_even_what_the_handler_refused(kafka: KafkaSite) -> None:
    """So a command is at most once, which is right for a hint: the alarm covers the job."""
    topic, group, inbox = await kafka.topic(), new_group(), failing(times=1)
    subscriptions = kafka.subscriptions()
    subscriptions.commands([topic], group, inbox.take)
    await kafka.put(topic, b"refused", b"taken")
    async with kafka.consuming(subscriptions):
        await until(lambda: len(inbox.records) == 2)

        async def committed() -> bool:
            return await kafka.committed(group, topic) == 2

        await until_seen(committed, deadline_s=AUTO_COMMIT_MS / 1000 + 5)
    assert inbox.values == [b"refused", b"taken"]


async def test_trap_nack_on_error_repeats_the_batch_until_it_is_taken_and_loses_nothing(kafka: KafkaSite) -> None:
    topic, group, inbox = await kafka.topic(), new_group(), failing(times=2)
    values = [f"{n}".encode() for n in range(10)]
    await kafka.put(topic, *values)
    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, group, inbox.take_batch)
    async with kafka.consuming(subscriptions):
        await until(lambda: len(inbox.records) == 10)
        await kafka.put(topic, b"later")
        await until(lambda: len(inbox.records) == 11)

        async def committed() -> bool:
            return await kafka.committed(group, topic) == 11

        await until_seen(committed)
    assert inbox.values == [*values, b"later"]
    assert [batch[0] for batch in inbox.batches[:3]] == [b"0", b"0", b"0"]


async def test_trap_nack_on_error_has_no_back_off_so_the_handlers_pause_is_the_only_one(kafka: KafkaSite) -> None:
    """Without a pause of the handler's own, a poison message came back 2,932 times in 2.5 s."""
    topic, pause_s, times = await kafka.topic(), 0.2, list[float]()

    async def pausing(_: object) -> None:
        times.append(time.monotonic())
        await asyncio.sleep(pause_s)
        raise RuntimeError("The store is away.")

    await kafka.put(topic, b"poison")
    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, new_group(), pausing)
    async with kafka.consuming(subscriptions):
        await until(lambda: len(times) >= 4)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert min(gaps) >= pause_s


async def test_trap_what_a_batch_handler_never_took_is_read_again_by_the_next_process(kafka: KafkaSite) -> None:
    topic, group = await kafka.topic(), new_group()
    await kafka.put(topic, b"1", b"2")
    for inbox, expected in ((failing(times=1_000), 0), (Inbox(), 2)):

        async def paused(records: object, inbox: Inbox = inbox) -> None:
            await asyncio.sleep(0.05)
            await inbox.take_batch(records)  # type: ignore[arg-type]

        subscriptions = kafka.subscriptions()
        subscriptions.events(topic, group, paused)
        async with kafka.consuming(subscriptions):
            await until(partial(inbox.has, batches=1, records=expected))
    assert inbox.values == [b"1", b"2"]


@pytest.mark.parametrize("kind", ["commands", "events", "tail"])
async def test_trap_a_header_that_is_none_or_not_utf_8_neither_skips_the_record_nor_kills_the_consumer(
    kafka: KafkaSite, kind: str
) -> None:
    """FastStream decodes headers in its parser, outside every middleware; the record would be skipped."""
    topic, inbox = await kafka.topic(), Inbox()
    subscriptions = kafka.subscriptions()
    match kind:
        case "commands":
            subscriptions.commands([topic], new_group(), inbox.take)
        case "events":
            subscriptions.events(topic, new_group(), inbox.take_batch)
        case _:
            subscriptions.tail([topic], inbox.take)
    async with kafka.consuming(subscriptions):
        await kafka.put(topic, b"odd", headers=UNREADABLE)
        await kafka.put(topic, b"plain")
        await until(lambda: len(inbox.records) == 2)
    odd, plain = inbox.records
    assert (odd.value, list(odd.headers)) == (b"odd", UNREADABLE)
    assert plain.value == b"plain"


async def test_trap_a_tombstone_arrives_as_a_record_without_a_value(kafka: KafkaSite) -> None:
    topic, inbox, batches = await kafka.topic(), Inbox(), Inbox()
    subscriptions = kafka.subscriptions()
    subscriptions.commands([topic], new_group(), inbox.take)
    subscriptions.events(topic, new_group(), batches.take_batch)
    await kafka.put(topic, None, b"", b"4", key=b"job_1")
    async with kafka.consuming(subscriptions):
        await until(lambda: len(inbox.records) == len(batches.records) == 3)
    assert inbox.values == batches.values == [None, b"", b"4"], "nothing is guessed to be JSON"


async def test_trap_a_group_that_never_was_reads_commands_from_the_beginning(kafka: KafkaSite) -> None:
    """The default, `latest`, would lose what was published before the first worker came."""
    topic, inbox = await kafka.topic(partitions=3), Inbox()
    await kafka.put(topic, *(b"%d" % n for n in range(9)))
    subscriptions = kafka.subscriptions()
    subscriptions.commands([topic], new_group(), inbox.take)
    async with kafka.consuming(subscriptions):
        await until(lambda: len(inbox.records) == 9)


async def test_trap_a_tail_sees_everything_published_right_after_its_start_and_nothing_before(kafka: KafkaSite) -> None:
    topic, inbox = await kafka.topic(partitions=4), Inbox()
    await kafka.put(topic, b"before")
    subscriptions = kafka.subscriptions()
    subscriptions.tail([topic], inbox.take)
    async with kafka.consuming(subscriptions):
        values = [b"%d" % n for n in range(48)]
        await kafka.put(topic, *values)
        await until(lambda: len(inbox.records) >= 48)
    assert sorted(inbox.values, key=str) == sorted(values, key=str)


async def test_hints_that_come_while_one_is_handled_are_taken_together(
    kafka: KafkaSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken one by one, ten would take ten times as long as the wait for company."""
    gather_s = 2.0
    monkeypatch.setattr(subscribing, "GATHER_S", gather_s)
    taken_at: list[float] = []
    topic, inbox = await kafka.topic(), Inbox(lambda: taken_at.append(time.monotonic()))
    subscriptions = kafka.subscriptions()
    subscriptions.tail([topic], inbox.take)
    async with kafka.consuming(subscriptions):
        await kafka.put(topic, b"first")
        await until(lambda: len(inbox.records) == 1)
        rest = [b"%d" % n for n in range(10)]
        await kafka.put(topic, *rest)
        await until(lambda: len(inbox.records) == 11, deadline_s=15)
    assert inbox.values == [b"first", *rest]
    assert taken_at[-1] - taken_at[0] < 3 * gather_s


async def test_every_process_tails_everything_while_a_group_shares(kafka: KafkaSite) -> None:
    topic, group = await kafka.topic(partitions=4), new_group()
    tails, shares = [Inbox(), Inbox()], [Inbox(), Inbox()]
    processes = [kafka.subscriptions() for _ in range(2)]
    for process, tail, share in zip(processes, tails, shares, strict=True):
        process.tail([topic], tail.take)
        process.commands([topic], group, share.take)
    async with kafka.consuming(processes[0]), kafka.consuming(processes[1]):
        await kafka.put(topic, *(b"%d" % n for n in range(40)))
        await until(lambda: sum(len(share.records) for share in shares) >= 40)
        await until(lambda: all(len(tail.records) == 40 for tail in tails))
    assert len({value for share in shares for value in share.values}) == 40


async def test_trap_a_subscription_creates_no_topic_and_begins_once_somebody_else_has(
    kafka: KafkaSite, caplog: pytest.LogCaptureFixture
) -> None:
    """FastStream would create it with one partition and replication 1; only `migrate` creates."""
    missing, inbox = f"missing.{new_group()}", Inbox()
    subscriptions = kafka.subscriptions()
    subscriptions.commands([missing], new_group(), inbox.take)
    starting = asyncio.create_task(subscriptions.start())
    await until(lambda: f"Topic {missing} not found" in caplog.text)
    assert missing not in await kafka.topics()
    await kafka.create(missing)
    await kafka.put(missing, b"1")
    await starting
    await until(lambda: inbox.records)
    await subscriptions.stop()


async def test_trap_a_static_member_comes_back_under_its_own_name(kafka: KafkaSite) -> None:
    """Without an instance id one SIGKILL stalls the group for a whole session."""
    topic, group, inbox = await kafka.topic(partitions=2), new_group(), Inbox()
    for _ in range(2):
        subscriptions = kafka.subscriptions(slot="7")
        subscriptions.commands([topic], group, inbox.take)
        async with kafka.consuming(subscriptions):

            async def joined() -> bool:
                return len(await kafka.members(group)) == 1

            await until_seen(joined)
            (member,) = await kafka.members(group)
            assert member.startswith(f"{group}.7-")
    (left_behind,) = await kafka.members(group)
    assert left_behind.startswith(f"{group}.7-"), "a static member does not leave, so nobody is rebalanced meanwhile"


async def test_without_a_slot_a_member_leaves_its_group_when_it_stops(kafka: KafkaSite) -> None:
    topic, group, inbox = await kafka.topic(), new_group(), Inbox()
    subscriptions = kafka.subscriptions()
    subscriptions.commands([topic], group, inbox.take)
    async with kafka.consuming(subscriptions):
        await kafka.put(topic, b"1")
        await until(lambda: inbox.records)
    assert await kafka.members(group) == []


async def test_trap_a_stop_waits_for_the_running_batch_and_commits_it(kafka: KafkaSite) -> None:
    """`graceful_timeout=None` would mean: do not wait at all."""
    topic, group = await kafka.topic(), new_group()
    entered, opened, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(_: object) -> None:
        entered.set()
        await opened.wait()
        ended.set()

    subscriptions = kafka.subscriptions()
    subscriptions.events(topic, group, slow)
    await kafka.put(topic, b"1")
    await subscriptions.start()
    await entered.wait()
    stopping = asyncio.create_task(subscriptions.stop())
    await asyncio.wait([stopping], timeout=0.2)
    assert not stopping.done()
    opened.set()
    await stopping
    assert ended.is_set()
    assert await kafka.committed(group, topic) == 1


async def test_subscriptions_run_only_once_they_are_started(kafka: KafkaSite) -> None:
    subscriptions = kafka.subscriptions()
    subscriptions.tail([await kafka.topic()], Inbox().take)
    assert not subscriptions.running
    async with kafka.consuming(subscriptions):
        assert subscriptions.running
    assert not subscriptions.running
