"""Step `execute`: runs ranked candidates in order under one budget and answers with the one `choose` picks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.candidates import (
    MAX_ROUNDS,
    Candidate,
    Generation,
    Outcome,
    OutcomeStatus,
    choose,
)
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.metrics import Metric
from rowcall_contracts.outputs import Executed, ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.results import ResultSet
from rowcall_databases.database import Database
from rowcall_databases.errors import DatabaseError
from rowcall_databases.limits import QueryLimits
from rowcall_databases.outcomes import outcome_of
from rowcall_executor.customers import Customers, as_step_error
from rowcall_executor.gate import Gate, Guard, blanked
from rowcall_executor.result_pages import ResultPages, inline_rows
from rowcall_runtime.errors import Permanent
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.step import StepOutput

_FAILURES = {
    OutcomeStatus.REFUSED: ProblemType.SQL_REFUSED,
    OutcomeStatus.TIMEOUT: ProblemType.SQL_TIMEOUT,
    OutcomeStatus.ERROR: ProblemType.SQL_FAILED,
    OutcomeStatus.SKIPPED: ProblemType.SQL_TIMEOUT,
}


@dataclass(frozen=True, kw_only=True)
class _Tried:
    outcome: Outcome
    sql: str
    result: ResultSet | None = None


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
        """Runs the job's candidates."""
        connection = await self._customers.connection_of(job)
        candidates = _candidates(job)
        started = time.perf_counter()
        max_rows = int(str(job.input["max_rows"]))
        async with self._customers.lent_database_of(connection) as database:
            guard = await self._gate.guard(job, connection, database.dialect, max_rows=max_rows)
            tried = await self._try_all(candidates, database, guard, max_rows=max_rows)
        outcomes = tuple(each.outcome for each in tried)
        chosen = choose(candidates, outcomes)
        if chosen is None:
            return _none_passed(job, candidates, outcomes)
        executed = await self._executed(job, tried[chosen], database, started)
        if job.kind == JobKind.EXECUTE_SQL:
            return StepOutput(output=executed, counts={"rows": executed.row_count})
        passed = ExecutionRound(candidates=candidates, outcomes=outcomes, chosen=chosen, executed=executed)
        return StepOutput(output=passed)

    async def _try_all(
        self, candidates: Sequence[Candidate], database: Database, guard: Guard, *, max_rows: int
    ) -> list[_Tried]:
        """Runs one after the other until one returns rows or the budget is spent."""
        ends = time.perf_counter() + self._budget_s
        tried: list[_Tried] = []
        for candidate in candidates:
            left_s = ends - time.perf_counter()
            good = any(each.result is not None and each.result.rows for each in tried)
            if good or left_s <= 0:
                tried.append(_Tried(outcome=Outcome(status=OutcomeStatus.SKIPPED), sql=candidate.sql))
            else:
                limits = QueryLimits(timeout_s=left_s, max_rows=max_rows)
                tried.append(await self._try(candidate.sql, database, guard, limits=limits))
                await guard.note(candidate.sql, tried[-1].outcome)
        return tried

    async def _try(self, sql: str, database: Database, guard: Guard, *, limits: QueryLimits) -> _Tried:
        verdict = guard.check(sql)
        if verdict.rewritten is None or verdict.meant is None:
            refused = Outcome(status=OutcomeStatus.REFUSED, code=verdict.reason, message=verdict.detail)
            return _Tried(outcome=refused, sql=sql)
        started = time.perf_counter()
        try:
            outcome, result = await outcome_of(verdict.rewritten, database, limits)
        except DatabaseError as error:
            raise as_step_error(error) from error
        elapsed_s = time.perf_counter() - started
        self._metrics.observe(
            Metric.QUERY_SECONDS, elapsed_s, dialect=database.dialect.value, outcome=outcome.status.value
        )
        timed = outcome.model_copy(update={"elapsed_ms": int(elapsed_s * 1000)})
        shown = blanked(result, verdict.masked_columns) if result is not None else None
        return _Tried(outcome=timed, sql=verdict.meant, result=shown)

    async def _executed(self, job: Job, tried: _Tried, database: Database, started: float) -> Executed:
        result = tried.result
        assert result is not None
        inline = inline_rows(result)
        whole = len(inline) == len(result.rows)
        return Executed(
            sql=tried.sql,
            dialect=database.dialect,
            columns=result.columns,
            rows=inline,
            row_count=len(result.rows),
            truncated=result.truncated,
            result_id=None if whole else await self._pages.save(job, result.rows),
            rows_url=f"/jobs/{job.id}/rows",
            elapsed_ms=int((time.perf_counter() - started) * 1000),
        )


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
    best = outcomes[0]
    raise Permanent(_FAILURES[best.status], best.message or "The statement did not run.")
