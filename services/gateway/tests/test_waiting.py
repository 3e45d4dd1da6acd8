"""Waiters: nothing that happens between a look and the wait is missed."""

import asyncio
import itertools

import pytest
from aiokafka import ConsumerRecord

from rowcall_contracts.topics import DEAD_LETTERS, EVENTS, TOPICS
from rowcall_gateway.__main__ import TAILED
from rowcall_gateway.waiting import Waiters


def record(key: bytes | None) -> ConsumerRecord:
    """A record as the tail hands it over; waiters care for its key alone."""
    return ConsumerRecord(EVENTS, 0, 0, 0, 0, key, b"not read", None, 0, 0, ())


def test_everything_that_is_published_when_a_job_moves_is_tailed() -> None:
    assert set(TAILED) == set(TOPICS) - {DEAD_LETTERS}


@pytest.mark.parametrize(("key", "woken"), [(b"job_1", True), (b"job_2", False), (None, False), (b"\xff", False)])
async def test_a_record_wakes_who_waits_for_the_job_of_its_key(key: bytes | None, woken: bool) -> None:
    waiters, looks = Waiters(), itertools.count(1)

    async def read() -> int:
        return next(looks)

    waiting = asyncio.create_task(waiters.until("job_1", read, done=lambda value: value == 2, seconds=60))
    await asyncio.sleep(0)
    waiters.on_record(record(key))
    await asyncio.wait([waiting], timeout=2 if woken else 0.1)

    assert waiting.done() is woken
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_what_happens_during_the_look_wakes_the_wait_that_follows() -> None:
    # The job moves while the store is being read, so the read shows the old state. A waiter that registered after its
    # read would sleep until the next look.
    waiters, looks = Waiters(), 0

    async def read() -> int:
        nonlocal looks
        looks += 1
        if looks == 1:
            waiters.wake("job_1")
        return looks

    async with asyncio.timeout(2):
        assert await waiters.until("job_1", read, done=lambda value: value == 2, seconds=60) == 2


async def test_only_the_jobs_own_waiters_are_woken_and_nobody_is_remembered_afterwards() -> None:
    waiters = Waiters()

    async def wait_for(job_id: str) -> None:
        looks = itertools.count(1)

        async def read() -> int:
            return next(looks)

        await waiters.until(job_id, read, done=lambda value: value == 2, seconds=60)

    tasks = [asyncio.create_task(wait_for(job_id)) for job_id in ("a", "a", "b")]
    await asyncio.sleep(0)
    waiters.wake("a")
    await asyncio.wait(tasks[:2], timeout=2)

    assert [task.done() for task in tasks] == [True, True, False]
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert not waiters.waits_for("a")
    assert not waiters.waits_for("b")


async def test_closing_lets_everybody_answer_with_what_there_is() -> None:
    waiters = Waiters()

    async def read() -> str:
        return "queued"

    waiting = asyncio.create_task(waiters.until("job_1", read, done=lambda _: False, seconds=60))
    await asyncio.sleep(0)
    waiters.close()

    assert await asyncio.wait_for(waiting, 2) == "queued"
