"""Jobs as a workload: pipelines, outputs, events."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import BaseModel

from rowcall_contracts.commands import Command
from rowcall_contracts.events import EventData
from rowcall_contracts.jobs import MAX_JOB_BYTES, MAX_OUTPUT_BYTES, Job, JobKind, JsonObject, OutboxEntry
from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import PIPELINES, Step
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.work import TERMINAL, HistoryEvent, State
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import Clock
from rowcall_runtime.errors import Permanent
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.outbox import OutboxRelay, Parcel
from rowcall_runtime.step import StepHandler, StepOutput
from rowcall_runtime.work_store import Allowed, Change

QUEUED_ALARM = timedelta(seconds=1.5)
"""How long a step may take, its command included, before a lease or the sweep takes over (decision 0026)."""

ENDED_ALARM = timedelta(seconds=2)
"""How long publishing an end may take before the sweep announces it once more (design §3)."""


class JobWorkload:
    """Runs the handlers of one service."""

    def __init__(
        self, handlers: Mapping[Step, StepHandler], *, bus: Bus, relay: OutboxRelay, clock: Clock, metrics: Metrics
    ) -> None:
        self._handlers = handlers
        self._bus = bus
        self._relay = relay
        self._clock = clock
        self._metrics = metrics

    @property
    def allowed(self) -> Allowed:
        """Jobs of the kinds in this code's table."""
        return {"kind": [kind.value for kind in PIPELINES]}

    def knows(self, work: Job) -> bool:
        """Whether the kind is in this code's table."""
        return work.kind in PIPELINES

    def takes_lease_first(self, work: Job) -> bool:
        """As the step's handler says."""
        return self._handlers[Step(work.step)].lease_first

    async def run(self, work: Job) -> Change:
        """Runs the step's handler and says where the job goes."""
        output = await self._handlers[Step(work.step)].run(work)
        return self._finished(work, output)

    def failure(self, work: Job, problem: Problem) -> Change:
        """Ends the job with a problem and its event."""
        fields = {"error": problem.model_dump(), **self._ended(work, State.FAILED, {})}
        return Change(
            event=HistoryEvent.FAILED,
            state=State.FAILED,
            step=work.step,
            due_at=self._clock.now() + ENDED_ALARM,
            fields=fields,
            problem=problem.type,
        )

    async def settled(self, work: Job, change: Change) -> None:
        """Publishes the next step's command, or hands the end's events to the relay."""
        if change.state in TERMINAL:
            self._metrics.count(Metric.JOBS_ENDED, kind=work.kind, state=change.state.value)
            entries = tuple(OutboxEntry.model_validate(entry) for entry in _entries(change.fields["outbox"]))
            self._relay.submit(Parcel.of(work, entries))
        elif change.event is HistoryEvent.FINISHED:
            self._bus.command(
                Command(job_id=work.id, step=change.step, version=work.version + 1, workspace_id=work.workspace_id),
                work.traceparent,
            )

    async def remind(self, work: Job) -> None:
        """Hands events that nobody acknowledged to the relay again."""
        self._relay.submit(Parcel.of(work, work.outbox))

    def _finished(self, work: Job, output: StepOutput) -> Change:
        following = output.next_step.value if output.next_step else _following(work)
        if output.ends is None and following is not None:
            return self._moved(work, output, following)
        state = output.ends or State.SUCCEEDED
        result = _bounded(work, output.result or output.output, explicit=True)
        fields = {"output": result, **self._ended(work, state, output.counts)}
        due_at = self._clock.now() + ENDED_ALARM
        return Change(event=HistoryEvent.FINISHED, state=state, step=work.step, due_at=due_at, fields=fields)

    def _moved(self, work: Job, output: StepOutput, following: str) -> Change:
        fields: dict[str, object] = {}
        if output.output is not None:
            fields[f"outputs.{work.step}"] = _bounded(work, output.output)
        if output.next_step and following in work.outputs:
            fields["round"] = work.round + 1
        due_at = self._clock.now() + QUEUED_ALARM
        return Change(event=HistoryEvent.FINISHED, state=State.RUNNING, step=following, due_at=due_at, fields=fields)

    def _ended(self, work: Job, state: State, counts: Mapping[str, int]) -> dict[str, object]:
        return {"outbox": [final_event(work, state, counts, clock=self._clock).model_dump()]}


def final_event(job: Job, state: State, counts: Mapping[str, int], *, clock: Clock) -> OutboxEntry:
    """Builds the event a job ends with; its id is fixed here, once."""
    pipeline = PIPELINES[JobKind(job.kind)]
    data = EventData(
        job_id=job.id,
        workspace_id=job.workspace_id,
        kind=job.kind,
        state=state.value,
        counts=dict(counts),
        links={"job": f"/jobs/{job.id}"},
    )
    return OutboxEntry(
        id=new_id(Prefix.EVENT), type=pipeline.event_type(state), time=clock.now(), data=data.model_dump()
    )


def _following(job: Job) -> str | None:
    """Returns the next step of the job's own list, or `None` at its end.

    A step that an output named, and that the list lacks, is followed by what follows it in the kind's pipeline.
    """
    if job.step in job.steps:
        later = job.steps[job.steps.index(job.step) + 1 :]
        return later[0] if later else None
    order = [step.value for step in PIPELINES[JobKind(job.kind)].steps]
    return next((step for step in order[order.index(job.step) + 1 :] if step in job.steps), None)


def _bounded(work: Job, output: BaseModel | None, *, explicit: bool = False) -> JsonObject | None:
    if output is None:
        return None
    size = _bytes(output)
    _require_room("The step's output", size, MAX_OUTPUT_BYTES)
    kept = work.model_copy(update={"outputs": {step: each for step, each in work.outputs.items() if step != work.step}})
    _require_room("With this output the job", _bytes(kept) + size, MAX_JOB_BYTES)
    return output.model_dump(mode="json", exclude_none=not explicit)


def _require_room(what: str, size: int, allowed: int) -> None:
    if size > allowed:
        raise Permanent(ProblemType.OUTPUT_TOO_LARGE, f"{what} has {size:,} bytes; {allowed:,} are allowed.")


def _bytes(model: BaseModel) -> int:
    return len(model.model_dump_json().encode())


def _entries(value: object) -> list[object]:
    assert isinstance(value, list)
    return value
