"""What a worker does with a command: look, run once, write once."""

import asyncio
from datetime import timedelta

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Errand, Errands, Gate, Site, done
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_runtime.retry import RetryPolicy
from rowcall_runtime.work_store import Change
from rowcall_runtime.worker import Limits


async def test_work_that_a_command_points_at_is_run_once_and_written_once(site: Site) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
    stored = await site.now(errand)
    assert (stored.state, stored.version, stored.note, stored.due_at) == (State.SUCCEEDED, 2, "done", None)
    assert [entry.event for entry in stored.history] == [HistoryEvent.ACCEPTED, HistoryEvent.FINISHED]
    assert [run.id for run in staff.errands.runs] == [errand.id]


async def test_a_stale_command_is_dropped_and_counted(site: Site) -> None:
    errand = await site.accepted()
    behind = site.pointer(errand.model_copy(update={"version": 0}))
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(behind)
        await until(lambda: staff.count("commands_dropped", reason="stale"))
        assert staff.errands.runs == []
    assert await site.now(errand) == errand


async def test_a_command_for_work_that_does_not_exist_is_dropped(site: Site) -> None:
    erased = (await site.accepted()).model_copy(update={"id": "dlv_erased"})
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(erased))
        await until(lambda: staff.count("commands_dropped", reason="stale"))


async def test_a_command_for_work_that_somebody_else_holds_is_dropped(site: Site) -> None:
    leased = await site.work_store("other").lease(await site.accepted())
    assert leased is not None
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(leased))
        await until(lambda: staff.count("commands_dropped", reason="stale"))
        assert staff.errands.runs == []


async def test_a_repeated_command_is_dropped_while_its_work_waits_and_while_it_runs(site: Site) -> None:
    gate = Gate()
    errand, waiting = await site.accepted(), await site.accepted()
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        staff.worker.offer(site.pointer(errand))
        for _ in range(2):
            staff.worker.offer(site.pointer(waiting))
        assert staff.count("commands_dropped", reason="repeated-or-overflow") == 2
        gate.opened.set()
        await until(lambda: len(staff.errands.settlements) == 2)
        assert [run.id for run in staff.errands.runs] == [errand.id, waiting.id]


async def test_commands_for_two_steps_of_one_job_that_come_back_together_are_both_dropped(site: Site) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done), more_steps=["later"]) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements and not staff.worker.knows(errand.id, errand.step))
        staff.worker.offer(site.pointer(errand))
        staff.worker.offer(site.pointer(errand.model_copy(update={"step": "later"})))
        await until(lambda: staff.count("commands_dropped", reason="stale") == 2)
        following = await site.accepted()
        staff.worker.offer(site.pointer(following))
        await until(lambda: len(staff.errands.settlements) == 2)


async def test_a_command_repeated_after_the_end_changes_nothing(site: Site) -> None:
    errand = await site.accepted()
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
        ended = await site.now(errand)
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.count("commands_dropped", reason="stale"))
    assert await site.now(errand) == ended


async def test_a_command_for_a_step_of_another_service_is_ignored(site: Site) -> None:
    errand = await site.accepted(step="somewhere-else")
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        assert not staff.worker.knows(errand.id, site.step)


async def test_work_of_a_newer_kind_is_left_alone(site: Site) -> None:
    newer, known = await site.accepted(kind="newer"), await site.accepted()
    async with site.staff(Errands(done), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(newer))
        staff.worker.offer(site.pointer(known))
        await until(lambda: staff.errands.settlements)
    assert await site.now(newer) == newer


async def test_no_more_runs_at_once_than_there_are_slots(site: Site) -> None:
    gate = Gate()
    errands = [await site.accepted() for _ in range(5)]
    async with site.staff(Errands(gate), limits=Limits(concurrency=2)) as staff:
        for errand in errands:
            staff.worker.offer(site.pointer(errand))
        await until(lambda: len(staff.errands.runs) == 2)
        assert staff.worker.free(site.step) == 0
        gate.opened.set()
        await until(lambda: len(staff.errands.settlements) == 5)
        await until(lambda: staff.worker.free(site.step) == 2)


async def test_a_retryable_error_waits_its_back_off_and_counts_the_attempt(site: Site, clock: ManualClock) -> None:
    async def fail(_: Errand) -> Change:
        raise Retryable("The model did not answer.")

    errand = await site.accepted()
    async with site.staff(Errands(fail)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
    stored = await site.now(errand)
    assert (stored.state, stored.attempt, stored.lease) == (State.RETRY_WAIT, 1, None)
    assert stored.due_at == clock.now() + timedelta(seconds=0.5)  # full jitter: half of 1 s at random() = 0.5
    assert stored.history[-1].problem == ProblemType.RETRIES_EXHAUSTED.uri


async def test_the_wait_is_no_shorter_than_the_failing_part_asked_for(site: Site, clock: ManualClock) -> None:
    async def fail(_: Errand) -> Change:
        raise Retryable("Too many requests.", after_s=30)

    errand = await site.accepted()
    async with site.staff(Errands(fail)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
    assert (await site.now(errand)).due_at == clock.now() + timedelta(seconds=30)


async def test_the_last_attempt_ends_the_work_as_failed(site: Site) -> None:
    async def fail(_: Errand) -> Change:
        raise Retryable("The model did not answer.")

    errand = await site.accepted(attempt=2)
    limits = Limits(concurrency=1, retry=RetryPolicy(max_attempts=3))
    async with site.staff(Errands(fail), limits=limits) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert (stored.state, stored.history[-1].problem) == (State.FAILED, ProblemType.RETRIES_EXHAUSTED.uri)


async def test_a_permanent_error_ends_the_work_at_once(site: Site) -> None:
    async def refuse(_: Errand) -> Change:
        raise Permanent(ProblemType.SQL_REFUSED, "It writes.")

    errand = await site.accepted()
    async with site.staff(Errands(refuse)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert (stored.state, stored.attempt) == (State.FAILED, 0)
    assert stored.history[-1].problem == ProblemType.SQL_REFUSED.uri


async def test_a_bug_in_a_handler_is_a_failed_attempt_and_the_slot_lives_on(site: Site) -> None:
    async def trip(work: Errand) -> Change:
        if work.note == "bad":
            raise KeyError("surprise")
        return await done(work)

    bad, good = await site.accepted(note="bad"), await site.accepted()
    async with site.staff(Errands(trip), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(bad))
        staff.worker.offer(site.pointer(good))
        await until_seen(lambda: site.ended(good))
    assert (await site.now(bad)).state is State.RETRY_WAIT


async def test_a_handler_that_runs_into_the_deadline_is_interrupted(site: Site, clock: ManualClock) -> None:
    gate = Gate()
    errand = await site.accepted(deadline_at=clock.now() + timedelta(milliseconds=100))
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert (stored.state, gate.cancelled) == (State.FAILED, 1)
    assert stored.history[-1].problem == ProblemType.DEADLINE_EXCEEDED.uri


async def test_work_that_is_past_its_deadline_fails_without_being_run(site: Site, clock: ManualClock) -> None:
    errand = await site.accepted(deadline_at=clock.now())
    async with site.staff(Errands(done)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
        assert staff.errands.runs == []
    assert (await site.now(errand)).history[-1].problem == ProblemType.DEADLINE_EXCEEDED.uri


async def test_a_time_out_of_the_handlers_own_is_not_taken_for_the_deadline(site: Site, clock: ManualClock) -> None:
    async def impatient(_: Errand) -> Change:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
        raise AssertionError

    errand = await site.accepted(deadline_at=clock.now() + timedelta(hours=1))
    async with site.staff(Errands(impatient)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.settlements)
    assert (await site.now(errand)).state is State.RETRY_WAIT


async def test_a_cancel_interrupts_the_handler_and_its_result_is_not_written(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        cancelled = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step=site.step, due_at=None)
        assert await site.work_store("gateway").overrule(errand, cancelled)
        staff.worker.cancel(errand.id)
        await until(lambda: staff.worker.free(site.step) == 2)
        assert (gate.cancelled, staff.errands.settlements) == (1, [])
    stored = await site.now(errand)
    assert (stored.state, stored.version) == (State.CANCELLED, 2)


async def test_a_result_that_comes_after_a_cancel_is_refused_and_counted(site: Site) -> None:
    gate = Gate()
    errand = await site.accepted()
    async with site.staff(Errands(gate), limits=Limits(concurrency=1)) as staff:
        staff.worker.offer(site.pointer(errand))
        await gate.entered.wait()
        cancelled = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step=site.step, due_at=None)
        assert await site.work_store("gateway").overrule(errand, cancelled)
        gate.opened.set()
        await until(lambda: staff.count("writes_refused", step=site.step))
        assert staff.errands.settlements == []
    assert (await site.now(errand)).state is State.CANCELLED


async def test_an_output_that_the_store_refuses_fails_the_work(site: Site) -> None:
    async def huge(work: Errand) -> Change:
        change = await done(work)
        return Change(
            event=change.event, state=change.state, step=work.step, due_at=None, fields={"note": "x" * 17_000_000}
        )

    errand = await site.accepted()
    async with site.staff(Errands(huge)) as staff:
        staff.worker.offer(site.pointer(errand))
        await until_seen(lambda: site.ended(errand))
    stored = await site.now(errand)
    assert (stored.state, stored.history[-1].problem) == (State.FAILED, ProblemType.OUTPUT_TOO_LARGE.uri)
