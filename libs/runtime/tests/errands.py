"""Work whose handler a test writes, and the workers of one imagined deployment around it, on a real store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from libs.runtime.tests.clocks import ManualClock
from rowcall_contracts.problems import Problem
from rowcall_contracts.resources import Collection
from rowcall_contracts.work import TERMINAL, HistoryEntry, HistoryEvent, State, Work
from rowcall_runtime.driver import Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.sweep import Sweep
from rowcall_runtime.work_store import Allowed, Change, WorkStore
from rowcall_runtime.worker import Limits, Pointer, Process, Worker

TTL = timedelta(seconds=1)
FIRST_BEAT_S = 0.05
SLOTS = 2


class Errand(Work):
    """The least that work can be."""

    kind: str = "errand"
    note: str = ""


Script = Callable[[Errand], Awaitable[Change]]


class Errands:
    """A workload that runs a script and keeps what it is told."""

    def __init__(self, script: Script, *, lease_first: bool = False) -> None:
        self.runs: list[Errand] = []
        self.settlements: list[Change] = []
        self.reminders: list[str] = []
        self._script = script
        self._lease_first = lease_first

    @property
    def allowed(self) -> Allowed:
        return {"kind": ["errand"]}

    def knows(self, work: Errand) -> bool:
        return work.kind == "errand"

    def takes_lease_first(self, work: Errand) -> bool:
        return self._lease_first

    async def run(self, work: Errand) -> Change:
        self.runs.append(work)
        return await self._script(work)

    def failure(self, work: Errand, problem: Problem) -> Change:
        return ended(work, State.FAILED, problem=problem.type)

    async def settled(self, work: Errand, change: Change) -> None:
        self.settlements.append(change)

    async def remind(self, work: Errand) -> None:
        self.reminders.append(work.id)


def ended(work: Work, state: State = State.SUCCEEDED, *, problem: str | None = None, note: str = "done") -> Change:
    """The move that ends work and leaves no alarm."""
    event = HistoryEvent.FAILED if state is State.FAILED else HistoryEvent.FINISHED
    return Change(event=event, state=state, step=work.step, due_at=None, fields={"note": note}, problem=problem)


async def done(work: Errand) -> Change:
    """The script that does nothing and succeeds."""
    return ended(work)


@dataclass(kw_only=True)
class Gate:
    """A script that stops in the middle until the test opens it."""

    entered: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: int = 0
    finished: int = 0

    async def __call__(self, work: Errand) -> Change:
        self.entered.set()
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.finished += 1
        return ended(work)


@dataclass(kw_only=True)
class Staff:
    """One process: its worker, sweep and metrics."""

    worker: Worker[Errand]
    sweep: Sweep[Errand]
    process: Process
    errands: Errands

    def count(self, name: str, **labels: str) -> float:
        """A counter of this process; 0 when it never counted."""
        return self.process.metrics.registry.get_sample_value(f"rowcall_{name}_total", labels) or 0.0


@dataclass(kw_only=True)
class Site:
    """A collection of errands with a step of its own, so that all tests can share one database."""

    store: Store
    clock: ManualClock
    step: str

    def work_store(self, owner: str, ttl: timedelta = TTL) -> WorkStore[Errand]:
        """Guarded writes in the name of one process."""
        deliveries = self.store.collection(Collection.DELIVERIES)
        return WorkStore(deliveries, Errand, self.clock, owner=owner, lease_ttl=ttl)

    async def accepted(self, **fields: object) -> Errand:
        """Inserts an errand that is due in 2 s."""
        errand_id = new_id(Prefix.DELIVERY)
        first = HistoryEntry(version=1, at=self.clock.now(), event=HistoryEvent.ACCEPTED, step=self.step)
        values: dict[str, object] = {
            "id": errand_id,
            "workspace_id": "ws_1",
            "state": State.QUEUED,
            "step": self.step,
            "version": 1,
            "due_at": self.clock.now() + timedelta(seconds=2),
            "history": (first,),
        }
        errand = Errand.model_validate({**values, **fields})
        document = errand.model_dump(exclude_none=True)
        document["_id"] = document.pop("id")
        document["event_id"] = errand_id  # the collection's unique index
        await self.store.collection(Collection.DELIVERIES).insert(document)
        return errand

    async def now(self, errand: Errand) -> Errand:
        """The errand as it is stored now."""
        stored = await self.work_store("reader").load(errand.id)
        assert stored is not None
        return stored

    async def ended(self, errand: Errand) -> bool:
        """Whether the stored errand has ended."""
        return (await self.now(errand)).state in TERMINAL

    def pointer(self, errand: Errand) -> Pointer:
        """What a command says about the errand as it was then."""
        return Pointer(work_id=errand.id, workspace_id=errand.workspace_id, step=errand.step, version=errand.version)

    @asynccontextmanager
    async def staff(
        self,
        errands: Errands,
        owner: str = "a",
        *,
        limits: Limits | None = None,
        ttl: timedelta = TTL,
        more_steps: Sequence[str] = (),
    ) -> AsyncIterator[Staff]:
        """Runs one process's worker until the block ends; its sweep looks only when the test says so."""
        process = Process(clock=self.clock, metrics=Metrics(), solitude=Solitude(), random=lambda: 0.5)
        limits = limits or Limits(concurrency=SLOTS, first_beat_s=FIRST_BEAT_S)
        worker = Worker(self.work_store(owner, ttl), errands, [self.step, *more_steps], limits=limits, process=process)
        running = asyncio.create_task(worker.run())
        try:
            sweep = Sweep(worker, process.metrics, lambda: 0.5)
            yield Staff(worker=worker, sweep=sweep, process=process, errands=errands)
            assert not running.done(), running.exception()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
