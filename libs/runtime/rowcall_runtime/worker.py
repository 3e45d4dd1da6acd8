"""Runs work in bounded pools: load, guard, lease, run, finish. Nothing here knows what a step does."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic, TypeVar

import structlog
from opentelemetry.trace import Span, StatusCode

from rowcall_contracts.metrics import Metric
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.work import MAX_HISTORY, MAX_WORKER_LOSSES, TERMINAL, HistoryEvent, State, Work
from rowcall_runtime.clock import Clock
from rowcall_runtime.errors import Retryable, StepError, StoreRefused, StoreUnavailable
from rowcall_runtime.fair_queue import FairQueue
from rowcall_runtime.heartbeat import FIRST_BEAT_S, Heartbeat
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.retry import RetryPolicy
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.tracing import step_span
from rowcall_runtime.work_store import Change, WorkStore
from rowcall_runtime.workload import Workload

QUEUE_CAPACITY = 20_000
"""Commands are pointers of some 200 bytes; one that does not fit costs the sweep's delay, never data."""

STORE_RETRY_S = 0.5
"""Seconds between repeats of a final write that the store did not answer."""

STORE_AWAY = timedelta(seconds=1)
"""How long work rests whose handler could not reach the store."""

HISTORY_RESERVE = 4
"""Entries that one more look can add before the next: a lease, its outcome, the next lease and the end."""

W = TypeVar("W", bound=Work)
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """What a command says: this work stood at this step with this version."""

    work_id: str
    workspace_id: str
    step: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much one process does at once, and how failures are repeated."""

    concurrency: int
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    first_beat_s: float = FIRST_BEAT_S


class Worker(Generic[W]):
    """One pool of slots per step, fed by commands and by the sweep."""

    def __init__(
        self, store: WorkStore[W], workload: Workload[W], steps: Sequence[str], *, limits: Limits, process: "Process"
    ) -> None:
        self.store = store
        self.steps = tuple(steps)
        self._workload = workload
        self._limits = limits
        self._process = process
        self._queues = {step: FairQueue[Pointer | W](QUEUE_CAPACITY) for step in steps}
        self._claiming: set[str] = set()
        self._in_flight: dict[tuple[str, str], asyncio.Task[None]] = {}  # by step and work: old commands come back
        self._busy = dict.fromkeys(steps, 0)

    async def run(self) -> None:
        """Serves all slots until cancelled."""
        async with asyncio.TaskGroup() as group:
            for step in self.steps:
                for _ in range(self._limits.concurrency):
                    group.create_task(self._slot(step))

    def offer(self, pointer: Pointer) -> None:
        """Queues what a command points at; repeats and overflow are dropped and counted, while draining everything."""
        queue = self._queues.get(pointer.step)
        if queue is None or self._process.draining:
            return
        here = self.knows(pointer.work_id, pointer.step)
        if here or not queue.put(pointer.workspace_id, pointer.work_id, pointer):
            self._process.metrics.count(Metric.COMMANDS_DROPPED, reason="repeated-or-overflow")

    async def claim(self, work: W) -> bool:
        """Claims due work and puts it before all that waits, because its lease runs; False when there was no need.

        Until the store has answered, a command for it counts as a repeat, so that it is never here twice.
        """
        if self._process.draining or self.knows(work.id, work.step):
            return False
        self._claiming.add(work.id)
        try:
            claimed = await self.store.claim(work)
        finally:
            self._claiming.discard(work.id)
        if claimed:
            self._queues[work.step].put_first(work.workspace_id, work.id, claimed)
        return claimed is not None

    def free(self, step: str) -> int:
        """Returns how many slots of a step could start something at once."""
        return max(0, self._limits.concurrency - self._busy[step] - len(self._queues[step]))

    def knows(self, work_id: str, step: str) -> bool:
        """Whether the work runs, waits or is being claimed in this process."""
        return (step, work_id) in self._in_flight or work_id in self._claiming or work_id in self._queues[step]

    async def due(self, step: str, limit: int, *, unfinished: bool = False) -> list[W]:
        """Returns work of a step whose alarm has rung and that this code knows; on request without ended work."""
        states = {"state": [state.value for state in State if state not in TERMINAL]} if unfinished else {}
        return await self.store.due(step, limit, {**self._workload.allowed, **states})

    def cancel(self, work_id: str) -> None:
        """Interrupts work that runs here, if it does; its results will meet the guard."""
        for step in self.steps:
            if task := self._in_flight.get((step, work_id)):
                task.cancel()

    async def drain(self, seconds: float) -> None:
        """Forgets what waits and gives what runs some seconds; then it is interrupted and given back."""
        for item in [item for queue in self._queues.values() for item in queue.clear()]:
            if not isinstance(item, Pointer):
                await self._give_back(item)
        running = list(self._in_flight.values())
        if running:
            _, late = await asyncio.wait(running, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def report(self) -> None:
        """Sets the gauges of this process."""
        for step in self.steps:
            self._process.metrics.set(Metric.STEPS_IN_FLIGHT, self._busy[step], step=step)
        self._process.metrics.set(Metric.QUEUED_COMMANDS, sum(map(len, self._queues.values())))

    async def remind(self, work: W) -> None:
        """Has the end of already ended work announced again."""
        await self._workload.remind(work)

    async def _slot(self, step: str) -> None:
        queue = self._queues[step]
        while True:
            item = await queue.get()
            work_id = item.work_id if isinstance(item, Pointer) else item.id
            self._busy[step] += 1
            task = asyncio.create_task(self._guarded(item), name=f"{step} {work_id}")
            self._in_flight[step, work_id] = task
            try:
                await asyncio.wait([task])
            finally:
                task.cancel()
                del self._in_flight[step, work_id]
                self._busy[step] -= 1

    async def _guarded(self, item: "Pointer | W") -> None:
        try:
            work = await self._current(item) if isinstance(item, Pointer) else item
            if work:
                await self._run_once(work)
        except StoreUnavailable:
            _log.warning("store_unavailable")  # the alarm brings the work back
        except asyncio.CancelledError:
            pass  # cancelled, fenced off or draining: each was already dealt with where it was seen
        except Exception:  # noqa: BLE001  # the edge of a slot: one broken piece of work must not end the pool
            _log.exception("slot_failed")

    async def _current(self, pointer: Pointer) -> W | None:
        work = await self.store.load(pointer.work_id)
        held = work and work.lease and work.lease.owner != self.store.owner
        if not work or held or (work.step, work.version) != (pointer.step, pointer.version):
            self._process.metrics.count(Metric.COMMANDS_DROPPED, reason="stale")
            return None
        return work if work.state not in TERMINAL and self._workload.knows(work) else None

    async def _run_once(self, work: W) -> None:
        if problem := _hopeless(work, self._process.clock):
            await self._finish(work, self._workload.failure(work, problem), new_id(Prefix.ATTEMPT))
            return
        if self._workload.takes_lease_first(work) and not work.lease:
            leased = await self.store.lease(work)
            if leased is None:
                return
            work = leased
        await self._run_beating(work if work.started_at else self._begun(work))

    def _begun(self, work: W) -> W:
        return work.model_copy(update={"started_at": self._process.clock.now()})

    async def _run_beating(self, work: W) -> None:
        runner = asyncio.current_task()
        assert runner is not None
        lost = _Flag(runner.cancel)
        heartbeat = Heartbeat(
            self.store,
            work,
            clock=self._process.clock,
            on_lost=lost.raise_,
            first_beat_s=self._limits.first_beat_s,
        )
        heartbeat.start()
        started = time.perf_counter()
        try:
            async with self._process.solitude.enter(alone=work.worker_losses > 0):
                with step_span(work) as span:
                    change = await self._attempt(work, span)
        except StoreUnavailable:
            change = self._released(work, STORE_AWAY)
        except asyncio.CancelledError:
            await heartbeat.stop()
            if self._process.draining and not lost.raised:
                await self._give_back(heartbeat.work)
            raise
        finally:
            await heartbeat.stop()
            self._process.metrics.observe(
                Metric.STEP_SECONDS, time.perf_counter() - started, step=work.step, outcome="ended"
            )
        await self._finish(heartbeat.work, change, new_id(Prefix.ATTEMPT))

    async def _attempt(self, work: W, span: Span) -> Change:
        """Runs the handler under the deadline; every outcome becomes a move."""
        left_s = (work.deadline_at - self._process.clock.now()).total_seconds() if work.deadline_at else None
        deadline = asyncio.timeout(left_s)
        try:
            async with deadline:
                return await self._workload.run(work)
        except (StoreUnavailable, asyncio.CancelledError):
            raise
        except Retryable as error:
            return self._retry(work, error)
        except StepError as error:
            problem = error.problem
        except Exception as error:  # noqa: BLE001  # a bug in a handler is a failed attempt, not a dead worker
            if not deadline.expired():
                _log.exception("handler_failed", job_id=work.id, step=work.step)
                return self._retry(work, Retryable(f"Step `{work.step}` failed ({type(error).__name__})."))
            problem = Problem.of(ProblemType.DEADLINE_EXCEEDED, f"Step `{work.step}` was running at the deadline.")
        span.set_status(StatusCode.ERROR, problem.type)
        return self._workload.failure(work, problem)

    def _retry(self, work: W, error: Retryable) -> Change:
        delay = self._limits.retry.delay(work.attempt + 1, self._process.random, after_s=error.after_s)
        if delay is None:
            return self._workload.failure(work, error.problem)
        return Change(
            event=HistoryEvent.RETRY,
            state=State.RETRY_WAIT,
            step=work.step,
            due_at=self._process.clock.now() + delay,
            failed_attempt=True,
            problem=error.problem.type,
        )

    def _released(self, work: W, rest: timedelta) -> Change:
        due_at = self._process.clock.now() + rest
        return Change(event=HistoryEvent.RELEASED, state=State.RUNNING, step=work.step, due_at=due_at)

    async def _give_back(self, work: W) -> None:
        """Lets another process take leased work at once; what has no lease waits for its alarm."""
        if work.lease:
            await asyncio.shield(self.store.apply(work, self._released(work, timedelta())))

    async def _finish(self, work: W, change: Change, attempt_id: str) -> None:
        """Writes the move and has it announced; one that the store refuses for good becomes a failure."""
        try:
            written = await self._write(work, change, attempt_id)
        except StoreRefused as error:
            change = self._workload.failure(work, Problem.of(ProblemType.OUTPUT_TOO_LARGE, str(error)))
            written = await self._write(work, change, attempt_id)
        if written:
            await self._workload.settled(work, change)
        else:
            self._process.metrics.count(Metric.WRITES_REFUSED, step=work.step)

    async def _write(self, work: W, change: Change, attempt_id: str) -> bool:
        """Repeats the same guarded write while the store is silent, up to the length of a lease."""
        until = self._process.clock.now() + self.store.lease_ttl
        unsure = False
        while True:
            try:
                matched = await asyncio.shield(self.store.apply(work, change, attempt_id=attempt_id))
                return matched or (unsure and await self._wrote(work, attempt_id))
            except StoreUnavailable:
                if self._process.clock.now() >= until:
                    raise
                unsure = True
                await asyncio.sleep(STORE_RETRY_S)

    async def _wrote(self, work: W, attempt_id: str) -> bool:
        current = await self.store.load(work.id)
        return bool(current and current.history and current.history[-1].attempt_id == attempt_id)


@dataclass(kw_only=True)
class Process:
    """What all workers of one process share."""

    clock: Clock
    metrics: Metrics
    solitude: Solitude
    random: Callable[[], float] = secrets.SystemRandom().random
    draining: bool = False


class _Flag:
    def __init__(self, then: Callable[[], object]) -> None:
        self.raised = False
        self._then = then

    def raise_(self) -> None:
        self.raised = True
        self._then()


def _hopeless(work: Work, clock: Clock) -> Problem | None:
    """Says why this work must end without another try, if it must."""
    if work.worker_losses >= MAX_WORKER_LOSSES:
        return Problem.of(ProblemType.WORKER_LOST, f"{work.worker_losses} workers died while running `{work.step}`.")
    if len(work.history) > MAX_HISTORY - HISTORY_RESERVE:
        return Problem.of(ProblemType.HISTORY_LIMIT, f"The job changed {len(work.history)} times.")
    if work.deadline_at and work.deadline_at <= clock.now():
        return Problem.of(ProblemType.DEADLINE_EXCEEDED, f"The deadline passed before step `{work.step}` ran.")
    return None
