"""Who owns work while it runs: the lazy lease, its renewal, its loss, and work that kills its workers."""

import asyncio
from datetime import timedelta

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import FIRST_BEAT_S, TTL, Errand, Errands, Gate, Site, done, ended
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.work import (
    MAX_HISTORY,
    MAX_WORKER_LOSSES,
    TERMINAL,
    HistoryEntry,
    HistoryEvent,
    Lease,
    State,
)
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.work_store import Change
from rowcall_runtime.worker import Limits


async def leased(site: Site, errand: Errand) -> bool:
    return (await site.now(errand)).lease is not None


async def test_a_short_step_takes_no_lease(site: Site) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
    assert HistoryEvent.LEASED not in [entry.event for entry in (await site.now(errand)).history]


async def test_the_first_heartbeat_takes_the_lease_and_marks_the_work_running(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        stored = await site.now(errand)
        assert (stored.state, stored.version) == (State.RUNNING, 2)
        assert stored.lease == Lease(owner="a", expires_at=clock.now() + TTL)
        assert stored.due_at == clock.now() + TTL
        gate.opened.set()
        await until(lambda: staff.errands.settlements)
    events = [entry.event for entry in (await site.now(errand)).history]
    assert events == [HistoryEvent.ACCEPTED, HistoryEvent.LEASED, HistoryEvent.FINISHED]


async def test_later_heartbeats_renew_without_a_new_version(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        clock.pass_(seconds=0.5)
        renewed = clock.now() + TTL

        async def renewed_already() -> bool:
            return (await site.now(errand)).due_at == renewed

        await until_seen(renewed_already)
        stored = await site.now(errand)
        assert stored.version == 2
        assert stored.lease == Lease(owner="a", expires_at=renewed)
        gate.opened.set()
        await until(lambda: staff.errands.settlements)


async def test_a_step_with_effects_holds_the_lease_before_it_acts(site: Site) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done, lease_first=True)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
        (run,) = staff.errands.runs
        assert run.lease is not None
        assert (run.lease.owner, run.version) == ("a", 2)


async def test_of_two_processes_that_got_the_command_one_acts_when_the_lease_comes_first(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    errands = Errands(gate, lease_first=True)
    async with site.staff(errands, "a") as first, site.staff(errands, "b") as second:
        for staff in (first, second):
            staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        await until(lambda: first.worker.free(site.step) + second.worker.free(site.step) == 3)
        gate.opened.set()
        await until_seen(lambda: site.ended(errand))
    assert len(errands.runs) == 1


async def test_of_two_processes_that_run_the_same_step_one_result_is_written(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    errands = Errands(gate)
    limits = Limits(concurrency=1)
    async with site.staff(errands, "a", limits=limits) as first, site.staff(errands, "b", limits=limits) as second:
        for staff in (first, second):
            staff.worker.offer(site.pointer(errand))
        await until(lambda: len(errands.runs) == 2)
        gate.opened.set()
        await until(lambda: sum(staff.count("writes_refused", step=site.step) for staff in (first, second)) == 1)
    assert len(errands.settlements) == 1
    assert (await site.now(errand)).version == 2


async def test_a_worker_that_lost_its_lease_is_interrupted_and_writes_nothing(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        stored = await site.now(errand)
        clock.pass_(seconds=3)
        taken = await site.work_store("b").claim(stored)
        while taken is None:  # a heartbeat was faster
            clock.pass_(seconds=3)
            taken = await site.work_store("b").claim(await site.now(errand))
        await until(lambda: gate.cancelled)
        await until(lambda: staff.worker.free(site.step) == 2)
        assert staff.errands.settlements == []
    assert (await site.now(errand)).version == taken.version


async def test_a_handler_that_finishes_after_the_lease_was_lost_is_refused(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted()
    limits = Limits(concurrency=1, first_beat_s=FIRST_BEAT_S)
    async with site.staff(Errands(gate), limits=limits, ttl=timedelta(hours=1)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        clock.pass_(hours=2)  # the next heartbeat is 18 minutes away, as if this process had been stopped
        assert await site.work_store("b").claim(await site.now(errand))
        gate.opened.set()
        await until(lambda: staff.count("writes_refused", step=site.step))
        assert staff.errands.settlements == []
    assert (await site.now(errand)).state is State.RUNNING


async def test_an_expired_lease_is_taken_over_and_the_loss_is_counted_apart_from_attempts(
    site: Site, clock: ManualClock
) -> None:
    dead = await site.work_store("dead").lease(await site.accepted())
    assert dead is not None
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(dead))
        assert staff.count("leases_lost", step=site.step) == 1
    stored = await site.now(dead)
    assert (stored.worker_losses, stored.attempt) == (1, 0)
    assert [entry.event for entry in stored.history][-2:] == [HistoryEvent.TAKEN_OVER, HistoryEvent.FINISHED]


async def test_a_lease_that_this_very_process_forgot_is_taken_again_without_counting_a_loss(
    site: Site, clock: ManualClock
) -> None:
    forgotten = await site.work_store("a").lease(await site.accepted())
    assert forgotten is not None
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), "a") as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(forgotten))
    assert (await site.now(forgotten)).worker_losses == 0


async def test_work_that_cost_a_worker_runs_alone_in_its_process(site: Site) -> None:
    gates = {"suspect": Gate(), "innocent": Gate()}

    async def guarded(work: Errand) -> Change:
        return await gates[work.note](work)

    suspect = await site.accepted(note="suspect", worker_losses=1)
    innocents = [await site.accepted(note="innocent") for _ in range(2)]
    async with site.staff(Errands(guarded), limits=Limits(concurrency=3)) as staff:
        staff.worker.offer(site.pointer(suspect))
        await gates["suspect"].entered.wait()
        for innocent in innocents:
            staff.worker.offer(site.pointer(innocent))
        await until(lambda: staff.worker.free(site.step) == 0)
        assert [run.id for run in staff.errands.runs] == [suspect.id]
        gates["suspect"].opened.set()
        await until(lambda: len(staff.errands.runs) == 3)
        gates["innocent"].opened.set()
        await until(lambda: len(staff.errands.settlements) == 3)


async def test_work_that_cost_five_workers_ends_as_worker_lost_without_being_run(site: Site) -> None:
    errand = await site.accepted(worker_losses=MAX_WORKER_LOSSES)
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
        assert staff.errands.runs == []
    stored = await site.now(errand)
    assert (stored.state, stored.history[-1].problem) == (State.FAILED, ProblemType.WORKER_LOST.uri)


async def test_five_deaths_in_a_row_end_the_work(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted()
    assert await site.work_store("dead-0").lease(errand)
    for death in range(1, MAX_WORKER_LOSSES):
        clock.pass_(seconds=3)
        assert await site.work_store(f"dead-{death}").claim(await site.now(errand))
    clock.pass_(seconds=3)
    async with site.staff(Errands(done)) as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))
        assert staff.errands.runs == []
    stored = await site.now(errand)
    assert (stored.worker_losses, stored.history[-1].problem) == (MAX_WORKER_LOSSES, ProblemType.WORKER_LOST.uri)


@pytest.mark.parametrize("changes", [MAX_HISTORY - 4, MAX_HISTORY - 3, MAX_HISTORY - 2, MAX_HISTORY - 1])
async def test_the_history_never_outgrows_its_limit(site: Site, clock: ManualClock, changes: int) -> None:
    """The worst that one more look can add: a lease, its loss by a death, and the end."""
    entries = tuple(
        HistoryEntry(version=n, at=clock.now(), event=HistoryEvent.RETRY, step=site.step) for n in range(1, changes + 1)
    )
    errand = await site.accepted(history=entries, version=changes)
    gate = Gate()
    async with site.staff(Errands(gate), "first") as staff:
        staff.worker.offer(site.pointer(errand))

        async def moved() -> bool:
            return (await site.now(errand)).version > changes

        await until_seen(moved)
    clock.pass_(seconds=3)
    async with site.staff(Errands(done), "second") as staff:
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert len(stored.history) <= MAX_HISTORY
    assert [entry.version for entry in stored.history] == list(range(1, stored.version + 1))
    if changes >= MAX_HISTORY - 3:
        assert stored.history[-1].problem == ProblemType.HISTORY_LIMIT.uri


async def test_a_handler_that_cannot_reach_the_store_gives_the_work_back_and_beats_no_more(
    site: Site, clock: ManualClock
) -> None:
    entered, broken = asyncio.Event(), asyncio.Event()

    async def needs_store(work: Errand) -> Change:
        if not broken.is_set():
            entered.set()
            await broken.wait()
            raise StoreUnavailable("The store did not answer.")
        return ended(work)

    errand = await site.accepted()
    async with site.staff(Errands(needs_store)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        broken.set()
        await until(lambda: staff.worker.free(site.step) == 2)
        stored = await site.now(errand)
        assert stored.lease is None
        clock.pass_(seconds=5)
        await staff.sweep.look(site.step)
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert (stored.state, stored.worker_losses, stored.attempt) == (State.SUCCEEDED, 0, 0)


async def test_no_terminal_state_is_left_with_a_lease(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: leased(site, errand))
        gate.opened.set()
        await until(lambda: staff.errands.settlements)
    stored = await site.now(errand)
    assert stored.state in TERMINAL
    assert stored.lease is None
