"""Workspaces in turn, each in its own order, every id once."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_runtime.fair_queue import FairQueue

Puts = list[tuple[str, int]]

puts = st.lists(st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.integers(0, 30)), max_size=60)


def filled(items: Puts, capacity: int = 1_000) -> tuple[FairQueue[tuple[str, int]], Puts]:
    """A queue and what it took, in the order of arrival."""
    queue = FairQueue[tuple[str, int]](capacity)
    taken = [item for item in items if queue.put(item[0], f"{item[0]}{item[1]}", item)]
    return queue, taken


def emptied(queue: FairQueue[tuple[str, int]]) -> Puts:
    async def drain() -> Puts:
        return [await queue.get() for _ in range(len(queue))]

    with asyncio.Runner() as runner:
        return runner.run(drain())


@given(puts)
def test_every_accepted_item_comes_out_once_and_in_its_workspaces_order(items: Puts) -> None:
    queue, taken = filled(items)
    out = emptied(queue)
    for workspace in "abcd":
        assert [item for item in out if item[0] == workspace] == [item for item in taken if item[0] == workspace]
    assert len(queue) == 0


@given(puts)
def test_an_id_waits_once(items: Puts) -> None:
    _, taken = filled(items)
    assert len(taken) == len(set(items))


@given(puts)
def test_between_two_items_of_a_workspace_no_other_is_served_twice(items: Puts) -> None:
    queue, _ = filled(items)
    out = emptied(queue)
    for position, (workspace, _) in enumerate(out):
        rest = [other for other, _ in out[position + 1 :]]
        until_next = rest[: rest.index(workspace)] if workspace in rest else []
        assert all(times == 1 for times in Counter(until_next).values())


@given(puts, st.integers(0, 10))
def test_it_never_holds_more_than_its_capacity(items: Puts, capacity: int) -> None:
    queue, taken = filled(items, capacity)
    assert len(queue) == len(taken) <= capacity


async def test_one_workspaces_backlog_delays_another_by_one_item() -> None:
    queue = FairQueue[str](1_000)
    for n in range(500):
        queue.put("busy", f"busy-{n}", f"busy-{n}")
    queue.put("quiet", "quiet", "quiet")
    assert [await queue.get() for _ in range(2)] == ["busy-0", "quiet"]


async def test_claimed_work_goes_before_everything_that_waits() -> None:
    queue = FairQueue[str](2)
    for n in range(2):
        queue.put("busy", f"busy-{n}", f"busy-{n}")
    queue.put_first("late", "claimed", "claimed")
    queue.put_first("busy", "claimed-too", "claimed-too")
    assert [await queue.get() for _ in range(4)] == ["claimed-too", "claimed", "busy-0", "busy-1"]


async def test_a_getter_waits_for_the_next_item() -> None:
    queue = FairQueue[str](10)
    getters = [asyncio.create_task(queue.get()) for _ in range(2)]
    await asyncio.sleep(0)
    queue.put("a", "1", "one")
    done, waiting = await asyncio.wait(getters, return_when=asyncio.FIRST_COMPLETED, timeout=5)
    assert [task.result() for task in done] == ["one"]
    queue.put("a", "2", "two")
    assert [await task for task in waiting] == ["two"]


async def test_a_getter_that_was_cancelled_takes_nothing_with_it() -> None:
    queue = FairQueue[str](10)
    getter = asyncio.create_task(queue.get())
    await asyncio.sleep(0)
    queue.put("a", "1", "one")
    getter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await getter
    assert await queue.get() == "one"


def test_clearing_forgets_everything_and_returns_it() -> None:
    queue, taken = filled([("a", 1), ("b", 1), ("a", 2)])
    assert sorted(queue.clear()) == sorted(taken)
    assert (len(queue), "a1" in queue) == (0, False)
    assert queue.put("a", "a1", ("a", 1))
