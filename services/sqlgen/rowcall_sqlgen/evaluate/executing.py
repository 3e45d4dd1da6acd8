"""Runs candidates as the executor does: in order, under one budget, guarded, until one returns rows.

The limits on rows and bytes are wider than the service's, because whole results are compared.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus, choose
from rowcall_contracts.results import ResultSet
from rowcall_databases import Database, QueryLimits, outcome_of
from rowcall_sqlguard import Limits, check

BUDGET_S = 30.0
"""The default of `ROWCALL_QUERY_TIMEOUT_S`."""
MAX_ROWS = 100_000
MAX_BYTES = 256 * 2**20


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One statement and what became of it. `sql` is the statement as meant: without the guard's LIMIT."""

    sql: str
    outcome: Outcome
    result: ResultSet | None = None


async def run_candidates(candidates: Sequence[Candidate], database: Database) -> list[Ran]:
    """Returns what became of each candidate, in their order."""
    ends = time.perf_counter() + BUDGET_S
    ran: list[Ran] = []
    for candidate in candidates:
        left_s = ends - time.perf_counter()
        good = any(each.result is not None and each.result.rows for each in ran)
        if good or left_s <= 0:
            ran.append(Ran(sql=candidate.sql, outcome=Outcome(status=OutcomeStatus.SKIPPED)))
        else:
            ran.append(await run_guarded(candidate.sql, database, timeout_s=left_s))
    return ran


def chosen(candidates: Sequence[Candidate], ran: Sequence[Ran]) -> int | None:
    """Returns the position of the answer, by the rule that the service uses."""
    return choose(candidates, [each.outcome for each in ran])


async def run_guarded(sql: str, database: Database, *, timeout_s: float = BUDGET_S) -> Ran:
    """Runs a generated statement if the guard lets it."""
    verdict = check(sql, dialect=database.dialect, limits=Limits(max_rows=MAX_ROWS + 1))
    if verdict.rewritten is None or verdict.meant is None:
        refused = Outcome(status=OutcomeStatus.REFUSED, code=verdict.reason, message=verdict.detail)
        return Ran(sql=sql, outcome=refused)
    return await run_plain(verdict.rewritten, database, timeout_s=timeout_s, meant=verdict.meant)


async def run_plain(sql: str, database: Database, *, timeout_s: float = BUDGET_S, meant: str | None = None) -> Ran:
    """Runs a statement that needs no guard: a reference, or one that has passed. The engine still only reads."""
    limits = QueryLimits(timeout_s=timeout_s, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
    outcome, result = await outcome_of(sql, database, limits)
    return Ran(sql=meant or sql, outcome=outcome, result=result)
