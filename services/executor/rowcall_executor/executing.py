"""Step `execute`: runs ranked candidates in order under one budget and answers with the one `choose` picks."""

import time
from collections.abc import Sequence

from rowcall_contracts.candidates import MAX_ROUNDS, Candidate, Generation, Outcome, OutcomeStatus, choose
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.outputs import ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_executor.candidate_runs import CandidateRuns, Tried, failure_of
from rowcall_executor.customers import Customers
from rowcall_executor.gate import Gate
from rowcall_executor.keeping import Place, kept
from rowcall_executor.result_pages import ResultPages
from rowcall_executor.task_runs import TaskRuns, after_tasks, tasks_of
from rowcall_runtime.errors import Permanent
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.step import StepOutput


class Executing:
    """The handler."""

    def __init__(
        self, customers: Customers, pages: ResultPages, metrics: Metrics, *, gate: Gate, budget_s: float
    ) -> None:
        self._customers = customers
        self._pages = pages
        self._metrics = metrics
        self._gate = gate
        self._budget_s = budget_s

    async def __call__(self, job: Job) -> StepOutput:
        """Runs the job's candidates, or those of each of its tasks."""
        connection = await self._customers.connection_of(job)
        started = time.perf_counter()
        max_rows = int(str(job.input["max_rows"]))
        tasks = tasks_of(job)
        async with self._customers.lent_database_of(connection) as database:
            guard = await self._gate.guard(job, connection, database.dialect, max_rows=max_rows)
            runs = CandidateRuns(database, guard, self._metrics)
            place = Place(job=job, dialect=database.dialect)
            if tasks:
                tasked = TaskRuns(runs=runs, pages=self._pages, place=place, budget_s=self._budget_s)
                return after_tasks(job, await tasked.run(tasks))
            candidates = _candidates(job)
            tried = await runs.try_all(candidates, budget_s=self._budget_s)
        return await self._answered(candidates, tried, place=place, started=started)

    async def _answered(
        self, candidates: tuple[Candidate, ...], tried: Sequence[Tried], *, place: Place, started: float
    ) -> StepOutput:
        job = place.job
        outcomes = tuple(each.outcome for each in tried)
        chosen = choose(candidates, outcomes)
        result = None if chosen is None else tried[chosen].result
        if chosen is None or result is None:
            return _none_passed(job, candidates, outcomes)
        elapsed_ms = int((time.perf_counter() - started) * 1000)
        executed = await kept(tried[chosen], result, self._pages, place=place, elapsed_ms=elapsed_ms)
        if job.kind == JobKind.EXECUTE_SQL:
            return StepOutput(output=executed, counts={"rows": executed.row_count})
        passed = ExecutionRound(candidates=candidates, outcomes=outcomes, chosen=chosen, executed=executed)
        return StepOutput(output=passed)


def _candidates(job: Job) -> tuple[Candidate, ...]:
    if job.kind == JobKind.EXECUTE_SQL:
        return (Candidate(sql=str(job.input["sql"]), confidence=1.0),)
    return Generation.model_validate(job.outputs[Step.GENERATE]).candidates


def _none_passed(job: Job, candidates: tuple[Candidate, ...], outcomes: tuple[Outcome, ...]) -> StepOutput:
    """Feeds the outcomes back into another round of generation, or ends with what became of the best candidate."""
    if job.kind == JobKind.CHAT and job.round < MAX_ROUNDS:
        failed = any(outcome.status is OutcomeStatus.ERROR for outcome in outcomes)
        stale = failed and Step.INTROSPECT not in job.outputs
        return StepOutput(
            output=ExecutionRound(candidates=candidates, outcomes=outcomes),
            next_step=Step.INTROSPECT if stale else Step.GENERATE,
        )
    raise Permanent(*failure_of(outcomes))
