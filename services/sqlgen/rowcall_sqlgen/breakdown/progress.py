"""Where the tasks of a job stand when it comes back to `generate`."""

from dataclasses import dataclass

from rowcall_contracts.candidates import Generation, Task
from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import ExecutionRound, TaskRound
from rowcall_contracts.pipelines import Step
from rowcall_sqlgen.generator import Tried
from rowcall_sqlgen.rounds import feedback_of


@dataclass(frozen=True, slots=True)
class Progress:
    """A task of the last round. `is_settled`: it has a result, or had nothing to run; else `feedback` says why not."""

    task: Task
    feedback: tuple[Tried, ...] = ()
    is_settled: bool = False


def progress_of(job: Job) -> tuple[Progress, ...] | None:
    """Returns the tasks of the rounds before, none for a question that was not cut; `None` in the first round."""
    if Step.EXECUTE not in job.outputs:
        return None
    generation = Generation.model_validate(job.outputs[Step.GENERATE])
    rounds = {each.id: each for each in ExecutionRound.model_validate(job.outputs[Step.EXECUTE]).tasks}
    return tuple(_progress(task, rounds.get(task.id)) for task in generation.tasks)


def _progress(task: Task, ran: TaskRound | None) -> Progress:
    if ran is None or ran.executed is not None or not ran.candidates:
        return Progress(task, is_settled=True)
    return Progress(task, feedback_of(task.tried, ran.candidates, ran.outcomes))
