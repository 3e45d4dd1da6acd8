"""Every statement on its way to a customer's database: checked under the connection's policy, and written down."""

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

import structlog

from rowcall_contracts.candidates import Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_contracts.identifiers import fold_name
from rowcall_contracts.jobs import Job
from rowcall_contracts.resources import Connection
from rowcall_contracts.results import Cell, ResultSet
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.ids import Prefix, new_id
from rowcall_sqlguard import Limits, Verdict, check

_log = structlog.get_logger()

_DECISIONS = {OutcomeStatus.REFUSED: "denied"}


@dataclass(frozen=True)
class Gate:
    """Makes a guard per job. Rows go where the gateway audits changes, and are kept for `retention`."""

    catalogs: CatalogStore
    rows: DocumentCollection
    clock: Clock
    retention: timedelta

    async def guard(self, job: Job, connection: Connection, dialect: Dialect, *, max_rows: int) -> "Guard":
        """Returns the guard of one job's statements. Only a policy needs the catalog, to know what `*` stands for."""
        protects = connection.column_policy is not None
        catalog = await self.catalogs.load_whole(connection) if protects else None
        return Guard(gate=self, job=job, connection=connection, dialect=dialect, max_rows=max_rows, catalog=catalog)


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Checks and records the statements of one job."""

    gate: Gate
    job: Job
    connection: Connection
    dialect: Dialect
    max_rows: int
    catalog: Catalog | None

    def check(self, sql: str) -> Verdict:
        """Returns the guard's word, with one row more than shown, so that the reader sees that there are more."""
        limits = Limits(max_rows=self.max_rows + 1)
        policy = self.connection.column_policy
        return check(sql, dialect=self.dialect, limits=limits, catalog=self.catalog, policy=policy)

    async def note(self, sql: str, outcome: Outcome) -> None:
        """Adds the row `{actor, action, target, outcome, status, reason, job_id, statement_sha256, …}` to the audit.

        The statement itself stays out: it may carry literals. The answer stands even if the row cannot be written.
        """
        now = self.gate.clock.now()
        row = {
            "_id": new_id(Prefix.AUDIT),
            "workspace_id": self.job.workspace_id,
            "at": now,
            "expires_at": now + self.gate.retention,
            "actor": "executor",
            "action": "query.run",
            "target": self.connection.id,
            "outcome": _DECISIONS.get(outcome.status, "done"),
            "status": outcome.status.value,
            "reason": outcome.code,
            "job_id": self.job.id,
            "statement_sha256": hashlib.sha256(sql.encode(errors="surrogatepass")).hexdigest(),
        }
        try:
            await self.gate.rows.insert(row)
        except StoreUnavailable:
            _log.warning("audit_row_not_written", action="query.run", target=self.connection.id, job_id=self.job.id)


def blanked(result: ResultSet, columns: AbstractSet[str]) -> ResultSet:
    """Returns the result without the cells of the columns with these folded names."""
    hidden = [fold_name(column.name) in columns for column in result.columns]
    if not any(hidden):
        return result
    return result.model_copy(update={"rows": tuple(_blanked(row, hidden) for row in result.rows)})


def _blanked(row: tuple[Cell, ...], hidden: list[bool]) -> tuple[Cell, ...]:
    return tuple(None if hide else cell for cell, hide in zip(row, hidden, strict=True))
