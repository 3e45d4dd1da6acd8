"""Ranked candidates on a customer's database: one after the other, under one budget, each past the guard."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus
from rowcall_contracts.metrics import Metric
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.results import ResultSet
from rowcall_databases.database import Database
from rowcall_databases.errors import DatabaseError
from rowcall_databases.limits import QueryLimits
from rowcall_databases.outcomes import outcome_of
from rowcall_executor.customers import as_step_error
from rowcall_executor.gate import Guard, blanked
from rowcall_runtime.metrics import Metrics

_FAILURES = {
    OutcomeStatus.REFUSED: ProblemType.SQL_REFUSED,
    OutcomeStatus.TIMEOUT: ProblemType.SQL_TIMEOUT,
    OutcomeStatus.ERROR: ProblemType.SQL_FAILED,
    OutcomeStatus.SKIPPED: ProblemType.SQL_TIMEOUT,
}


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What became of a candidate. `sql` is the statement as meant; `result` is there when it ran."""

    outcome: Outcome
    sql: str
    result: ResultSet | None = None


class CandidateRuns:
    """Runs the candidates of one job. `guard` checks and records every statement."""

    def __init__(self, database: Database, guard: Guard, metrics: Metrics) -> None:
        self._database = database
        self._guard = guard
        self._metrics = metrics

    async def try_all(self, candidates: Sequence[Candidate], *, budget_s: float) -> list[Tried]:
        """Runs one after the other until one returns rows or `budget_s` seconds are spent.

        Raises:
            Permanent, Retryable: the database itself failed.
        """
        ends = time.perf_counter() + budget_s
        tried: list[Tried] = []
        for candidate in candidates:
            left_s = ends - time.perf_counter()
            good = any(each.result is not None and each.result.rows for each in tried)
            if good or left_s <= 0:
                tried.append(Tried(outcome=Outcome(status=OutcomeStatus.SKIPPED), sql=candidate.sql))
            else:
                tried.append(await self._try(candidate.sql, timeout_s=left_s))
                await self._guard.note(candidate.sql, tried[-1].outcome)
        return tried

    async def _try(self, sql: str, *, timeout_s: float) -> Tried:
        verdict = self._guard.check(sql)
        if verdict.rewritten is None or verdict.meant is None:
            refused = Outcome(status=OutcomeStatus.REFUSED, code=verdict.reason, message=verdict.detail)
            return Tried(outcome=refused, sql=sql)
        limits = QueryLimits(timeout_s=timeout_s, max_rows=self._guard.max_rows)
        started = time.perf_counter()
        try:
            outcome, result = await outcome_of(verdict.rewritten, self._database, limits)
        except DatabaseError as error:
            raise as_step_error(error) from error
        elapsed_s = time.perf_counter() - started
        dialect = self._database.dialect.value
        self._metrics.observe(Metric.QUERY_SECONDS, elapsed_s, dialect=dialect, outcome=outcome.status.value)
        timed = outcome.model_copy(update={"elapsed_ms": int(elapsed_s * 1000)})
        shown = blanked(result, verdict.masked_columns) if result is not None else None
        return Tried(outcome=timed, sql=verdict.meant, result=shown)


def failure_of(outcomes: Sequence[Outcome]) -> tuple[ProblemType, str]:
    """Returns type and detail of the problem when no candidate passed: what became of the best one."""
    best = outcomes[0]
    return _FAILURES[best.status], best.message or "The statement did not run."
