"""What a service writes: a handler per step, and what it returns."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from rowcall_contracts.jobs import Job
from rowcall_contracts.pipelines import Step
from rowcall_contracts.work import State


@dataclass(frozen=True, kw_only=True)
class StepOutput:
    """A finished step: what it found, and, if that is not simply the pipeline's next row, where the job goes.

    `output` is kept for later steps. `result` is the caller's output; without it the last step's `output` is.
    `ends` names a terminal state that ends the job here. `counts` go into the event.
    """

    output: BaseModel | None = None
    result: BaseModel | None = None
    next_step: Step | None = None
    ends: State | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepHandler:
    """A step's function. `lease_first`: it has effects or cost outside, so it holds the lease before it acts."""

    run: Callable[[Job], Awaitable[StepOutput]]
    lease_first: bool = False
