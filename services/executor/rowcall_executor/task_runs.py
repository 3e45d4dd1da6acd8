"""The tasks of a breakdown: each one's candidates, under a fair share of one budget."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rowcall_contracts.candidates import MAX_ROUNDS, Generation, OutcomeStatus, Task, choose
from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import ExecutionRound, TaskRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import Problem
from rowcall_executor.candidate_runs import CandidateRuns, failure_of
from rowcall_executor.keeping import Place, kept
from rowcall_executor.result_pages import ResultPages
from rowcall_runtime.errors import Permanent
from rowcall_runtime.step import StepOutput


@dataclass(frozen=True, kw_only=True)
class TaskRuns:
    """Runs the tasks of one job on one open database; `budget_s` is for all of them together."""

    runs: CandidateRuns
    pages: ResultPages
    place: Place
    budget_s: float

    async def run(self, tasks: Sequence[Task]) -> tuple[TaskRound, ...]:
        """Runs the tasks that have no result yet, in order.

        Each gets an even share of the seconds that are left: a slow one takes nothing from those after it, and what a
        quick one leaves is theirs. A result is put away before the next task runs, so only one is held in memory.
        """
        done = {each.id: each for each in _former(self.place.job) if each.executed is not None}
        due = [task for task in tasks if task.id not in done and task.candidates]
        left_s = self.budget_s
        for number, task in enumerate(due):
            started = time.perf_counter()
            place = replace(self.place, task=task.id, shares=len(tasks))
            done[task.id] = await self._ran(task, place, budget_s=left_s / (len(due) - number))
            left_s = max(0.0, left_s - (time.perf_counter() - started))
        return tuple(done.get(task.id) or TaskRound(id=task.id, error=task.error) for task in tasks)

    async def _ran(self, task: Task, place: Place, *, budget_s: float) -> TaskRound:
        started = time.perf_counter()
        tried = await self.runs.try_all(task.candidates, budget_s=budget_s)
        outcomes = tuple(each.outcome for each in tried)
        ran = TaskRound(id=task.id, candidates=task.candidates, outcomes=outcomes)
        chosen = choose(task.candidates, outcomes)
        result = None if chosen is None else tried[chosen].result
        if chosen is None or result is None:
            return ran.model_copy(update={"error": Problem.of(*failure_of(outcomes))})
        elapsed_ms = int((time.perf_counter() - started) * 1000)
        executed = await kept(tried[chosen], result, self.pages, place=place, elapsed_ms=elapsed_ms)
        return ran.model_copy(update={"chosen": chosen, "executed": executed})


def tasks_of(job: Job) -> tuple[Task, ...]:
    """Returns the tasks to run; none where a question is answered whole."""
    generated = job.outputs.get(Step.GENERATE)
    return Generation.model_validate(generated).tasks if generated else ()


def after_tasks(job: Job, rounds: tuple[TaskRound, ...]) -> StepOutput:
    """Sends failed tasks back to `generate` while rounds are left; then goes on with what was answered.

    Raises:
        Permanent: no task has a result.
    """
    output = ExecutionRound(candidates=(), outcomes=(), tasks=rounds)
    failed = [each for each in rounds if each.candidates and each.executed is None]
    if failed and job.round < MAX_ROUNDS:
        errors = any(outcome.status is OutcomeStatus.ERROR for each in failed for outcome in each.outcomes)
        stale = errors and Step.INTROSPECT not in job.outputs
        return StepOutput(output=output, next_step=Step.INTROSPECT if stale else Step.GENERATE)
    if failed and not any(each.executed for each in rounds):
        raise Permanent(*failure_of(failed[0].outcomes))
    return StepOutput(output=output)


def _former(job: Job) -> tuple[TaskRound, ...]:
    ran = job.outputs.get(Step.EXECUTE)
    return ExecutionRound.model_validate(ran).tasks if ran else ()
