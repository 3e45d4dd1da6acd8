"""How a worker ends: what runs gets some seconds, the rest is given back, and nothing new comes in."""

import asyncio
from functools import partial

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Errands, Gate, Site, done
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.worker import Limits


async def test_what_runs_is_waited_for(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        staff.process.draining = True
        draining = asyncio.create_task(staff.worker.drain(seconds=10))
        gate.opened.set()
        await draining
        assert (await site.now(errand)).state is State.SUCCEEDED


async def test_leased_work_that_is_late_is_interrupted_and_given_back_at_once(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate, lease_first=True)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        staff.process.draining = True
        await staff.worker.drain(seconds=0)
    stored = await site.now(errand)
    assert (gate.cancelled, stored.state, stored.lease) == (1, State.RUNNING, None)
    assert (stored.due_at, stored.worker_losses) == (clock.now(), 0)
    assert stored.history[-1].event is HistoryEvent.RELEASED


async def test_what_was_given_back_is_run_by_the_next_process_at_its_first_look(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate, lease_first=True), "first") as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        staff.process.draining = True
        await staff.worker.drain(seconds=0)
    async with site.staff(Errands(done), "second") as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))
    assert (await site.now(errand)).worker_losses == 0


async def test_work_without_a_lease_is_left_as_it_was(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        staff.process.draining = True
        await staff.worker.drain(seconds=0)
    assert await site.now(errand) == errand


async def test_what_waits_and_what_comes_while_draining_is_not_begun(site: Site) -> None:
    gate = Gate()
    running, waiting, late = [await site.accepted() for _ in range(3)]
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(running))
        await gate.entered.wait()
        staff.worker.offer(site.pointer(waiting))
        staff.process.draining = True
        draining = asyncio.create_task(staff.worker.drain(seconds=10))
        await asyncio.sleep(0)
        staff.worker.offer(site.pointer(late))
        gate.opened.set()
        await draining
        assert not staff.worker.knows(late.id, site.step)
        assert [run.id for run in staff.errands.runs] == [running.id]


async def test_a_draining_process_claims_nothing(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        staff.process.draining = True
        await staff.sweep.look(site.step)
    assert await site.now(errand) == errand


async def test_claimed_work_that_still_waits_is_given_back(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    running, claimed = await site.accepted(), await site.accepted()
    clock.pass_(seconds=3)
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(running))
        await gate.entered.wait()
        assert await staff.worker.claim(claimed)
        staff.process.draining = True
        await staff.worker.drain(seconds=0)
    stored = await site.now(claimed)
    assert (stored.lease, stored.history[-1].event) == (None, HistoryEvent.RELEASED)


async def test_a_sweep_that_is_stopped_ends_its_look_first(site: Site, clock: ManualClock) -> None:
    errands = [await site.accepted() for _ in range(3)]
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), limits=Limits(concurrency=3)) as staff:
        sweeping = asyncio.create_task(staff.sweep.run())
        await until(lambda: staff.count("swept", step=site.step))
        staff.sweep.stop()
        await sweeping
        for errand in errands:
            await until_seen(partial(site.ended, errand))
    assert staff.count("swept", step=site.step) == 3
