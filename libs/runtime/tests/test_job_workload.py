"""Jobs as a workload: where a finished step leads, what a job may hold, and what an end leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest
from pydantic import BaseModel

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.jobs import MAX_INPUT_BYTES, MAX_JOB_BYTES, MAX_OUTPUT_BYTES, Job, JobKind, JsonObject
from rowcall_contracts.pipelines import PIPELINES, Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_contracts.work import MAX_HISTORY, HistoryEntry, HistoryEvent, State
from rowcall_runtime.bus import Bus
from rowcall_runtime.driver import Store
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.job_workload import ENDED_ALARM, QUEUED_ALARM, JobWorkload
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.outbox import OutboxRelay
from rowcall_runtime.retry import RetryPolicy
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.step import StepHandler, StepOutput
from rowcall_runtime.work_store import WorkStore
from rowcall_runtime.worker import Limits, Pointer, Process, Worker

ENTRY_BYTES = 400
"""More than one entry of `history` has as JSON."""

Run = Callable[[Job], Awaitable[StepOutput]]


class Text(BaseModel):
    """An output of any size."""

    text: str = ""


@dataclass(kw_only=True)
class Desk:
    """Jobs in a real store, and a process that runs one script at every step. Kafka is away."""

    store: Store
    clock: ManualClock
    metrics: Metrics

    @property
    def jobs(self) -> WorkStore[Job]:
        jobs = self.store.collection(Collection.JOBS)
        return WorkStore(jobs, Job, self.clock, owner="worker@test", lease_ttl=timedelta(seconds=10))

    def workload(self, run: Run) -> JobWorkload:
        settings = Settings.model_validate({"mongo_url": "-", "kafka_bootstrap": "127.0.0.1:1"})
        bus = Bus(KafkaAccess.of(settings), self.clock, self.metrics, client_id="test")
        jobs = self.store.collection(Collection.JOBS)
        relay = OutboxRelay(jobs, bus, self.clock, self.metrics, retention=timedelta(days=1))
        handlers = {step: StepHandler(run=run) for step in Step}
        return JobWorkload(handlers, bus=bus, relay=relay, clock=self.clock, metrics=self.metrics)

    def job(self, kind: JobKind = JobKind.CHAT, **fields: object) -> Job:
        steps = tuple(step.value for step in PIPELINES[kind].accepted_steps(frozenset()))
        values: dict[str, object] = {
            "id": new_id(Prefix.JOB),
            "workspace_id": "ws_1",
            "kind": kind.value,
            "state": State.QUEUED,
            "step": steps[0],
            "steps": steps,
            "version": 1,
            "input": {"question": "?"},
            "created_at": self.clock.now(),
            "due_at": self.clock.now() + QUEUED_ALARM,
            "history": (HistoryEntry(version=1, at=self.clock.now(), event=HistoryEvent.ACCEPTED, step=steps[0]),),
        }
        return Job.model_validate({**values, **fields})

    @asynccontextmanager
    async def working(self, run: Run, step: str, *, first_beat_s: float = 2.0) -> AsyncIterator[Worker[Job]]:
        process = Process(clock=self.clock, metrics=self.metrics, solitude=Solitude(), random=lambda: 0.5)
        limits = Limits(concurrency=1, retry=RetryPolicy(max_attempts=2), first_beat_s=first_beat_s)
        worker = Worker(self.jobs, self.workload(run), [step], limits=limits, process=process)
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def ran(self, job: Job, run: Run) -> Job:
        """Inserts a job, has its present step run once, and returns what is stored then."""
        await self.jobs.insert(job)
        async with self.working(run, job.step) as worker:
            worker.offer(pointer(job))
            await until(lambda: not worker.knows(job.id, job.step))  # written, announced and counted
        return await self.now(job)

    async def now(self, job: Job) -> Job:
        found = await self.jobs.load(job.id)
        assert found is not None
        return found

    def ended(self, kind: JobKind, state: State) -> float:
        labels = {"kind": kind.value, "state": state.value}
        return self.metrics.registry.get_sample_value("rowcall_jobs_ended_total", labels) or 0.0


@pytest.fixture
def desk(shared_store: Store, clock: ManualClock) -> Desk:
    return Desk(store=shared_store, clock=clock, metrics=Metrics())


def pointer(job: Job) -> Pointer:
    return Pointer(work_id=job.id, workspace_id=job.workspace_id, step=job.step, version=job.version)


def giving(output: StepOutput) -> Run:
    async def run(_: Job) -> StepOutput:
        return output

    return run


def failing(error: Exception) -> Run:
    async def run(_: Job) -> StepOutput:
        raise error

    return run


async def test_a_finished_step_leads_to_the_next_one_and_keeps_its_output(desk: Desk) -> None:
    job = desk.job()
    moved = await desk.ran(job, giving(StepOutput(output=Text(text="sql"))))
    assert (moved.state, moved.step, moved.round, moved.outputs) == (
        State.RUNNING, "execute", 1, {"generate": {"text": "sql"}},
    )  # fmt: skip
    assert (moved.due_at, moved.outbox) == (desk.clock.now() + QUEUED_ALARM, ())


async def test_a_step_that_an_output_names_again_begins_another_round(desk: Desk) -> None:
    again = desk.job(step="execute", outputs={"generate": {"text": "sql"}})
    moved = await desk.ran(again, giving(StepOutput(output=Text(), next_step=Step.GENERATE)))
    assert (moved.step, moved.round) == ("generate", 2)


async def test_a_step_that_the_job_did_not_copy_is_followed_by_the_pipelines_next(desk: Desk) -> None:
    inserted = await desk.ran(desk.job(step="execute"), giving(StepOutput(next_step=Step.INTROSPECT)))
    assert (inserted.step, inserted.round, "introspect" in inserted.steps) == ("introspect", 1, False)
    following = desk.job(step="introspect", steps=inserted.steps)
    assert (await desk.ran(following, giving(StepOutput()))).step == "generate"


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.NEEDS_INPUT])
async def test_an_end_is_one_write_with_output_event_alarm_and_times(desk: Desk, state: State) -> None:
    job = desk.job(JobKind.EXECUTE_SQL)
    end = StepOutput(output=Text(text="rows"), ends=state, counts={"rows": 3})
    ended = await desk.ran(job, giving(end))
    assert (ended.state, ended.version, ended.output) == (state, 2, {"text": "rows"})
    (event,) = ended.outbox
    assert event.type == {State.SUCCEEDED: "sql.executed", State.NEEDS_INPUT: "sql.needs_input"}[state]
    assert (event.data["counts"], event.data["state"]) == ({"rows": 3}, state.value)
    assert (ended.started_at, ended.finished_at) == (desk.clock.now(), desk.clock.now())
    assert ended.due_at == desk.clock.now() + ENDED_ALARM
    assert desk.ended(JobKind.EXECUTE_SQL, state) == 1


async def test_a_job_that_fails_in_its_first_step_was_started(desk: Desk) -> None:
    failed = await desk.ran(desk.job(), failing(Permanent(ProblemType.GENERATOR_FAILED, "No.")))
    assert (failed.state, failed.version, failed.started_at) == (State.FAILED, 2, desk.clock.now())
    assert failed.error is not None
    assert (failed.error.type, failed.error.detail) == (ProblemType.GENERATOR_FAILED.uri, "No.")
    assert [event.type for event in failed.outbox] == ["chat.failed"]
    assert desk.ended(JobKind.CHAT, State.FAILED) == 1


async def test_a_job_was_started_when_its_first_attempt_began_and_not_when_it_ended(desk: Desk) -> None:
    began = desk.clock.now()

    async def minutes(_: Job) -> StepOutput:
        desk.clock.pass_(minutes=3)
        raise Retryable("Not now.")

    waiting = await desk.ran(desk.job(), minutes)
    assert (waiting.state, waiting.started_at) == (State.RETRY_WAIT, began)

    desk.clock.pass_(minutes=5)
    async with desk.working(failing(Retryable("Still not.")), waiting.step) as worker:
        worker.offer(pointer(waiting))

        async def failed() -> bool:
            return (await desk.now(waiting)).state is State.FAILED

        await until_seen(failed)
    assert (await desk.now(waiting)).started_at == began


async def test_a_job_that_runs_for_long_shows_when_it_was_started(desk: Desk) -> None:
    began, goes_on = desk.clock.now(), asyncio.Event()

    async def long(_: Job) -> StepOutput:
        desk.clock.pass_(seconds=2)
        await goes_on.wait()
        return StepOutput()

    job = desk.job()
    await desk.jobs.insert(job)
    async with desk.working(long, job.step, first_beat_s=0.02) as worker:
        worker.offer(pointer(job))

        async def leased() -> bool:
            return (await desk.now(job)).lease is not None

        await until_seen(leased)
        running = await desk.now(job)
        goes_on.set()
    assert (running.state, running.started_at) == (State.RUNNING, began)


async def test_a_job_that_no_worker_began_in_time_was_never_started(desk: Desk) -> None:
    late = desk.job(deadline_at=desk.clock.now() - timedelta(seconds=1))
    failed = await desk.ran(late, giving(StepOutput()))
    assert failed.error is not None
    assert (failed.error.type, failed.started_at) == (ProblemType.DEADLINE_EXCEEDED.uri, None)


def sized(size: int, letter: str = "x") -> StepOutput:
    """An output of exactly so many bytes of JSON."""
    empty = len(Text().model_dump_json())
    return StepOutput(output=Text(text=letter * ((size - empty) // len(letter.encode()))))


@pytest.mark.parametrize("letter", ["x", "é"])
@pytest.mark.parametrize("last", [True, False])
async def test_an_output_of_more_than_256_kib_fails_the_job(desk: Desk, letter: str, last: bool) -> None:
    kind = JobKind.EXECUTE_SQL if last else JobKind.CHAT
    fits = await desk.ran(desk.job(kind), giving(sized(MAX_OUTPUT_BYTES, letter)))
    assert fits.state is (State.SUCCEEDED if last else State.RUNNING)

    failed = await desk.ran(desk.job(kind), giving(sized(MAX_OUTPUT_BYTES + 2, letter)))

    assert (failed.state, failed.outputs, failed.output) == (State.FAILED, {}, None)
    assert failed.error is not None
    assert failed.error.type == ProblemType.OUTPUT_TOO_LARGE.uri
    assert "262,1" in failed.error.detail


async def test_a_job_never_grows_beyond_2_mib(desk: Desk) -> None:
    """No pipeline of ours can reach it; one of newer code, whose outputs this code only carries along, might."""
    held: JsonObject = {"text": "x" * 240_000}
    others = {f"step{number}": held for number in range(7)}
    job = desk.job(outputs=cast("dict[str, object]", others))

    fits = await desk.ran(job, giving(sized(240_000)))
    failed = await desk.ran(desk.job(outputs={**others, "step7": held}), giving(sized(240_000)))

    assert fits.state is State.RUNNING
    assert failed.state is State.FAILED
    assert failed.error is not None
    assert failed.error.type == ProblemType.OUTPUT_TOO_LARGE.uri
    assert f"{MAX_JOB_BYTES:,}" in failed.error.detail


async def test_another_round_replaces_a_steps_output_and_does_not_add_to_it(desk: Desk) -> None:
    others = {f"step{number}": {"text": "x" * 240_000} for number in range(7)}
    job = desk.job(outputs={**others, "generate": {"text": "y" * 240_000}})
    assert (await desk.ran(job, giving(sized(240_000)))).state is State.RUNNING


@pytest.mark.parametrize("kind", JobKind)
def test_no_pipeline_of_ours_can_reach_the_bound(kind: JobKind) -> None:
    outputs = len(PIPELINES[kind].steps) * MAX_OUTPUT_BYTES
    assert MAX_INPUT_BYTES + outputs + MAX_HISTORY * ENTRY_BYTES < MAX_JOB_BYTES


async def test_a_job_that_changed_too_often_fails(desk: Desk) -> None:
    history = desk.job().history * (MAX_HISTORY - 3)
    failed = await desk.ran(desk.job(history=history), giving(StepOutput()))
    assert failed.error is not None
    assert (failed.state, failed.error.type) == (State.FAILED, ProblemType.HISTORY_LIMIT.uri)
    assert len(failed.model_dump_json()) < MAX_HISTORY * ENTRY_BYTES
