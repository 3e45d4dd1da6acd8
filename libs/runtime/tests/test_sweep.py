"""The one alarm: lost commands, full pools, unknown kinds, unannounced ends."""

import asyncio
from datetime import timedelta
from functools import partial

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Errands, Gate, Site, done
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.resources import Collection
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.sweep import MAX_REMINDERS, REMIND_DELAY
from rowcall_runtime.worker import Limits


async def test_work_whose_command_was_lost_is_found_claimed_and_run(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done)) as staff:
        await staff.sweep.look(site.step)
        assert not staff.worker.knows(errand.id, site.step), "its command may still come"
        clock.pass_(seconds=2.5)
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))
        assert staff.count("swept", step=site.step) == 1
        assert staff.count("leases_lost", step=site.step) == 0
    events = [entry.event for entry in (await site.now(errand)).history]
    assert events == [HistoryEvent.ACCEPTED, HistoryEvent.LEASED, HistoryEvent.FINISHED]


async def test_work_that_waits_for_a_retry_is_run_when_its_time_has_come(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted(state=State.RETRY_WAIT, attempt=1, due_at=clock.now() + timedelta(seconds=9))
    async with site.staff(Errands(done)) as staff:
        clock.pass_(seconds=8)
        await staff.sweep.look(site.step)
        assert await site.now(errand) == errand
        clock.pass_(seconds=1)
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))


async def test_no_more_is_claimed_than_there_are_free_slots(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errands = [await site.accepted() for _ in range(6)]
    clock.pass_(seconds=3)
    async with site.staff(Errands(gate), limits=Limits(concurrency=2)) as staff:
        for _ in range(2):
            await staff.sweep.look(site.step)
        claimed = [errand for errand in errands if (await site.now(errand)).lease]
        assert [errand.id for errand in claimed] == [errand.id for errand in errands[:2]], "the most overdue first"
        gate.opened.set()
        await until(lambda: len(staff.errands.settlements) == 2)


async def test_what_runs_here_is_not_claimed_from_itself(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate), limits=Limits(concurrency=2)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        clock.pass_(seconds=3)
        await staff.sweep.look(site.step)
        assert len(staff.errands.runs) == 1
        gate.opened.set()
        await until(lambda: staff.errands.settlements)
    assert (await site.now(errand)).version == 2


async def test_of_two_sweeps_one_gets_the_work(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    clock.pass_(seconds=3)
    errands = Errands(done)
    async with site.staff(errands, "a") as first, site.staff(errands, "b") as second:
        await asyncio.gather(*(staff.sweep.look(site.step) for staff in (first, second)))
        await until_seen(lambda: site.ended(errand))
    assert len(errands.runs) == 1


async def test_a_command_that_comes_in_the_middle_of_a_claim_neither_doubles_nor_loses_the_work(
    site: Site, clock: ManualClock
) -> None:
    errands = [await site.accepted() for _ in range(20)]
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), limits=Limits(concurrency=20)) as staff:
        looking = asyncio.create_task(staff.sweep.look(site.step))
        while not looking.done():
            for errand in errands:
                staff.worker.offer(site.pointer(errand))
            await asyncio.sleep(0)
        for errand in errands:
            await until_seen(partial(site.ended, errand))
        await until(lambda: staff.worker.free(site.step) == 20)
        assert len(staff.errands.settlements) == 20


async def test_an_offer_for_work_that_is_being_claimed_is_dropped(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), limits=Limits(concurrency=2)) as staff:
        claiming = asyncio.create_task(staff.worker.claim(errand))
        await asyncio.sleep(0)
        staff.worker.offer(site.pointer(errand))
        assert await claiming
        await until_seen(lambda: site.ended(errand))
        assert len(staff.errands.runs) == 1
        assert staff.count("commands_dropped", reason="repeated-or-overflow") == 1


async def test_work_of_a_newer_kind_is_left_alone_and_crowds_nothing_out(site: Site, clock: ManualClock) -> None:
    newer = [await site.accepted(kind="newer") for _ in range(MAX_REMINDERS + 5)]
    known = await site.accepted()
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), limits=Limits(concurrency=1)) as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(known))
    assert await site.now(newer[0]) == newer[0]


async def test_a_document_that_this_code_cannot_read_is_left_alone(site: Site, clock: ManualClock) -> None:
    unreadable, known = await site.accepted(), await site.accepted()
    deliveries = site.store.collection(Collection.DELIVERIES)
    assert await deliveries.update({"_id": unreadable.id}, {"$set": {"state": "a-state-of-tomorrow"}})
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(known))
    document = await deliveries.get({"_id": unreadable.id})
    assert document is not None
    assert (document["state"], document["version"]) == ("a-state-of-tomorrow", 1)


async def test_an_end_that_nobody_announced_is_announced_again_and_then_left_for_a_while(
    site: Site, clock: ManualClock
) -> None:
    errand = await site.accepted(state=State.SUCCEEDED)
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        for _ in range(2):
            await staff.sweep.look(site.step)
        assert staff.errands.reminders == [errand.id]
        clock.pass_(seconds=REMIND_DELAY.total_seconds() + 1)
        await staff.sweep.look(site.step)
        assert staff.errands.reminders == [errand.id, errand.id]
    stored = await site.now(errand)
    assert (stored.version, stored.state) == (1, State.SUCCEEDED)


async def test_many_unannounced_ends_do_not_hold_up_unfinished_work(site: Site, clock: ManualClock) -> None:
    for _ in range(MAX_REMINDERS + 5):
        await site.accepted(state=State.SUCCEEDED)
    unfinished = await site.accepted(due_at=clock.now() + timedelta(seconds=2.5))
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), limits=Limits(concurrency=1)) as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(unfinished))


async def test_ends_are_announced_although_no_slot_is_free(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    running, ended = await site.accepted(), await site.accepted(state=State.SUCCEEDED)
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(running))
        await gate.entered.wait()
        clock.pass_(seconds=3)
        await staff.sweep.look(site.step)
        assert staff.errands.reminders == [ended.id]
        gate.opened.set()
        await until(lambda: staff.errands.settlements)
