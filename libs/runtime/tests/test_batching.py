"""Company: who comes first goes at once, who comes meanwhile goes together, and everybody gets their own outcome."""

import asyncio
from collections.abc import Sequence

import pytest

from libs.runtime.tests.waiting import until
from rowcall_runtime.batching import BATCH, Batcher


class Refused(Exception):
    """What one item meets."""


class Doubling:
    """Doubles numbers when the gate opens; refuses negative ones, and breaks on zero."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.ask = Batcher(self._run)

    async def _run(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(numbers))
        await self.gate.wait()
        if 0 in numbers:
            raise ZeroDivisionError
        return [2 * number if number > 0 else Refused(number) for number in numbers]


@pytest.fixture
async def doubling() -> Doubling:
    return Doubling()


async def ahead(doubling: Doubling) -> asyncio.Task[int]:
    """Somebody whose batch is under way."""
    first = asyncio.create_task(doubling.ask(1))
    await until(lambda: doubling.batches)
    return first


async def test_the_first_goes_at_once_and_those_who_come_meanwhile_go_together(doubling: Doubling) -> None:
    first = await ahead(doubling)
    others = [asyncio.create_task(doubling.ask(number)) for number in (2, 3, 4)]
    await asyncio.sleep(0)
    doubling.gate.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8]
    assert doubling.batches == [[1], [2, 3, 4]]


async def test_one_after_the_other_each_goes_alone(doubling: Doubling) -> None:
    doubling.gate.set()
    assert [await doubling.ask(number) for number in (1, 2)] == [2, 4]
    assert doubling.batches == [[1], [2]]


async def test_a_batch_is_bounded(doubling: Doubling) -> None:
    doubling.gate.set()
    many = range(1, BATCH + 11)
    assert await asyncio.gather(*map(doubling.ask, many)) == [2 * number for number in many]
    assert [len(batch) for batch in doubling.batches] == [BATCH, 10]


async def test_an_items_own_error_is_nobody_elses(doubling: Doubling) -> None:
    doubling.gate.set()
    good, bad = await asyncio.gather(doubling.ask(1), doubling.ask(-1), return_exceptions=True)
    assert good == 2
    assert isinstance(bad, Refused)


async def test_an_error_of_the_operation_is_everybodys_and_the_next_batch_runs(doubling: Doubling) -> None:
    doubling.gate.set()
    outcomes = await asyncio.gather(doubling.ask(0), doubling.ask(1), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, ZeroDivisionError]
    assert await doubling.ask(3) == 6


async def test_who_was_cancelled_before_its_turn_is_left_out_and_after_it_disturbs_nobody(doubling: Doubling) -> None:
    first = await ahead(doubling)
    early, other = (asyncio.create_task(doubling.ask(number)) for number in (2, 3))
    await asyncio.sleep(0)
    first.cancel()
    early.cancel()
    await asyncio.gather(first, early, return_exceptions=True)
    doubling.gate.set()
    assert await other == 6
    assert doubling.batches == [[1], [3]]


async def test_when_it_is_stopped_nobody_waits_for_ever_and_the_next_is_served(doubling: Doubling) -> None:
    first = await ahead(doubling)
    waiting = asyncio.create_task(doubling.ask(2))
    await asyncio.sleep(0)
    stopped = doubling.ask._serving
    assert stopped
    stopped.cancel()
    outcomes = await asyncio.gather(first, waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, asyncio.CancelledError]
    doubling.gate.set()
    assert await doubling.ask(3) == 6
