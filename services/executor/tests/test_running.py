"""The handlers under the real worker: what a finish writes, and what it leaves behind when somebody was faster."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from libs.runtime.tests.waiting import until_seen
from rowcall_contracts.jobs import Job
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.job_workload import JobWorkload
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.work_store import Change, WorkStore
from rowcall_runtime.worker import Limits, Pointer, Process, Worker
from services.executor.tests.office import ITEMS, SLOW, Office, sqlite_file

TTL = timedelta(seconds=10)


def jobs_of(office: Office, owner: str = "executor@test") -> WorkStore[Job]:
    jobs = office.store.collection(Collection.JOBS)
    return WorkStore(jobs, Job, office.platform.clock, owner=owner, lease_ttl=TTL)


@asynccontextmanager
async def working(office: Office) -> AsyncIterator[Worker[Job]]:
    """Runs the executor's worker until the block ends."""
    built = office.platform
    process = Process(clock=built.clock, metrics=built.metrics, solitude=Solitude())
    workload = JobWorkload(office.handlers, bus=built.bus, relay=built.relay, clock=built.clock, metrics=built.metrics)
    limits = Limits(concurrency=2)
    worker = Worker(jobs_of(office), workload, [step.value for step in office.handlers], limits=limits, process=process)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def offered(office: Office, worker: Worker[Job], job: Job) -> None:
    await jobs_of(office).insert(job)
    worker.offer(Pointer(work_id=job.id, workspace_id=job.workspace_id, step=job.step, version=job.version))


async def stored(office: Office, job: Job) -> Job:
    found = await jobs_of(office).load(job.id)
    assert found is not None
    return found


def moved_on(office: Office, job: Job) -> Callable[[], Awaitable[bool]]:
    async def moved() -> bool:
        return (await stored(office, job)).version > job.version

    return moved


async def test_a_statement_ends_with_its_output_its_event_and_both_its_times(office: Office, shop: Connection) -> None:
    job = office.statement(shop, ITEMS)
    async with working(office) as worker:
        await offered(office, worker, job)
        await until_seen(moved_on(office, job))

    ended = await stored(office, job)
    assert (ended.state, ended.version) == (State.SUCCEEDED, 2)
    assert ended.output is not None
    assert ended.output["row_count"] == 3
    assert [(entry.type, entry.data["counts"]) for entry in ended.outbox] == [("sql.executed", {"rows": 3})]
    assert ended.started_at is not None
    assert ended.finished_at is not None
    assert job.created_at <= ended.started_at <= ended.finished_at


async def test_a_job_that_fails_in_its_first_step_was_started_all_the_same(office: Office, shop: Connection) -> None:
    job = office.statement(shop, "DROP TABLE item")
    async with working(office) as worker:
        await offered(office, worker, job)
        await until_seen(moved_on(office, job))

    ended = await stored(office, job)
    assert ended.state is State.FAILED
    assert ended.error is not None
    assert ended.error.type == ProblemType.SQL_REFUSED.uri
    assert ended.started_at is not None


async def test_a_question_that_none_answers_stands_at_another_round_with_the_outcomes(
    office: Office, shop: Connection
) -> None:
    job = office.question(shop, "SELECT 1; SELECT 2", "DELETE FROM item")
    async with working(office) as worker:
        await offered(office, worker, job)
        await until_seen(moved_on(office, job))

    moved = await stored(office, job)
    assert (moved.state, moved.step, moved.round) == (State.RUNNING, Step.GENERATE.value, 2)
    outcomes = moved.outputs[Step.EXECUTE]["outcomes"]
    assert isinstance(outcomes, list)
    assert len(outcomes) == 2


async def test_pages_of_an_attempt_that_lost_its_race_are_named_by_nobody_and_expire(office: Office) -> None:
    uri = sqlite_file(office.root / "long.sqlite", rows=[(number, "") for number in range(150)])
    job = office.statement(await office.connect(uri), "SELECT id FROM filler")
    await jobs_of(office).insert(job)

    executed = await office.executed(job)
    gone = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step=job.step, due_at=None)
    assert await jobs_of(office, "gateway").overrule(job, gone)
    late = Change(
        event=HistoryEvent.FINISHED,
        state=State.SUCCEEDED,
        step=job.step,
        due_at=None,
        fields={"output": executed.model_dump(mode="json")},
    )

    assert await jobs_of(office).apply(job, late) is False
    assert (await stored(office, job)).output is None
    pages = await office.pages(job)
    assert [page["result_id"] for page in pages] == [executed.result_id]
    assert all("expires_at" in page for page in pages)


async def test_a_cancelled_query_ends_here_too_and_its_slot_is_free(office: Office, shop: Connection) -> None:
    slow, quick = office.statement(shop, SLOW), office.statement(shop, ITEMS)
    async with working(office) as worker:
        await offered(office, worker, slow)

        async def running() -> bool:
            return worker.free(Step.EXECUTE.value) == 1

        await until_seen(running)
        gone = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step=slow.step, due_at=None)
        assert await jobs_of(office, "gateway").overrule(slow, gone)
        worker.cancel(slow.id)
        await offered(office, worker, quick)
        await until_seen(moved_on(office, quick))

    assert (await stored(office, slow)).state is State.CANCELLED
    assert office.queries("sqlite", "timeout") == 0
