"""The contract of guarded writes, on every driver and real servers."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from libs.runtime.tests.clocks import ManualClock
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.resources import Collection
from rowcall_contracts.work import HistoryEntry, HistoryEvent, IllegalTransition, State
from rowcall_runtime.driver import Driver, Store, open_store
from rowcall_runtime.errors import DuplicateKey, StoreRefused, StoreUnavailable
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.work_store import Change, WorkStore

pytestmark = pytest.mark.contract

TTL = timedelta(seconds=10)


def worker(store: Store, clock: ManualClock, owner: str) -> WorkStore[Job]:
    return WorkStore(store.collection(Collection.JOBS), Job, clock, owner=owner, lease_ttl=TTL)


async def accepted(work: WorkStore[Job], clock: ManualClock, *, key: str = "") -> Job:
    job = Job(
        id=new_id(Prefix.JOB),
        workspace_id="ws_1",
        kind=JobKind.CHAT,
        state=State.QUEUED,
        step="generate",
        steps=("generate", "execute"),
        version=1,
        due_at=clock.now() + timedelta(seconds=2),
        input={"question": "?"},
        created_at=clock.now(),
        idempotency_key=key,
        history=(HistoryEntry(version=1, at=clock.now(), event=HistoryEvent.ACCEPTED, step="generate"),),
    )
    await work.insert(job)
    return job


def to_execute(clock: ManualClock) -> Change:
    return Change(
        event=HistoryEvent.FINISHED, state=State.RUNNING, step="execute", due_at=clock.now() + timedelta(seconds=2)
    )


async def test_what_is_inserted_is_read_back_whole(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    job = await accepted(mine, clock)
    assert await mine.load(job.id) == job


async def test_of_two_finishes_of_one_version_only_the_first_is_written(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    job = await accepted(first, clock)
    results = await asyncio.gather(first.apply(job, to_execute(clock)), second.apply(job, to_execute(clock)))
    assert sorted(results) == [False, True]
    stored = await first.load(job.id)
    assert stored is not None
    assert (stored.version, stored.step) == (2, "execute")
    assert [entry.version for entry in stored.history] == [1, 2]


async def test_moves_made_in_company_are_told_apart(store: Store, clock: ManualClock) -> None:
    """The store says how many of them matched, not which."""
    mine = worker(store, clock, "a")
    jobs = [await accepted(mine, clock) for _ in range(4)]
    assert await worker(store, clock, "b").lease(jobs[1])
    moves = [mine.apply(job, to_execute(clock), attempt_id=new_id(Prefix.ATTEMPT)) for job in jobs]
    assert await asyncio.gather(*moves) == [True, False, True, True]
    assert [stored.version for job in jobs if (stored := await mine.load(job.id))] == [2, 2, 2, 2]


async def test_a_move_that_the_store_refuses_leaves_its_company_alone(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    jobs = [await accepted(mine, clock) for _ in range(4)]
    refused = replace(to_execute(clock), append={"state": "no list"})
    changes = [to_execute(clock), to_execute(clock), refused, to_execute(clock)]
    moves = (
        mine.apply(job, change, attempt_id=new_id(Prefix.ATTEMPT)) for job, change in zip(jobs, changes, strict=True)
    )
    outcomes = await asyncio.gather(*moves, return_exceptions=True)
    assert isinstance(outcomes.pop(2), StoreRefused)
    assert outcomes == [True, True, True]
    assert [stored.version for job in jobs if (stored := await mine.load(job.id))] == [2, 2, 1, 2]


async def test_jobs_inserted_in_company_meet_their_own_fate(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    first = await accepted(mine, clock, key="taken")
    new = [first.model_copy(update={"id": new_id(Prefix.JOB), "idempotency_key": key}) for key in ("", "taken", "free")]
    large = new[0].model_copy(update={"id": new_id(Prefix.JOB), "input": {"question": "x" * 17_000_000}})
    outcomes = await asyncio.gather(*map(mine.insert, new), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), DuplicateKey, type(None)]
    again = [job.model_copy(update={"id": new_id(Prefix.JOB), "idempotency_key": ""}) for job in new]
    outcomes = await asyncio.gather(*map(mine.insert, [again[0], large, again[1]]), return_exceptions=True)
    assert isinstance(outcomes[1], StoreRefused)
    found = await asyncio.gather(*(mine.load(job.id) for job in (*new, *again[:2], large)))
    assert [job is not None for job in found] == [True, False, True, True, True, False]


async def test_a_lease_is_taken_once_and_fences_off_everybody_else(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    job = await accepted(first, clock)
    leased = await first.lease(job)
    assert leased is not None
    assert leased.version == 2
    assert leased.state is State.RUNNING
    assert await second.lease(job) is None
    assert await second.apply(job, to_execute(clock)) is False
    assert await second.apply(leased, to_execute(clock)) is False
    assert await first.apply(leased, to_execute(clock)) is True


async def test_what_a_lease_returns_is_what_the_store_holds(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    leased = await mine.lease(await accepted(mine, clock))
    assert leased is not None
    assert await mine.load(leased.id) == leased


async def test_a_living_lease_is_not_taken_over(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    leased = await first.lease(await accepted(first, clock))
    assert leased is not None
    clock.pass_(seconds=10.5)
    assert await second.claim(leased) is None, "within the margin of the clocks"


async def test_a_renewal_between_reading_and_claiming_keeps_the_lease(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    leased = await first.lease(await accepted(first, clock))
    assert leased is not None
    clock.pass_(seconds=12)
    seen = await second.load(leased.id)
    assert seen is not None
    assert await first.renew(leased) is True
    assert await second.claim(seen) is None
    assert await first.apply(leased, to_execute(clock)) is True


async def test_an_expired_lease_is_taken_over_and_its_owner_is_fenced_off(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    leased = await first.lease(await accepted(first, clock))
    assert leased is not None
    clock.pass_(seconds=12)
    (due,) = await second.due("generate", 10)
    claimed = await second.claim(due)
    assert claimed is not None
    assert (claimed.worker_losses, claimed.version) == (1, 3)
    assert claimed.history[-1].event is HistoryEvent.TAKEN_OVER
    assert await first.renew(leased) is False
    assert await first.apply(leased, to_execute(clock)) is False


async def test_of_ten_claims_one_wins(store: Store, clock: ManualClock) -> None:
    workers = [worker(store, clock, f"w{n}") for n in range(10)]
    job = await accepted(workers[0], clock)
    clock.pass_(seconds=3)
    claims = await asyncio.gather(*(each.claim(job) for each in workers))
    assert sum(claim is not None for claim in claims) == 1


async def test_the_alarm_rings_for_due_work_of_the_step_alone_and_the_most_overdue_first(
    store: Store, clock: ManualClock
) -> None:
    mine = worker(store, clock, "a")
    older = await accepted(mine, clock)
    clock.pass_(seconds=1)
    newer = await accepted(mine, clock)
    assert await mine.due("generate", 10) == []
    clock.pass_(seconds=5)
    assert [job.id for job in await mine.due("generate", 10)] == [older.id, newer.id]
    assert await mine.due("execute", 10) == []
    assert await mine.due("generate", 10, {"kind": ["newer_kind"]}) == []


async def test_newer_kinds_do_not_crowd_out_what_the_caller_can_run(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    for _ in range(3):
        newer = await accepted(mine, clock)
        await mine.collection.update({"_id": newer.id}, {"$set": {"kind": "newer_kind"}})
    job = await accepted(mine, clock)
    clock.pass_(seconds=5)
    assert [each.id for each in await mine.due("generate", 3, {"kind": ["chat"]})] == [job.id]


async def test_a_settled_document_has_no_alarm(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    job = await accepted(mine, clock)
    done = Change(event=HistoryEvent.FINISHED, state=State.SUCCEEDED, step="generate", due_at=None)
    assert await mine.apply(job, done)
    stored = await mine.load(job.id)
    assert stored is not None
    assert stored.due_at is None
    assert stored.finished_at == clock.now()
    clock.pass_(days=1)
    assert await mine.due("generate", 10) == []


async def test_a_failed_attempt_is_counted_and_a_takeover_is_not(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    job = await accepted(mine, clock)
    retry = Change(
        event=HistoryEvent.RETRY, state=State.RETRY_WAIT, step="generate", due_at=clock.now(), failed_attempt=True
    )
    assert await mine.apply(job, retry)
    stored = await mine.load(job.id)
    assert stored is not None
    assert (stored.attempt, stored.worker_losses) == (1, 0)


async def test_a_move_that_the_table_does_not_list_is_never_written(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    job = await accepted(mine, clock)
    done = Change(event=HistoryEvent.FINISHED, state=State.SUCCEEDED, step="generate", due_at=None)
    assert await mine.apply(job, done)
    ended = await mine.load(job.id)
    assert ended is not None
    with pytest.raises(IllegalTransition):
        await mine.apply(ended, to_execute(clock))


async def test_one_idempotency_key_makes_one_job(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    tries = [accepted(mine, clock, key="same") for _ in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Job) for result in results) == 1
    assert sum(isinstance(result, DuplicateKey) for result in results) == 19


async def test_jobs_without_a_key_do_not_collide(store: Store, clock: ManualClock) -> None:
    mine = worker(store, clock, "a")
    first, second = await accepted(mine, clock), await accepted(mine, clock)
    assert first.id != second.id


async def test_reminding_is_won_by_one_of_two_sweepers(store: Store, clock: ManualClock) -> None:
    first, second = worker(store, clock, "a"), worker(store, clock, "b")
    job = await accepted(first, clock)
    won = await asyncio.gather(*(each.postpone(job, timedelta(seconds=10)) for each in (first, second)))
    assert sorted(won) == [False, True]


async def test_the_stores_clock_is_read(store: Store) -> None:
    told = await store.time()
    assert abs(told - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_store_that_is_away_is_named_so(driver: Driver, unused_tcp_port: int) -> None:
    url = f"mongodb://127.0.0.1:{unused_tcp_port}/gone"
    async with open_store(url, driver) as gone:
        with pytest.raises(StoreUnavailable):
            await gone.ping()
