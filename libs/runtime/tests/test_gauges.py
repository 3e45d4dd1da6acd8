"""The scaling signals say how much work waits for workers, and nothing else."""

from datetime import timedelta
from functools import partial

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Errands, Site, Staff, done
from libs.runtime.tests.waiting import until_seen
from rowcall_contracts.work import State
from rowcall_runtime import gauges
from rowcall_runtime.gauges import measure


async def signals(site: Site, staff: Staff) -> tuple[float | None, float | None]:
    """Jobs waiting and the age of the most overdue one, as Prometheus reads them."""
    await measure(staff.worker, staff.process.metrics, site.clock)
    read = staff.process.metrics.registry.get_sample_value
    names = ("rowcall_jobs_waiting", "rowcall_oldest_due_seconds")
    waiting, oldest = (read(name, {"step": site.step}) for name in names)
    return waiting, oldest


async def test_queued_leased_and_waiting_work_counts_and_the_most_overdue_gives_the_age(
    site: Site, clock: ManualClock
) -> None:
    later = clock.now() + timedelta(seconds=4)
    await site.accepted()
    await site.accepted(due_at=later)
    await site.accepted(state=State.RETRY_WAIT, attempt=1, due_at=later + timedelta(minutes=1))
    assert await site.work_store("other", ttl=timedelta(minutes=1)).lease(await site.accepted())
    await site.accepted(step=f"{site.step}-other")
    clock.pass_(seconds=10)
    async with site.staff(Errands(done)) as staff:
        assert await signals(site, staff) == (4, 8)


async def test_work_that_is_not_due_yet_waits_and_is_not_late(site: Site) -> None:
    await site.accepted()
    async with site.staff(Errands(done)) as staff:
        assert await signals(site, staff) == (1, 0)


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED, State.CANCELLED, State.NEEDS_INPUT])
async def test_ends_whose_events_wait_for_kafka_call_for_no_workers(
    site: Site, clock: ManualClock, state: State
) -> None:
    for _ in range(3):
        await site.accepted(state=state)
    clock.pass_(minutes=5)
    async with site.staff(Errands(done)) as staff:
        assert await signals(site, staff) == (0, 0)
        await site.accepted(due_at=clock.now() - timedelta(seconds=1))
        assert await signals(site, staff) == (1, 1)


async def test_without_work_both_are_zero_again(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        assert await signals(site, staff) == (1, 1)
        await staff.sweep.look(site.step)
        await until_seen(partial(site.ended, errand))
        assert await signals(site, staff) == (0, 0)


async def test_of_more_than_is_looked_at_the_ended_share_is_estimated(
    site: Site, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gauges, "SAMPLE", 4)
    for number in range(12):
        state = State.SUCCEEDED if number % 2 else State.QUEUED
        await site.accepted(state=state, due_at=clock.now() + timedelta(seconds=number))
    async with site.staff(Errands(done)) as staff:
        assert await signals(site, staff) == (6, 0)
